package exec.bridge.mapping;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The mapping as it stands in attributes.tsv and names.tsv: which native attribute becomes which of Engage Link. */
public final class MappingTable {
  /**
   * One attribute of one message.
   *
   * @param link the name in Engage Link
   * @param spellings native names, the first that has a value counts; {@code Extensions/Key} is a key of a list
   * @param type text, int, conn-id, kv, time, seconds, links, snapshot, party-state, enum, tree or trees
   * @param of the enumeration or the node of a tree, else empty
   * @param confidence A, B, C or ?
   */
  public record Row(String link, List<String> spellings, String type, String of, String confidence) {}

  private final Map<String, List<Row>> rows = new LinkedHashMap<>();
  private final Map<String, Names> enumerations = new LinkedHashMap<>();

  private MappingTable() {}

  /** The table that is built into the program. */
  public static MappingTable builtIn() {
    MappingTable table = new MappingTable();
    table.readNames(lines("names.tsv"));
    table.readAttributes(lines("attributes.tsv"));
    return table;
  }

  /** Attributes of a message or of a node of a Stat Server's tree; empty for one that the bridge does not pass on. */
  public List<Row> rowsOf(String message) {
    return rows.getOrDefault(message, List.of());
  }

  public boolean knows(String message) {
    return rows.containsKey(message);
  }

  public Set<String> messages() {
    return rows.keySet();
  }

  public Names names(String enumeration) {
    Names found = enumerations.get(enumeration);
    if (found == null) throw new IllegalArgumentException("no enumeration " + enumeration);
    return found;
  }

  public Map<String, Names> enumerations() {
    return enumerations;
  }

  /** The names of one enumeration. */
  public static final class Names {
    private final String enumeration;
    private final Map<String, String> byNative = new HashMap<>();
    private final Map<Integer, String> byNumber = new TreeMap<>();
    private final List<String> links = new ArrayList<>();
    private final Map<String, String> further = new LinkedHashMap<>();

    private Names(String enumeration) {
      this.enumeration = enumeration;
    }

    private static String key(String name) {
      return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    private void add(String link, String others, String number) {
      if (!links.contains(link)) links.add(link);
      byNative.putIfAbsent(key(link), link);
      for (String name : others.split("\\|"))
        if (!name.isEmpty()) {
          byNative.put(key(name), link);
          further.put(name, link);
        }
      if (!number.isEmpty()) byNumber.put(Integer.valueOf(number), link);
    }

    /** The Engage Link name of a native one, with or without the enumeration's name before it; null when unknown. */
    public String ofName(String name) {
      String key = key(name);
      String found = byNative.get(key);
      if (found != null) return found;
      String prefix = key(enumeration);
      return key.startsWith(prefix) ? byNative.get(key.substring(prefix.length())) : null;
    }

    /** Native names that read as an Engage Link name: its own first. */
    public List<String> nativesOf(String link) {
      List<String> names = new ArrayList<>(List.of(link, enumeration + link));
      further.forEach((name, of) -> {
        if (of.equals(link)) names.add(name);
      });
      return names;
    }

    /** The published number of an Engage Link name; null when it is not published. */
    public Integer numberOf(String link) {
      for (Map.Entry<Integer, String> one : byNumber.entrySet()) if (one.getValue().equals(link)) return one.getKey();
      return null;
    }

    /** The Engage Link name of a published number; null when it is not published. */
    public String ofNumber(int number) {
      return byNumber.get(number);
    }

    /** The names in Engage Link. */
    public List<String> links() {
      return List.copyOf(links);
    }
  }

  private void readNames(List<String[]> lines) {
    for (String[] line : lines) {
      Names names = enumerations.computeIfAbsent(line[0], Names::new);
      names.add(line[1], cell(line, 2), cell(line, 3));
    }
  }

  private void readAttributes(List<String[]> lines) {
    Map<String, String> groups = new HashMap<>();
    List<Row> everywhere = new ArrayList<>();
    for (String[] line : lines) {
      if (line[0].equals("@group")) {
        groups.put(line[1], line[2]);
        continue;
      }
      String[] type = line[3].split(":");
      Row row =
          new Row(line[1], List.of(line[2].split("\\|")), type[0], type.length > 1 ? type[1] : "", line[4]);
      if (row.type().equals("enum")) names(row.of());
      if (line[0].equals("*")) {
        everywhere.add(row);
        continue;
      }
      for (String name : line[0].split(","))
        for (String message : groups.getOrDefault(name, name).split(","))
          rows.computeIfAbsent(message, key -> new ArrayList<>()).add(row);
    }
    // The links of a server come and go without attributes; they are known all the same.
    for (String bare : List.of("EventLinkConnected", "EventLinkDisconnected", "EventRestoreConnection", "EventPrimaryChanged", "EventACK", "EventUnregistered"))
      rows.computeIfAbsent(bare, key -> new ArrayList<>());
    rows.forEach(
        (message, own) -> {
          if (message.startsWith("Event")) own.addAll(everywhere);
        });
  }

  private static String cell(String[] line, int index) {
    return index < line.length ? line[index] : "";
  }

  private static List<String[]> lines(String resource) {
    try (InputStream in = MappingTable.class.getResourceAsStream("/exec/bridge/" + resource);
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).map(line -> line.split("\t")).toList();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
