package exec.bridge.mapping;

import java.util.List;
import java.util.Map;

/** What the mapping asks of a native message or value; the classes of the SDK stand behind it. */
public interface NativeValues {
  /** Attribute or property of that exact spelling; null when it is absent or cannot be read. */
  Object get(Object source, String spelling);

  /** Everything that the source's own public getters give, by their names without "get"; what cannot be read is left out. */
  Map<String, Object> all(Object source);

  /** Name of an enumeration's constant; null when the value is no such constant. */
  String enumName(Object value);

  /** Number of an enumeration's constant; null when the value is no such constant. */
  Integer enumNumber(Object value);

  /** Whether the value is a connection ID of the SDK. */
  boolean isConnectionId(Object value);

  /** The pairs of a key-value list in their order; null when the value is none. Keys may repeat. */
  List<Pair> pairs(Object value);

  /** Seconds and microseconds of a time stamp; null when the value is none. */
  long[] time(Object value);

  /** Members of a collection of the SDK, of Java or an array; null when the value is none. */
  List<Object> items(Object value);

  /** Name of a status or action by its number, from the SDK's own enumeration; null when it has none. */
  String statusName(int number);

  /** One entry of a key-value list. */
  record Pair(String key, Object value) {}
}
