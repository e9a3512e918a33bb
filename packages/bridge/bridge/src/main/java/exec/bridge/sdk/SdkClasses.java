package exec.bridge.sdk;

import com.genesyslab.platform.commons.GEnum;
import com.genesyslab.platform.commons.protocol.Message;
import exec.bridge.ops.JsonLog;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** Finds classes whose package is not published in the customer's jars, by their simple name. */
public final class SdkClasses {
  private final Class<?> neighbour;
  private final Map<String, String> overrides;
  private final JsonLog log;
  private final Map<String, Optional<Class<?>>> found = new ConcurrentHashMap<>();

  /**
   * @param neighbour a class of the jar that is searched
   * @param overrides full class names by simple name, from {@code bridge.class.<SimpleName>}
   */
  public SdkClasses(Class<?> neighbour, Map<String, String> overrides, JsonLog log) {
    this.neighbour = neighbour;
    this.overrides = overrides;
    this.log = log;
  }

  /** Empty when the jar has no such class. */
  public Optional<Class<?>> find(String simpleName) {
    return found.computeIfAbsent(simpleName, this::search);
  }

  private Optional<Class<?>> search(String simpleName) {
    try {
      String name = overrides.containsKey(simpleName) ? overrides.get(simpleName) : nameInJar(simpleName);
      return name == null ? Optional.empty() : Optional.of(Class.forName(name, true, neighbour.getClassLoader()));
    } catch (ReflectiveOperationException | IOException | URISyntaxException | LinkageError error) {
      log.once("class", simpleName, "A class of the SDK cannot be used: " + error);
      return Optional.empty();
    }
  }

  /** The one nearest to the neighbour's package when several have the name. */
  private String nameInJar(String simpleName) throws IOException, URISyntaxException {
    CodeSource source = neighbour.getProtectionDomain().getCodeSource();
    if (source == null) return null;
    String suffix = "/" + simpleName + ".class";
    List<String> names = entries(Path.of(source.getLocation().toURI())).stream().filter(entry -> entry.endsWith(suffix)).map(SdkClasses::className).sorted(nearest()).toList();
    if (names.size() > 1) log.once("class", simpleName, "Several classes have this name, the first is taken: " + names);
    return names.isEmpty() ? null : names.get(0);
  }

  private Comparator<String> nearest() {
    return Comparator.comparing((String name) -> !name.startsWith(neighbour.getPackageName() + ".")).thenComparing(String::length).thenComparing(Comparator.naturalOrder());
  }

  private static List<String> entries(Path path) throws IOException {
    if (!Files.isDirectory(path))
      try (JarFile jar = new JarFile(path.toFile())) {
        return jar.stream().map(JarEntry::getName).toList();
      }
    try (var files = Files.walk(path)) {
      return files.map(file -> path.relativize(file).toString().replace('\\', '/')).toList();
    }
  }

  private static String className(String entry) {
    return entry.substring(0, entry.length() - ".class".length()).replace('/', '.');
  }

  /**
   * A new message by {@code create()}; where there is only a form with arguments, the shortest, with texts and constants
   * that fit and nothing otherwise.
   *
   * @throws UnsupportedOperationException when this SDK has no such class
   */
  public Message create(String simpleName, Object... arguments) throws ReflectiveOperationException {
    Class<?> type =
        find(simpleName).orElseThrow(() -> new UnsupportedOperationException("this SDK has no " + simpleName));
    Method create =
        Arrays.stream(type.getMethods())
            .filter(method -> method.getName().equals("create") && Modifier.isStatic(method.getModifiers()))
            .min(Comparator.comparingInt(method -> Math.abs(method.getParameterCount() - arguments.length)))
            .orElseThrow(() -> new UnsupportedOperationException(simpleName + " of this SDK cannot be created"));
    Class<?>[] types = create.getParameterTypes();
    if (types.length != arguments.length)
      log.once("create", simpleName, simpleName + " is created by a form with " + types.length + " arguments: look at it in a test first");
    Object[] values = new Object[types.length];
    for (int index = 0; index < types.length; index++)
      values[index] = fitting(types[index], index < arguments.length ? arguments[index] : null);
    return (Message) create.invoke(null, values);
  }

  private static Object fitting(Class<?> type, Object given) throws ReflectiveOperationException {
    if (type.isInstance(given)) return given;
    if (GEnum.class.isAssignableFrom(type)) {
      if (given instanceof String name)
        return type.getMethod("valueOf", String.class).invoke(null, name);
      return null;
    }
    if (type == int.class) return 0;
    if (type == boolean.class) return false;
    if (type == long.class) return 0L;
    return null;
  }

  /** Sets a reference number where the message has a setter for one. @return whether it has */
  public static boolean setReference(Message message, int reference) {
    for (Method method : message.getClass().getMethods()) {
      boolean named = method.getName().equalsIgnoreCase("setReferenceID") && method.getParameterCount() == 1;
      if (!named || method.getParameterTypes()[0] != int.class && method.getParameterTypes()[0] != Integer.class) continue;
      try {
        method.trySetAccessible();
        method.invoke(message, reference);
        return true;
      } catch (ReflectiveOperationException | RuntimeException error) {
        return false;
      }
    }
    return false;
  }
}
