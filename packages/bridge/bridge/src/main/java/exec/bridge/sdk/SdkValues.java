package exec.bridge.sdk;

import com.genesyslab.platform.commons.GEnum;
import com.genesyslab.platform.commons.collections.KeyValueCollection;
import com.genesyslab.platform.commons.collections.KeyValuePair;
import com.genesyslab.platform.commons.protocol.Message;
import com.genesyslab.platform.reporting.protocol.statserver.DnActions;
import com.genesyslab.platform.voice.protocol.ConnectionId;
import exec.bridge.mapping.NativeValues;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads values of the SDK by name at run time: a spelling that does not exist is an absent value, never a fault. */
public final class SdkValues implements NativeValues {
  private static final Pattern SECONDS = Pattern.compile("TimeinSecs\\D*?(\\d+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern MICROS = Pattern.compile("TimeinuSecs\\D*?(\\d+)", Pattern.CASE_INSENSITIVE);

  private record Getter(Class<?> type, String name) {}

  private final Map<Getter, Optional<Method>> getters = new ConcurrentHashMap<>();

  @Override
  public Object get(Object source, String spelling) {
    if (source instanceof Message message) {
      try {
        Object value = message.getMessageAttribute(spelling);
        if (value != null) return value;
      } catch (RuntimeException unknownName) {
        // What an SDK does with a name that it does not have is not published.
      }
    }
    return call(source, "get" + spelling);
  }

  @Override
  public Map<String, Object> all(Object source) {
    Map<String, Object> found = new TreeMap<>();
    for (Method method : source.getClass().getMethods()) {
      String name = method.getName();
      boolean getter = name.startsWith("get") && name.length() > 3 && method.getParameterCount() == 0 && !Modifier.isStatic(method.getModifiers());
      if (!getter || method.getDeclaringClass() == Object.class || method.getDeclaringClass().isAssignableFrom(Message.class)) continue;
      Object value = call(source, name);
      if (value != null) found.put(name.substring(3), value);
    }
    return found;
  }

  private Object call(Object source, String name) {
    try {
      Optional<Method> method =
          getters.computeIfAbsent(new Getter(source.getClass(), name), key -> find(key.type(), key.name()));
      return method.isPresent() ? method.get().invoke(source) : null;
    } catch (IllegalAccessException | InvocationTargetException | RuntimeException error) {
      return null;
    }
  }

  /** A public class or interface on the way up has to declare it: the SDK's own classes may be hidden. */
  private static Optional<Method> find(Class<?> type, String name) {
    for (Class<?> one = type; one != null; one = one.getSuperclass()) {
      List<Class<?>> places = new ArrayList<>(List.of(one));
      places.addAll(List.of(one.getInterfaces()));
      for (Class<?> place : places) {
        if (!Modifier.isPublic(place.getModifiers())) continue;
        for (Method method : place.getDeclaredMethods())
          if (method.getParameterCount() == 0 && method.getName().equalsIgnoreCase(name) && Modifier.isPublic(method.getModifiers()))
            return Optional.of(method);
      }
    }
    return Optional.empty();
  }

  @Override
  public String enumName(Object value) {
    return value instanceof GEnum constant ? constant.name() : null;
  }

  @Override
  public Integer enumNumber(Object value) {
    return value instanceof GEnum constant ? Integer.valueOf(constant.asInteger()) : null;
  }

  @Override
  public boolean isConnectionId(Object value) {
    return value instanceof ConnectionId;
  }

  @Override
  public List<Pair> pairs(Object value) {
    if (!(value instanceof KeyValueCollection list)) return null;
    List<Pair> pairs = new ArrayList<>();
    for (Object one : (Iterable<?>) list)
      if (one instanceof KeyValuePair pair) pairs.add(new Pair(pair.getStringKey(), pair.getValue()));
    return pairs;
  }

  @Override
  public long[] time(Object value) {
    if (value == null || value instanceof Number || value instanceof String) return null;
    Object seconds = call(value, "getTimeinSecs");
    Object micros = call(value, "getTimeinuSecs");
    if (seconds instanceof Number whole)
      return new long[] {whole.longValue(), micros instanceof Number part ? part.longValue() : 0};
    Matcher found = SECONDS.matcher(value.toString());
    if (!found.find()) return null;
    Matcher part = MICROS.matcher(value.toString());
    return new long[] {Long.parseLong(found.group(1)), part.find() ? Long.parseLong(part.group(1)) : 0};
  }

  @Override
  public List<Object> items(Object value) {
    if (value instanceof Object[] array) return List.of(array);
    if (value instanceof Iterable<?> iterable) {
      List<Object> items = new ArrayList<>();
      iterable.forEach(items::add);
      return items;
    }
    if (value == null || !(call(value, "getCount") instanceof Integer count)) return null;
    List<Object> items = new ArrayList<>();
    try {
      Method item = value.getClass().getMethod("getItem", int.class);
      for (int index = 0; index < count; index++) items.add(item.invoke(value, index));
      return items;
    } catch (ReflectiveOperationException error) {
      return null;
    }
  }

  @Override
  public String statusName(int number) {
    try {
      GEnum found = GEnum.getValue(DnActions.class, number);
      return found == null ? null : found.name();
    } catch (RuntimeException unknownNumber) {
      return null;
    }
  }
}
