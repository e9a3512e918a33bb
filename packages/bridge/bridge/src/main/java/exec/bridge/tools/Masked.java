package exec.bridge.tools;

import exec.bridge.mapping.NativeValues;
import java.util.List;
import java.util.stream.Collectors;

/** Values of a live server as they may be shown to others: kinds and shapes, no number, name or text of anybody. */
final class Masked {
  private static final int LONGEST = 48;
  private static final int DEEPEST = 6;

  private final NativeValues natives;

  Masked(NativeValues natives) {
    this.natives = natives;
  }

  /** Letters become x or X, digits 9; what stands between stays, so that the form can be seen. */
  static String text(String text) {
    String shape = text.replaceAll("\\p{Lu}", "X").replaceAll("[\\p{L}&&[^\\p{Lu}]]", "x").replaceAll("\\p{N}", "9").replaceAll("\\p{Cntrl}", " ");
    return shape.length() > LONGEST ? "\"" + shape.substring(0, LONGEST) + "…\" (" + text.length() + " characters)" : "\"" + shape + "\"";
  }

  /** What a server says of itself: its words, without numbers. */
  static String sentence(String text) {
    String cut = text.length() > 200 ? text.substring(0, 200) : text;
    return cut.replaceAll("\\p{N}", "9").replaceAll("\\p{Cntrl}", " ");
  }

  /** A number of the protocol itself; any text in its place is masked. */
  static String number(Object value) {
    return value instanceof Number ? value.toString() : text(value.toString());
  }

  /** Class and masked value. */
  String value(Object value) {
    return value == null ? "null" : value.getClass().getSimpleName() + " " + shown(value, 0);
  }

  private String shown(Object value, int depth) {
    if (value == null) return "null";
    if (depth > DEEPEST) return "…";
    String constant = natives.enumName(value);
    if (constant != null) return constant + " (" + natives.enumNumber(value) + ")";
    if (value instanceof String text) return text(text);
    if (value instanceof Number number) return text(number.toString());
    if (value instanceof Boolean) return value.toString();
    if (value instanceof byte[] bytes) return bytes.length + " bytes";
    long[] time = natives.time(value);
    if (time != null) return time[0] + "." + String.format("%06d", time[1]);
    List<NativeValues.Pair> pairs = natives.pairs(value);
    if (pairs != null)
      return pairs.stream().map(pair -> pair.key() + ": " + shown(pair.value(), depth + 1)).collect(Collectors.joining(", ", "{", "}"));
    List<Object> items = natives.items(value);
    if (items != null) return items.stream().map(item -> shown(item, depth + 1)).collect(Collectors.joining(", ", "[", "]"));
    return text(String.valueOf(value));
  }
}
