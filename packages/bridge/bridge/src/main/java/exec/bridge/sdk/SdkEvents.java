package exec.bridge.sdk;

import com.genesyslab.platform.commons.GEnum;
import com.genesyslab.platform.commons.collections.KeyValueCollection;
import com.genesyslab.platform.reporting.protocol.statserver.DnActions;
import com.genesyslab.platform.voice.protocol.ConnectionId;
import exec.bridge.mapping.MappingTable;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes events of the SDK out of recorded ones, by {@code create()} and setters, so that the mapping can be tried on the
 * classes of these jars. That a client may create events is published; the setters of most are not: what has none is told,
 * never guessed.
 */
public final class SdkEvents {
  /** @param unset attributes, by their native names, that this SDK gives no way to set */
  public record Made(Object message, Set<String> unset) {}

  private final SdkClasses classes;
  private final MappingTable table;

  public SdkEvents(SdkClasses classes, MappingTable table) {
    this.classes = classes;
    this.table = table;
  }

  /**
   * @param attributes by native names; {@code $enum}, {@code $conn}, {@code $time} and {@code $kv} mark what is more than
   *     text, number or node of a tree
   * @throws ReflectiveOperationException when there is no such class, or none can be made of it
   */
  public Made make(String name, Map<?, ?> attributes) throws ReflectiveOperationException {
    Class<?> type = classes.find(name).orElseThrow(() -> new ClassNotFoundException(name + " is not in these jars"));
    Set<String> unset = new LinkedHashSet<>();
    return new Made(node(type, name, attributes, unset), unset);
  }

  /** A message, or a node of a statistic's value; the rows of {@code name} tell how its attributes may be spelt. */
  private Object node(Class<?> type, String name, Map<?, ?> attributes, Set<String> unset) throws ReflectiveOperationException {
    Object made = instance(type);
    for (Map.Entry<?, ?> one : attributes.entrySet()) {
      String attribute = (String) one.getKey();
      if (one.getValue() != null && !set(made, name, attribute, one.getValue(), unset)) unset.add(name + "." + attribute);
    }
    return made;
  }

  private static Object instance(Class<?> type) throws ReflectiveOperationException {
    for (Method method : type.getMethods())
      if (method.getName().equals("create") && Modifier.isStatic(method.getModifiers()) && method.getParameterCount() == 0) return method.invoke(null);
    if (Modifier.isAbstract(type.getModifiers())) throw new NoSuchMethodException(type.getSimpleName() + " has no create() without arguments");
    return type.getConstructor().newInstance();
  }

  private boolean set(Object made, String name, String attribute, Object value, Set<String> unset) {
    for (String spelling : spellings(name, attribute))
      for (Method method : setters(made.getClass(), "set" + spelling))
        try {
          Object fitting = fitting(method.getParameterTypes()[0], name, attribute, value, unset);
          if (fitting == null) continue;
          method.trySetAccessible();
          method.invoke(made, fitting);
          return true;
        } catch (ReflectiveOperationException | RuntimeException next) {
          // The next setter may take it.
        }
    return false;
  }

  private List<String> spellings(String name, String attribute) {
    List<String> all = new ArrayList<>(List.of(attribute));
    for (MappingTable.Row row : table.rowsOf(name))
      if (row.link().equals(attribute) || row.spellings().contains(attribute))
        for (String spelling : row.spellings()) if (!spelling.contains("/") && !all.contains(spelling)) all.add(spelling);
    return all;
  }

  private static List<Method> setters(Class<?> type, String name) {
    return Arrays.stream(type.getMethods())
        .filter(method -> method.getName().equalsIgnoreCase(name) && method.getParameterCount() == 1)
        .sorted(Comparator.comparing(Method::toString))
        .toList();
  }

  /** Null when the value cannot be had in this type. */
  private Object fitting(Class<?> type, String name, String attribute, Object value, Set<String> unset) throws ReflectiveOperationException {
    if (value instanceof Map<?, ?> map) {
      if (map.get("$enum") instanceof String constant) return constant(type, enumerationOf(name, attribute), constant);
      if (map.get("$conn") instanceof String hex) return connectionId(type, hex);
      if (map.get("$time") instanceof List<?> time) return time(type, ((Number) time.get(0)).longValue(), ((Number) time.get(1)).longValue());
      if (map.get("$kv") instanceof List<?> pairs) return type.isAssignableFrom(KeyValueCollection.class) ? list(pairs) : null;
      return node(concrete(type), nodeOf(name, attribute), map, unset);
    }
    if (value instanceof List<?> items) return collection(type, nodeOf(name, attribute), items, unset);
    if (value instanceof String text && rowType(name, attribute).equals("enum")) return constant(type, enumerationOf(name, attribute), text);
    if (value instanceof String text && rowType(name, attribute).equals("conn-id")) return connectionId(type, text);
    return plain(type, value);
  }

  private static Object plain(Class<?> type, Object value) {
    if (type.isInstance(value)) return value;
    if (!(value instanceof Number number)) return null;
    if (type == int.class || type == Integer.class) return number.intValue();
    if (type == long.class || type == Long.class) return number.longValue();
    if (type == short.class || type == Short.class) return number.shortValue();
    if (type == String.class) return number.toString();
    if (GEnum.class.isAssignableFrom(type)) return GEnum.getValue(type.asSubclass(GEnum.class), number.intValue());
    return null;
  }

  private MappingTable.Row row(String name, String attribute) {
    for (MappingTable.Row row : table.rowsOf(name)) if (row.link().equals(attribute) || row.spellings().contains(attribute)) return row;
    return null;
  }

  private String rowType(String name, String attribute) {
    MappingTable.Row row = row(name, attribute);
    return row == null ? "" : row.type();
  }

  private String enumerationOf(String name, String attribute) {
    MappingTable.Row row = row(name, attribute);
    return row == null || row.of().isEmpty() ? attribute : row.of();
  }

  private String nodeOf(String name, String attribute) {
    MappingTable.Row row = row(name, attribute);
    return row == null || row.of().isEmpty() ? "AgentStatus" : row.of();
  }

  private Object constant(Class<?> type, String enumeration, String link) throws ReflectiveOperationException {
    if (type == String.class) return link;
    MappingTable.Names names = table.enumerations().get(enumeration);
    List<String> natives = names == null ? List.of(link) : names.nativesOf(link);
    Class<?> constants = GEnum.class.isAssignableFrom(type) ? type : enumeration.equals("Status") ? DnActions.class : null;
    if (constants != null)
      for (String name : natives)
        try {
          Object found = constants.getMethod("valueOf", String.class).invoke(null, name);
          if (found instanceof GEnum one) return type.isInstance(one) ? one : plain(type, one.asInteger());
        } catch (InvocationTargetException unknownName) {
          // The next name may be the one.
        }
    Integer number = names == null ? null : names.numberOf(link);
    return number == null || constants == type ? null : plain(type, number);
  }

  private static Object connectionId(Class<?> type, String hex) throws ReflectiveOperationException {
    if (type == String.class) return hex;
    if (!type.isAssignableFrom(ConnectionId.class)) return null;
    for (Constructor<?> constructor : ConnectionId.class.getConstructors()) {
      Class<?>[] types = constructor.getParameterTypes();
      if (types.length == 1 && types[0] == String.class) return constructor.newInstance(hex);
      if (types.length == 1 && types[0] == long.class) return constructor.newInstance(Long.parseUnsignedLong(hex, 16));
    }
    return null;
  }

  private static Object time(Class<?> type, long seconds, long micros) throws ReflectiveOperationException {
    for (Constructor<?> constructor : type.getConstructors()) {
      Class<?>[] types = constructor.getParameterTypes();
      if (types.length != 2) continue;
      Object first = plain(types[0], seconds);
      Object second = plain(types[1], micros);
      if (first != null && second != null) return constructor.newInstance(first, second);
    }
    Object made = instance(type);
    for (Method method : setters(type, "setTimeinSecs")) method.invoke(made, plain(method.getParameterTypes()[0], seconds));
    for (Method method : setters(type, "setTimeinuSecs")) method.invoke(made, plain(method.getParameterTypes()[0], micros));
    return made;
  }

  private static KeyValueCollection list(List<?> pairs) {
    KeyValueCollection list = new KeyValueCollection();
    for (Object pair : pairs) {
      String key = (String) ((List<?>) pair).get(0);
      Object value = ((List<?>) pair).get(1);
      if (value instanceof Map<?, ?> map && map.get("$kv") instanceof List<?> inner) list.addList(key, list(inner));
      else if (value instanceof Number number) list.addInt(key, number.intValue());
      else list.addString(key, String.valueOf(value));
    }
    return list;
  }

  /** A setter may ask for an interface; its class has its name, or is the only thing that can be made. */
  private Class<?> concrete(Class<?> type) {
    if (!type.isInterface()) return type;
    String name = type.getSimpleName().replaceFirst("^I(?=[A-Z])", "");
    return classes.find(name).filter(type::isAssignableFrom).orElse(null);
  }

  private Object collection(Class<?> type, String node, List<?> items, Set<String> unset) throws ReflectiveOperationException {
    Class<?> made = concrete(type);
    if (made == null) return null;
    Object collection = instance(made);
    for (Object item : items) {
      boolean added = false;
      for (Method method : made.getMethods()) {
        if (!method.getName().startsWith("add") || method.getParameterCount() != 1) continue;
        Class<?> wanted = method.getParameterTypes()[0];
        Class<?> element = classes.find(node).filter(wanted::isAssignableFrom).orElse(null);
        if (element == null) continue;
        method.trySetAccessible();
        method.invoke(collection, node(element, node, (Map<?, ?>) item, unset));
        added = true;
        break;
      }
      if (!added) return null;
    }
    return collection;
  }
}
