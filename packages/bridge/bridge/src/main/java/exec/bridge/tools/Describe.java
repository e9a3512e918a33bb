package exec.bridge.tools;

import com.genesyslab.platform.commons.GEnum;
import com.genesyslab.platform.commons.protocol.Message;
import com.genesyslab.platform.reporting.protocol.StatServerProtocol;
import com.genesyslab.platform.voice.protocol.TServerProtocol;
import exec.bridge.mapping.MappingTable;
import exec.bridge.ops.JsonLog;
import exec.bridge.sdk.SdkClasses;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Prints the public names of the customer's jars beside the mapping table: what can be sent to us after a first try. */
public final class Describe {
  /** Requests of the bridge with what is not there without them. */
  private static final Map<String, String> REQUESTS = new LinkedHashMap<>();

  static {
    REQUESTS.put("RequestRegisterAddress", "nothing can be registered");
    REQUESTS.put("RequestUnregisterAddress", "nothing can be unregistered");
    REQUESTS.put("RequestQueryAddress", "a second client cannot register what the first has");
    REQUESTS.put("RequestQueryServer", "the server is taken as primary");
    REQUESTS.put("RequestStartCallMonitoring", "EXCP gets events of queues and extensions only");
    REQUESTS.put("RequestStopCallMonitoring", "monitoring goes on until the connection ends");
  }

  private static final Set<String> ANSWERS = Set.of("EventRegistered", "EventUnregistered", "EventAddressInfo", "EventServerInfo", "EventACK", "EventError");
  private static final List<String> STATISTIC_REQUESTS = List.of("RequestOpenStatisticEx", "RequestCloseStatistic");
  private static final List<String> NODES = List.of("AgentStatus", "PlaceStatus", "DnStatus", "DnAction");
  /** What is worth knowing although the bridge can do without it. */
  private static final List<String> FURTHER = List.of("TServerProtocolListener", "AddressInfoType", "EventServerMode", "StatisticCategory");
  /** Attributes of these are published or were seen working: that one is missing says that something does not fit. */
  private static final Set<String> SURE = Set.of("A", "B");

  private final PrintStream out;
  private final MappingTable table;
  private final SdkClasses voice;
  private final SdkClasses statistics;
  private final List<String> missingClasses = new ArrayList<>();
  private final Map<String, Integer> missingAttributes = new TreeMap<>();
  /** The class of each enumeration: of its name, or what the getters of its attributes return. */
  private final Map<String, Class<?>> enumerations = new TreeMap<>();

  private Describe(PrintStream out, MappingTable table) {
    this.out = out;
    this.table = table;
    JsonLog quiet = new JsonLog(System.err, JsonLog.Level.error, "describe");
    voice = new SdkClasses(TServerProtocol.class, Map.of(), quiet);
    statistics = new SdkClasses(StatServerProtocol.class, Map.of(), quiet);
  }

  /** @return 0 when every class and every attribute that the mapping is sure of was found, else 1 */
  public static int print(PrintStream out, MappingTable table) {
    Describe describe = new Describe(out, table);
    out.println(sdk());
    out.println("\nEvents, with the attributes that the mapping asks for (! not found as a getter or setter)");
    for (String message : table.messages()) if (message.startsWith("Event")) describe.mapped(describe.voice, message);
    out.println("\nRequests, with the forms by which they are created");
    REQUESTS.forEach((name, without) -> describe.request(describe.voice, name, without));
    for (String name : STATISTIC_REQUESTS) describe.request(describe.statistics, name, "EXAS gets nothing");
    out.println("\nThe value of a statistic");
    for (String name : NODES) describe.mapped(describe.statistics, name);
    out.println("\nEnumerations");
    describe.constants();
    out.println("\nFurther classes");
    for (String name : FURTHER) {
      Optional<Class<?>> found = describe.voice.find(name).or(() -> describe.statistics.find(name));
      out.println(found.map(type -> "+ " + type.getName() + constantsOf(type)).orElse("- " + name + ": not in these jars"));
    }
    return describe.summary();
  }

  /** The version of the SDK, as its jar says it. */
  public static String sdk() {
    return "SDK " + Optional.ofNullable(TServerProtocol.class.getPackage().getImplementationVersion()).orElse("without a version");
  }

  private int summary() {
    out.println();
    if (!missingClasses.isEmpty()) out.println("not in these jars: " + String.join(", ", missingClasses));
    missingAttributes.forEach((confidence, count) -> out.println("attributes not found, of confidence " + confidence + ": " + count));
    boolean fits = missingClasses.isEmpty() && missingAttributes.keySet().stream().noneMatch(SURE::contains);
    out.println(fits ? "these jars fit the mapping as far as it is sure" : "these jars do not fit the mapping: send this in");
    return fits ? 0 : 1;
  }

  private Optional<Class<?>> present(SdkClasses classes, String name, String without) {
    Optional<Class<?>> found = classes.find(name);
    if (found.isPresent()) {
      out.println("+ " + found.get().getName());
    } else {
      missingClasses.add(name);
      out.println("- " + name + ": not in these jars" + without);
    }
    return found;
  }

  private void request(SdkClasses classes, String name, String without) {
    present(classes, name, "; without it " + without).ifPresent(type -> methods(type)
        .filter(method -> method.getName().equals("create") && Modifier.isStatic(method.getModifiers()))
        .forEach(method -> out.println("    create(" + types(method) + ")")));
  }

  /** A class of the table: each row with the spelling that was found, then what else the class has. */
  private void mapped(SdkClasses classes, String name) {
    Optional<Class<?>> found = present(classes, name, "");
    if (found.isEmpty()) return;
    try {
      attributes(name, found.get());
    } catch (LinkageError error) {
      // A class that this one speaks of is in a jar that is not here.
      missingClasses.add(String.valueOf(error.getMessage()));
      out.println("    ! cannot be looked at: " + error);
    }
  }

  private void attributes(String name, Class<?> type) {
    Map<String, String> own = attributesOf(type);
    Set<String> ofEvery = attributesOf(Message.class).keySet();
    for (MappingTable.Row row : table.rowsOf(name)) {
      // What nobody asked for repeats no reference.
      if (row.link().equals("ReferenceID") && !ANSWERS.contains(name)) continue;
      String spelling = row.spellings().stream().map(one -> one.replaceAll("/.*", "")).filter(one -> own.containsKey(one.toLowerCase())).findFirst().orElse(null);
      if (spelling == null) {
        missingAttributes.merge(row.confidence(), 1, Integer::sum);
        out.println("    ! " + row.link() + ": none of " + String.join(", ", row.spellings()) + " (confidence " + row.confidence() + ")");
      } else {
        out.println("    " + row.link() + ": " + (row.spellings().contains(spelling) ? "" : "a key of ") + own.get(spelling.toLowerCase()));
        if (row.type().equals("enum")) typeOf(type, spelling).ifPresent(of -> enumerations.putIfAbsent(row.of(), of));
      }
    }
    Set<String> asked = table.rowsOf(name).stream().flatMap(row -> row.spellings().stream()).map(one -> one.replaceAll("/.*", "").toLowerCase()).collect(Collectors.toSet());
    String rest = own.entrySet().stream().filter(one -> !asked.contains(one.getKey()) && !ofEvery.contains(one.getKey())).map(Map.Entry::getValue).collect(Collectors.joining(", "));
    if (!rest.isEmpty()) out.println("    also: " + rest);
  }

  private static java.util.stream.Stream<Method> methods(Class<?> type) {
    return Arrays.stream(type.getMethods()).sorted(Comparator.comparing(Method::toString));
  }

  /** Attributes that getters or setters tell, by their names in lower case: name, type, how it was found. */
  private static Map<String, String> attributesOf(Class<?> type) {
    Map<String, String> found = new TreeMap<>();
    methods(type)
        .filter(method -> !Modifier.isStatic(method.getModifiers()) && method.getDeclaringClass() != Object.class)
        .forEach(method -> {
          String name = method.getName();
          boolean gets = name.startsWith("get") && name.length() > 3 && method.getParameterCount() == 0;
          boolean sets = name.startsWith("set") && name.length() > 3 && method.getParameterCount() == 1;
          if (!gets && !sets) return;
          String kind = gets ? method.getReturnType().getSimpleName() : method.getParameterTypes()[0].getSimpleName() + ", only a setter";
          // A getter stands before a setter in the order of names.
          found.putIfAbsent(name.substring(3).toLowerCase(), name.substring(3) + " (" + kind + ")");
        });
    return found;
  }

  /** The enumeration that an attribute is of. */
  private static Optional<Class<?>> typeOf(Class<?> type, String spelling) {
    return methods(type)
        .filter(method -> method.getName().equalsIgnoreCase("get" + spelling) || method.getName().equalsIgnoreCase("set" + spelling))
        .map(method -> method.getParameterCount() == 0 ? method.getReturnType() : method.getParameterTypes()[0])
        .filter(GEnum.class::isAssignableFrom)
        .findFirst()
        .map(found -> found);
  }

  /** Constants that only one side knows: what comes as one of theirs would be passed on as Unknown. */
  private void constants() {
    table.enumerations().forEach((enumeration, names) -> {
      Class<?> type = enumerations.get(enumeration);
      if (type == null) type = voice.find(enumeration).orElse(null);
      if (type == null || !GEnum.class.isAssignableFrom(type)) {
        out.println("- " + enumeration + ": no enumeration of the SDK; its names are told by number, or not at all");
        return;
      }
      out.println("+ " + enumeration + ": " + type.getName() + constantsOf(type));
      Set<String> theirs = namesOf(type);
      String unknown = theirs.stream().filter(name -> names.ofName(name) == null).collect(Collectors.joining(", "));
      if (!unknown.isEmpty()) out.println("    ! not in the mapping: " + unknown);
      Set<String> met = theirs.stream().map(names::ofName).collect(Collectors.toSet());
      String absent = names.links().stream().filter(link -> !met.contains(link)).collect(Collectors.joining(", "));
      if (!absent.isEmpty()) out.println("    in the mapping alone: " + absent);
    });
  }

  private static Set<String> namesOf(Class<?> type) {
    Set<String> names = new TreeSet<>();
    for (Field field : type.getFields())
      if (Modifier.isStatic(field.getModifiers()) && type.isAssignableFrom(field.getType())) names.add(field.getName());
    return names;
  }

  private static String constantsOf(Class<?> type) {
    Set<String> names = namesOf(type);
    return names.isEmpty() ? "" : ": " + String.join(", ", names);
  }

  private static String types(Method method) {
    return Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName).collect(Collectors.joining(", "));
  }
}
