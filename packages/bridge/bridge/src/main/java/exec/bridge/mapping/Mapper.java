package exec.bridge.mapping;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Native message in, attributes of Engage Link out, by the mapping table. Nothing is made up. */
public final class Mapper {
  /** Nesting that Engage Link allows; deeper lists are left out. */
  private static final int MAX_NESTING = 30;

  private final MappingTable table;
  private final NativeValues natives;
  private final Once once;

  /** Told of something that the table does not know, once for each distinct subject. */
  public interface Once {
    void notice(String kind, String subject);
  }

  public Mapper(MappingTable table, NativeValues natives, Once once) {
    this.table = table;
    this.natives = natives;
    this.once = once;
  }

  public MappingTable table() {
    return table;
  }

  /**
   * Attributes in the order of the table; absent what the message does not have. A message's own reference number is
   * under ReferenceID.
   */
  public Map<String, Object> attributes(String name, Object message) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (MappingTable.Row row : table.rowsOf(name)) put(out, row, message);
    liftKeys(name, out);
    return out;
  }

  private void put(Map<String, Object> out, MappingTable.Row row, Object source) {
    if (row.type().equals("time")) {
      putTime(out, source, row);
      return;
    }
    Object value = find(source, row.spellings());
    if (value == null) return;
    switch (row.type()) {
      case "text" -> out.put(row.link(), text(value));
      case "int" -> putIfNumber(out, row.link(), number(value));
      case "seconds" -> putIfNumber(out, row.link(), seconds(value));
      case "conn-id" -> out.put(row.link(), connId(value));
      case "enum" -> out.put(row.link(), enumeration(row.of(), value));
      case "party-state" -> putPartyState(out, value);
      case "kv" -> putIfPresent(out, row.link(), keyValues(value, 0));
      case "snapshot" -> putIfPresent(out, row.link(), snapshot(value));
      case "links" -> putIfPresent(out, row.link(), links(value));
      case "tree" -> out.put(row.link(), tree(row.of(), value));
      case "trees" -> putIfPresent(out, row.link(), trees(row.of(), value));
      default -> throw new IllegalStateException("type " + row.type());
    }
  }

  /** A node of a Stat Server's value. */
  public Map<String, Object> tree(String node, Object value) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (MappingTable.Row row : table.rowsOf(node)) put(out, row, value);
    return out;
  }

  private List<Object> trees(String node, Object value) {
    List<Object> items = natives.items(value);
    if (items == null) return null;
    List<Object> out = new ArrayList<>(items.size());
    for (Object item : items) if (item != null) out.add(tree(node, item));
    return out;
  }

  private Object find(Object source, List<String> spellings) {
    Object empty = null;
    for (String spelling : spellings) {
      int slash = spelling.indexOf('/');
      Object value =
          slash < 0
              ? natives.get(source, spelling)
              : keyOf(natives.get(source, spelling.substring(0, slash)), spelling.substring(slash + 1));
      if (value != null && !(value instanceof String text && text.isEmpty())) return value;
      if (value != null) empty = value;
    }
    // An empty number is what a network that withholds it sends.
    return empty;
  }

  private Object keyOf(Object list, String key) {
    List<NativeValues.Pair> pairs = list == null ? null : natives.pairs(list);
    if (pairs == null) return null;
    for (NativeValues.Pair pair : pairs) if (pair.key().equals(key)) return pair.value();
    return null;
  }

  /** A key that became an attribute of its own is not sent twice. */
  private void liftKeys(String name, Map<String, Object> out) {
    for (MappingTable.Row row : table.rowsOf(name))
      for (String spelling : row.spellings()) {
        int slash = spelling.indexOf('/');
        if (slash < 0 || !(out.get(spelling.substring(0, slash)) instanceof Map<?, ?> list)) continue;
        String key = spelling.substring(slash + 1);
        if (list.get(key) == null || !list.get(key).equals(out.get(row.link()))) continue;
        list.remove(key);
        if (list.isEmpty()) out.remove(spelling.substring(0, slash));
      }
  }

  private void putTime(Map<String, Object> out, Object source, MappingTable.Row row) {
    for (String spelling : row.spellings()) {
      Object value = natives.get(source, spelling);
      long[] time = value == null ? null : natives.time(value);
      if (time != null) {
        out.put("TimeinSecs", time[0]);
        out.put("TimeinuSecs", time[1]);
        return;
      }
    }
    Long seconds = number(natives.get(source, "TimeinSecs"));
    if (seconds == null) return;
    out.put("TimeinSecs", seconds);
    Long micros = number(natives.get(source, "TimeinuSecs"));
    out.put("TimeinuSecs", micros == null ? 0L : micros);
  }

  private void putPartyState(Map<String, Object> out, Object value) {
    MappingTable.Names names = table.names("PartyState");
    Long number = value instanceof Number plain ? Long.valueOf(plain.longValue()) : null;
    String name = natives.enumName(value);
    if (name == null && value instanceof String text) name = text;
    if (number == null && name != null && names.ofName(strip(name)) != null) {
      out.put("PartyState", names.ofName(strip(name)));
      return;
    }
    if (number == null && natives.enumNumber(value) != null) number = natives.enumNumber(value).longValue();
    if (number == null) {
      out.put("PartyState", unknown("PartyState", text(value)));
      return;
    }
    PartyStates.Decoded decoded = PartyStates.decode(number.intValue(), names);
    if (decoded.state().startsWith("Unknown(")) once.notice("PartyState", decoded.state());
    out.put("PartyState", decoded.state());
    out.put("PartyFlags", decoded.flags());
    if (decoded.uncertain()) out.put("Reliability", "Uncertain");
  }

  private static String strip(String name) {
    return name.startsWith("PtState_") ? name.substring("PtState_".length()) : name;
  }

  /** Name in Engage Link; {@code Unknown(<text>)} for one that the table does not have. */
  String enumeration(String enumeration, Object value) {
    MappingTable.Names names = table.names(enumeration);
    String name = natives.enumName(value);
    if (name == null && value instanceof String text) name = text;
    if (name != null) {
      String found = names.ofName(name);
      return found == null ? unknown(enumeration, name) : found;
    }
    Long number = number(value);
    if (number == null) return unknown(enumeration, text(value));
    if (enumeration.equals("Status")) {
      String own = natives.statusName(number.intValue());
      String found = own == null ? null : names.ofName(own);
      if (found != null) return found;
      if (own != null) return unknown(enumeration, own);
    }
    String found = names.ofNumber(number.intValue());
    return found == null ? unknown(enumeration, number.toString()) : found;
  }

  private String unknown(String enumeration, String text) {
    once.notice(enumeration, text);
    return "Unknown(" + text + ")";
  }

  private String text(Object value) {
    if (value instanceof String text) return text;
    String name = natives.enumName(value);
    if (name != null) return name;
    if (!(value instanceof Number)) once.notice("class", value.getClass().getName());
    return value.toString();
  }

  private Long number(Object value) {
    if (value instanceof Number number) return number.longValue();
    if (value == null) return null;
    Integer ordinal = natives.enumNumber(value);
    if (ordinal != null) return ordinal.longValue();
    try {
      return Long.valueOf(value.toString().trim());
    } catch (NumberFormatException error) {
      return null;
    }
  }

  private Long seconds(Object value) {
    if (value instanceof Date date) return date.getTime() / 1000;
    if (value instanceof Instant instant) return instant.getEpochSecond();
    long[] time = natives.time(value);
    return time == null ? number(value) : Long.valueOf(time[0]);
  }

  /** 16 lower-case hexadecimal digits; what is no such number stays as it is. */
  static String connIdOf(String text) {
    String digits = text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text;
    if (digits.isEmpty() || digits.length() > 16 || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0)) return text;
    return "0".repeat(16 - digits.length()) + digits.toLowerCase(Locale.ROOT);
  }

  private String connId(Object value) {
    return value instanceof Number number ? String.format("%016x", number.longValue()) : connIdOf(value.toString());
  }

  private Object keyValues(Object value, int depth) {
    List<NativeValues.Pair> pairs = natives.pairs(value);
    if (pairs == null || depth > MAX_NESTING) return null;
    Map<String, Object> out = new LinkedHashMap<>();
    for (NativeValues.Pair pair : pairs) {
      Object one = keyValue(pair.value(), depth);
      if (one == null || pair.key() == null) continue;
      out.merge(pair.key(), one, Mapper::repeated);
    }
    return out;
  }

  private Object keyValue(Object value, int depth) {
    if (value == null) return null;
    if (value instanceof String) return value;
    if (value instanceof Number number) return number.longValue();
    if (value instanceof byte[] bytes) return Map.of("$binary", Base64.getEncoder().encodeToString(bytes));
    if (natives.pairs(value) != null) return keyValues(value, depth + 1);
    if (natives.isConnectionId(value)) return connId(value);
    return text(value);
  }

  /** A key that occurs again makes a list of its values. */
  private static Object repeated(Object before, Object next) {
    List<Object> list = new ArrayList<>();
    if (before instanceof List<?> several) list.addAll(several);
    else list.add(before);
    list.add(next);
    return list;
  }

  private Object snapshot(Object value) {
    List<NativeValues.Pair> pairs = natives.pairs(value);
    if (pairs == null) return null;
    Map<String, Object> out = new LinkedHashMap<>();
    for (NativeValues.Pair pair : pairs) {
      Object one = keyValue(pair.value(), 0);
      if (one == null) continue;
      if (pair.key().startsWith("conn-")) out.put(pair.key(), connIdOf(one.toString()));
      else if (pair.key().startsWith("ps-")) out.put(pair.key(), stateOf(one));
      else out.put(pair.key(), one);
    }
    return out;
  }

  private String stateOf(Object value) {
    MappingTable.Names names = table.names("PartyState");
    String text = value.toString();
    String byName = names.ofName(strip(text));
    if (byName != null) return byName;
    Long number = number(text);
    return number == null ? unknown("PartyState", text) : PartyStates.decode(number.intValue(), names).state();
  }

  /** List of links, each a key-value list, or one list with the link IDs as keys. */
  private Object links(Object value) {
    List<Object> out = new ArrayList<>();
    List<NativeValues.Pair> pairs = natives.pairs(value);
    if (pairs != null) {
      for (NativeValues.Pair pair : pairs) {
        Object inner = natives.pairs(pair.value()) == null ? null : keyValues(pair.value(), 0);
        if (inner instanceof Map<?, ?> map && linkOf(map) != null) out.add(linkOf(map));
        else if (inner == null) out.add(link(pair.key(), pair.value() == null ? null : pair.value().toString()));
      }
      return out;
    }
    List<Object> items = natives.items(value);
    if (items == null) return null;
    for (Object item : items)
      if (keyValues(item, 0) instanceof Map<?, ?> map && linkOf(map) != null) out.add(linkOf(map));
    return out;
  }

  private static Map<String, Object> linkOf(Map<?, ?> map) {
    Object id = firstOf(map, "LinkId", "LinkID", "ISLinkId", "link-id", "id");
    Object location = firstOf(map, "Location", "location");
    return id == null ? null : link(id.toString(), location == null ? null : location.toString());
  }

  private static Object firstOf(Map<?, ?> map, String... keys) {
    for (String key : keys) if (map.get(key) != null) return map.get(key);
    return null;
  }

  private static Map<String, Object> link(String id, String location) {
    Map<String, Object> link = new LinkedHashMap<>();
    link.put("LinkId", id);
    if (location != null) link.put("Location", location);
    return link;
  }

  private static void putIfNumber(Map<String, Object> out, String key, Long value) {
    if (value != null) out.put(key, value);
  }

  private static void putIfPresent(Map<String, Object> out, String key, Object value) {
    if (value != null) out.put(key, value);
  }
}
