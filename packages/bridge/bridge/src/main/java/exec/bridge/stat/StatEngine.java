package exec.bridge.stat;

import exec.bridge.link.Client;
import exec.bridge.link.Engine;
import exec.bridge.link.Frames;
import exec.bridge.mapping.Mapper;
import exec.bridge.ops.JsonLog;
import exec.bridge.ops.Metrics;
import exec.bridge.sdk.NativeServer;
import exec.bridge.sdk.NativeServer.Kind;
import exec.bridge.sdk.NativeServer.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A Stat Server for many clients: each statistic of a client is one at the server, under a number of the bridge. */
public final class StatEngine extends Engine {
  /** A server that says nothing about its mode for so long is primary. */
  private static final long MODE_MS = 1_000;
  private static final List<String> CATEGORIES = List.of("CurrentState", "CurrentStateReasons");

  private record Statistic(Client client, long id, String subject) {}

  private final Map<Integer, Statistic> byNumber = newMap();
  private final Map<Client, Map<Long, Integer>> byClient = newMap();

  public StatEngine(NativeServer server, Mapper mapper, String password, int nativeMax, JsonLog log, Metrics metrics) {
    super(server, mapper, password, nativeMax, log, metrics);
    metrics.gauge("bridge_open_statistics", "Statistics that are open at the server", byNumber::size);
  }

  @Override
  protected void opened() {
    // The server may have told its mode before: nobody could ask it anything then.
    if (role != null) {
      admitWaiting();
      return;
    }
    later(MODE_MS, () -> {
      if (open && role == null) become("Primary");
    });
  }

  private void become(String now) {
    String before = role;
    role = now;
    if (before == null) {
      if (open) admitWaiting();
    } else if (!before.equals(now)) for (Client client : List.copyOf(clients)) client.close();
  }

  @Override
  protected void closed() {
    byNumber.clear();
    byClient.clear();
  }

  @Override
  public void message(String name, Object message) {
    metrics.count("bridge_native_messages_total", "message", List.of("EventInfo", "EventServerMode", "EventStatisticOpened", "EventStatisticClosed", "EventError").contains(name) ? name : "other");
    switch (name) {
      case "EventServerMode" -> {
        Object mode = server.values().get(message, "IntValue");
        if (mode instanceof Number number) become(number.intValue() == 0 ? "Backup" : "Primary");
      }
      case "EventInfo" -> info(message);
      case "EventStatisticOpened", "EventError" -> {
        Map<String, Object> a = name.equals("EventError") ? mapper.attributes(name, message) : new LinkedHashMap<>();
        Object id = reference(message);
        if (id != null) a.put("ReferenceID", id);
        if (!answered(name, a)) metrics.count("bridge_dropped_total", "reason", "unasked-answer");
      }
      default -> {
        // Nothing that Engage Link has a word for.
      }
    }
  }

  private Object reference(Object message) {
    Object id = server.values().get(message, "ReferenceId");
    return id == null ? server.values().get(message, "ReferenceID") : id;
  }

  private void info(Object message) {
    Statistic statistic = reference(message) instanceof Number number ? byNumber.get(number.intValue()) : null;
    Object value = server.values().get(message, "StateValue");
    if (statistic == null || value == null) {
      metrics.count("bridge_dropped_total", "reason", statistic == null ? "unknown-statistic" : "no-value");
      return;
    }
    Map<String, Object> a = new LinkedHashMap<>();
    a.put("ReferenceID", statistic.id());
    a.put("ObjectValue", objectValue(mapper, value, statistic.subject()));
    try {
      statistic.client().send("EventInfo", a);
    } catch (Frames.FrameTooLong error) {
      metrics.count("bridge_dropped_total", "reason", "too-long");
    }
  }

  /** The agent's status as Engage Link has it: with the subject DNStatus without actions. */
  public static Map<String, Object> objectValue(Mapper mapper, Object value, String subject) {
    Map<String, Object> tree = mapper.tree("AgentStatus", value);
    tree.putIfAbsent("Place", null);
    if (subject.equals("DNStatus")) withoutActions(tree);
    return tree;
  }

  private static void withoutActions(Map<String, Object> tree) {
    if (tree.get("Place") instanceof Map<?, ?> place && place.get("DnStatuses") instanceof List<?> dns)
      for (Object dn : dns) if (dn instanceof Map<?, ?> one) one.remove("Actions");
  }

  @Override
  protected void admitted(Client client) {
    byClient.put(client, newMap());
  }

  @Override
  protected void left(Client client) {
    Map<Long, Integer> open = byClient.remove(client);
    if (open != null) open.values().forEach(this::closeAtServer);
  }

  private void closeAtServer(int number) {
    byNumber.remove(number);
    if (open) ask(new Request(Kind.closeStatistic, "", "", "", "", number), (name, a) -> {});
  }

  @Override
  protected void request(Client client, Frames.Frame frame) {
    switch (frame.message()) {
      case "RequestOpenStatistic" -> openStatistic(client, frame);
      case "RequestCloseStatistic" -> {
        Integer number = frame.attributes().get("StatisticId") instanceof Long id ? byClient.get(client).remove(id) : null;
        if (number == null) {
          refuse(client, frame, REFUSED, "this statistic is not open");
          return;
        }
        closeAtServer(number);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ReferenceID", frame.referenceId());
        answer.put("StatisticId", frame.attributes().get("StatisticId"));
        client.send("EventStatisticClosed", answer);
      }
      default -> refuse(client, frame, UNKNOWN, JsonLog.shown(frame.message()) + " is not known");
    }
  }

  private void openStatistic(Client client, Frames.Frame frame) {
    Map<?, ?> object = part(frame, "StatisticObject");
    Map<?, ?> metric = part(frame, "StatisticMetric");
    boolean valid =
        object.get("ObjectId") instanceof String id && !id.isEmpty() && "Agent".equals(object.get("ObjectType"))
            && object.get("TenantName") instanceof String && CATEGORIES.contains(metric.get("Category"))
            && List.of("DNStatus", "DNAction").contains(metric.get("Subject")) && "*".equals(metric.get("MainMask"))
            && "Immediate".equals(part(frame, "Notification").get("Mode"));
    if (!valid) {
      refuse(client, frame, INVALID, "needed: StatisticObject, StatisticMetric and Notification as Engage Link has them");
      return;
    }
    Long id = frame.referenceId();
    if (byClient.get(client).containsKey(id)) {
      refuse(client, frame, INVALID, "a statistic with this ReferenceID is open");
      return;
    }
    String subject = (String) metric.get("Subject");
    String password = object.get("TenantPassword") instanceof String text ? text : "";
    Request request = new Request(Kind.openStatistic, (String) object.get("ObjectId"), subject, (String) object.get("TenantName"), password, 0);
    int[] number = new int[1];
    boolean[] refused = new boolean[1];
    number[0] =
        ask(
            request,
            (name, a) -> {
              if ("EventStatisticOpened".equals(name)) {
                client.send("EventStatisticOpened", Map.of("ReferenceID", id));
                return;
              }
              refused[0] = true;
              if (byNumber.remove(number[0]) != null && byClient.containsKey(client)) byClient.get(client).remove(id);
              passRefusal(client, id, a, null);
            });
    if (refused[0]) return;
    byNumber.put(number[0], new Statistic(client, id, subject));
    byClient.get(client).put(id, number[0]);
  }

  @Override
  protected void periodic(long now) {
    // Values come when they change: there is nothing to ask for.
  }

  private static Map<?, ?> part(Frames.Frame frame, String name) {
    return frame.attributes().get(name) instanceof Map<?, ?> map ? map : Map.of();
  }
}
