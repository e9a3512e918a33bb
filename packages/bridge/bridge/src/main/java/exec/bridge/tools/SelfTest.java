package exec.bridge.tools;

import com.genesyslab.platform.reporting.protocol.StatServerProtocol;
import com.genesyslab.platform.voice.protocol.TServerProtocol;
import exec.bridge.link.Frames;
import exec.bridge.mapping.Mapper;
import exec.bridge.mapping.MappingTable;
import exec.bridge.ops.JsonLog;
import exec.bridge.sdk.SdkClasses;
import exec.bridge.sdk.SdkEvents;
import exec.bridge.sdk.SdkValues;
import exec.bridge.sip.CallModel;
import exec.bridge.stat.StatEngine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes the events of every recorded scenario with the classes of these jars, maps them as the running bridge does, and
 * compares the frames with the golden ones. It needs no server. What these jars give no way to make is named as untested.
 */
public final class SelfTest {
  /** Exit codes: all frames were made and are equal; a frame differs; none differs, but something could not be tested. */
  public static final int EQUAL = 0, DIFFERS = 1, INCOMPLETE = 3;

  private static final String FOLDER = "/exec/bridge/scenarios/";
  /** Differences that are shown of one scenario. */
  private static final int SHOWN = 3;

  private final PrintStream out;
  private final Mapper mapper;
  private final SdkEvents voice;
  private final SdkEvents statistics;
  /** How many frames could not be tested, or not wholly, by what is missing in these jars. */
  private final Map<String, Integer> untested = new TreeMap<>();
  /** Attributes of Engage Link that could not be set on some event: what is told from the model may lack them. */
  private final Set<String> unsetAnywhere = new HashSet<>();
  /** A call or party could not be made: the model may not know it. */
  private boolean unmade;
  private int compared;
  private int differing;

  private SelfTest(PrintStream out, MappingTable table, Map<String, String> overrides) {
    this.out = out;
    JsonLog quiet = new JsonLog(System.err, JsonLog.Level.error, "selftest");
    mapper = new Mapper(table, new SdkValues(), (kind, subject) -> {});
    voice = new SdkEvents(new SdkClasses(TServerProtocol.class, overrides, quiet), table);
    statistics = new SdkEvents(new SdkClasses(StatServerProtocol.class, overrides, quiet), table);
  }

  /**
   * @param only name of one scenario; empty for all
   * @param overrides full class names by simple name
   * @throws IllegalArgumentException when there is no such scenario
   */
  public static int run(PrintStream out, MappingTable table, String only, Map<String, String> overrides) {
    List<String> names = lines("index.txt");
    if (!only.isEmpty() && !names.contains(only)) throw new IllegalArgumentException("no scenario \"" + only + "\"");
    SelfTest test = new SelfTest(out, table, overrides);
    int equal = 0, differ = 0;
    for (String name : only.isEmpty() ? names : List.of(only)) {
      if (test.scenario(name)) equal += 1;
      else differ += 1;
    }
    test.untested.forEach((what, count) -> out.println("untested  " + what + " (" + count + " frames)"));
    out.println(
        (equal + differ) + " scenarios: " + equal + " equal, " + differ + " differ; " + test.compared + " frames compared, " + test.differing + " differ, "
            + (test.untested.isEmpty() ? "nothing untested" : test.untested.size() + " things untested"));
    return differ > 0 ? DIFFERS : test.untested.isEmpty() ? EQUAL : INCOMPLETE;
  }

  private static List<String> lines(String resource) {
    try (InputStream in = SelfTest.class.getResourceAsStream(FOLDER + resource);
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  private boolean scenario(String name) {
    List<String> natives = lines("native/" + name + ".jsonl");
    List<String> golden = lines("frames/" + name + ".jsonl");
    Map<String, CallModel> models = new HashMap<>();
    Map<String, Deque<Map.Entry<String, Map<String, Object>>>> told = new HashMap<>();
    int before = differing, frames = compared;
    List<String> differences = new ArrayList<>();
    try {
      for (int line = 0; line < golden.size(); line++) {
        Map<String, Object> event = Frames.object(natives.get(line));
        Map<String, Object> expected = Frames.object(golden.get(line));
        if (event.containsKey("connections")) {
          models.clear();
          told.clear();
          continue;
        }
        String site = String.valueOf(event.get("site"));
        CallModel model = models.computeIfAbsent(site, key -> new CallModel());
        String message = (String) event.get("message");
        Object extensions = ((Map<?, ?>) expected.get("attributes")).get("Extensions");
        // The frame is the bridge's own: it begins or ends what is told from the model.
        if (message.equals("EventACK")) {
          if (extensions instanceof Map<?, ?> map && map.containsKey("Resync")) told.put(site, replay(model, site, natives, golden, line));
          continue;
        }
        Deque<Map.Entry<String, Map<String, Object>>> resync = told.get(site);
        boolean fromModel = resync != null && extensions instanceof Map<?, ?> map && map.containsKey("Resync");
        Set<String> unset = new HashSet<>(fromModel ? unsetAnywhere : Set.of());
        Map.Entry<String, Map<String, Object>> seen =
            fromModel ? resync.poll() : mapped(message, event, model, unset);
        if (seen == null && (!fromModel || unmade)) continue;
        compared += 1;
        String difference = difference(expected, seen, unset);
        if (difference == null) continue;
        differing += 1;
        differences.add("  line " + (line + 1) + " " + event.get("connection") + " " + message + "\n" + difference);
      }
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
    boolean equal = differing == before;
    out.printf("%-9s %s (%d frames)%n", equal ? "equal" : "DIFFERS", name, compared - frames);
    differences.stream().limit(SHOWN).forEach(out::println);
    if (differences.size() > SHOWN) out.println("  and " + (differences.size() - SHOWN) + " more");
    return equal;
  }

  /** The server names its calls to the bridge; the bridge tells them from its model. */
  private Deque<Map.Entry<String, Map<String, Object>>> replay(CallModel model, String site, List<String> natives, List<String> golden, int from) throws IOException {
    for (int line = from + 1; line < natives.size(); line++) {
      Map<String, Object> event = Frames.object(natives.get(line));
      if (!site.equals(String.valueOf(event.get("site"))) || !"calls".equals(event.get("connection"))) continue;
      if (event.get("message").equals("EventACK")) break;
      mapped((String) event.get("message"), event, model, new HashSet<>());
    }
    Deque<Map.Entry<String, Map<String, Object>>> frames = new ArrayDeque<>();
    for (String uuid : model.uuids()) frames.addAll(model.resync(uuid));
    return frames;
  }

  /** Null when these jars give no way to make it. {@code unset} gets the attributes that could not be set. */
  private Map.Entry<String, Map<String, Object>> mapped(String message, Map<String, Object> event, CallModel model, Set<String> unset) {
    Map<?, ?> attributes = (Map<?, ?>) event.get("attributes");
    boolean statistic = "statistics".equals(event.get("connection"));
    Object made;
    try {
      SdkEvents.Made one =
          statistic
              ? statistics.make("AgentStatus", (Map<?, ?>) attributes.get("StateValue"))
              : voice.make(message, attributes);
      made = one.message();
      for (String name : one.unset()) {
        untested.merge(name + ": no way to set it", 1, Integer::sum);
        unset.addAll(linksOf(name));
      }
      unsetAnywhere.addAll(unset);
    } catch (ReflectiveOperationException | RuntimeException | LinkageError error) {
      Throwable cause = error.getCause() == null ? error : error.getCause();
      unmade |= message.startsWith("EventCall");
      untested.merge((statistic ? "AgentStatus" : message) + ": cannot be made, " + cause, 1, Integer::sum);
      return null;
    }
    if (statistic) return Map.entry(message, Map.of("ObjectValue", StatEngine.objectValue(mapper, made, (String) event.get("subject"))));
    Map<String, Object> a = mapper.attributes(message, made);
    a.remove("ReferenceID");
    if (message.startsWith("EventCall") && model.take(message, a) == CallModel.Taken.noIdentity && !unset.isEmpty()) {
      unmade = true;
      untested.merge(message + ": its identity cannot be set", 1, Integer::sum);
      return null;
    }
    if (message.equals("EventRegistered") && a.get("Extensions") instanceof Map<?, ?> given)
      a.put("Extensions", model.snapshot((String) a.get("ThisDN"), "queues".equals(event.get("connection")), given, unknown -> {}));
    return Map.entry(message, a);
  }

  /** What an attribute that could not be set becomes in a frame; {@code name} is message.attribute. */
  private Set<String> linksOf(String name) {
    int dot = name.indexOf('.');
    String attribute = name.substring(dot + 1);
    Set<String> links = new HashSet<>(Set.of(attribute));
    for (MappingTable.Row row : mapper.table().rowsOf(name.substring(0, dot)))
      if (row.spellings().stream().anyMatch(spelling -> spelling.replaceAll("/.*", "").equals(attribute)))
        links.addAll(List.of(row.link().split(",")));
    if (links.contains("PartyState")) links.add("PartyFlags");
    return links;
  }

  /** Calls and parties of a snapshot come from the model, which may lack what could not be made. */
  private boolean mayBeUnmade(String key) {
    return (unmade || !unsetAnywhere.isEmpty()) && (key.startsWith("call-") || key.startsWith("party-"));
  }

  /** Null when both say the same. */
  private String difference(Map<String, Object> expected, Map.Entry<String, Map<String, Object>> seen, Set<String> unset) throws IOException {
    String message = (String) expected.get("message");
    Object left = comparable(expected.get("attributes"), unset);
    if (seen == null) return "    expected " + left + "\n    seen     nothing";
    // Through the writer and the reader of the wire, so that numbers are of one kind.
    Frames.Encoded line = Frames.encode(seen.getKey(), seen.getValue());
    Frames.Frame frame = Frames.parse(new String(line.line(0), StandardCharsets.UTF_8));
    Object right = frame == null ? null : comparable(frame.attributes(), unset);
    if (message.equals(seen.getKey()) && left.equals(right)) return null;
    return "    expected " + left + "\n    seen     " + (message.equals(seen.getKey()) ? "" : seen.getKey() + " ") + right;
  }

  /** Flags are a set; what could not be set is left out. */
  private Object comparable(Object value, Set<String> unset) {
    if (value instanceof List<?> list) return list.stream().map(one -> comparable(one, unset)).toList();
    if (!(value instanceof Map<?, ?> map)) return value;
    Map<String, Object> kept = new TreeMap<>();
    for (Map.Entry<?, ?> one : new LinkedHashMap<>(map).entrySet()) {
      String key = (String) one.getKey();
      if (unset.contains(key) || mayBeUnmade(key)) continue;
      if (key.equals("PartyFlags") && one.getValue() instanceof List<?> flags) kept.put(key, new HashSet<>(flags));
      else kept.put(key, comparable(one.getValue(), unset));
    }
    return kept;
  }
}
