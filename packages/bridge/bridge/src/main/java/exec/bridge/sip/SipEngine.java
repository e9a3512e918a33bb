package exec.bridge.sip;

import exec.bridge.config.BridgeConfig.Replay;
import exec.bridge.link.Client;
import exec.bridge.link.Engine;
import exec.bridge.link.Frames;
import exec.bridge.mapping.Mapper;
import exec.bridge.ops.JsonLog;
import exec.bridge.ops.Metrics;
import exec.bridge.sdk.NativeServer;
import exec.bridge.sdk.NativeServer.Kind;
import exec.bridge.sdk.NativeServer.Request;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A T-Server or SIP Server for many clients: registrations are shared and counted, calls are told from the model. */
public final class SipEngine extends Engine {
  private static final long POLL_MS = 5_000, QUIET_MS = 1_000, NO_ACK_MS = 2_000, LONGEST_MS = 15_000, LINK_GRACE_MS = 1_000, EARLY_MS = 5_000;
  /** Between two questions of clients to the server: what is asked meanwhile is asked together. */
  private static final long QUESTION_MS = 50;
  /** Calls that are told to a client in one turn; live events come between. */
  private static final int RESYNC_BATCH = 10;
  /** Monitoring goes on for a client that only restarts. */
  private static final long LINGER_MS = 300_000;
  private static final Set<String> TYPES = Set.of("DN", "Queue", "RouteDN");

  private static final class Session {
    final Set<String> addresses = new LinkedHashSet<>();
    boolean monitoring;
    Long resyncReference;
    ArrayDeque<String> rest;
  }

  /** A request whose answer waits until monitoring has told the calls that it must name. */
  private record Early(Client client, long id, long since) {}

  private static final class Address {
    final List<Early> early = new ArrayList<>();
    final String type;
    final Set<Client> holders = new LinkedHashSet<>();
    final List<Map.Entry<Client, Long>> waiting = new ArrayList<>();
    boolean registered;
    String agentId;

    Address(String type) {
      this.type = type;
    }
  }

  private enum Monitoring {
    off,
    asked,
    replaying,
    complete
  }

  private final int window;
  private final Replay replay;
  private final Map<Client, Session> sessions = newMap();
  private final Map<String, Address> addresses = newMap();
  private final ArrayDeque<String> toRegister = new ArrayDeque<>();
  private final CallModel model = new CallModel();
  private int outstanding;
  private boolean linkConnected;
  private String serverVersion;
  private Monitoring monitoring = Monitoring.off;
  private long monitoringSince;
  private long lastReplayed;
  /** Server's time at which monitoring was acknowledged, in microseconds: what is not later was there before. */
  private long ackMicros;
  private boolean replayedNow;
  private boolean replaysProven;
  private final UnknownCalls unknownCalls = new UnknownCalls();
  private boolean snapshotSeen;
  private long emptySince;
  private long polledAt;
  /** Clients that ask about the server, and the numbers of their requests: answered when the server itself has answered. */
  private final List<Map.Entry<Client, Long>> questions = new ArrayList<>();
  private boolean questionPlanned;
  private boolean linkLostSinceOpen;

  public SipEngine(NativeServer server, Mapper mapper, String password, int nativeMax, int window, Replay replay, JsonLog log, Metrics metrics) {
    super(server, mapper, password, nativeMax, log, metrics);
    this.window = window;
    this.replay = replay;
    metrics.gauge("bridge_registered_addresses", "Addresses that are registered at the server", addresses::size);
    metrics.gauge("bridge_live_calls", "Live calls that monitoring tells", model::size);
  }

  // The server

  @Override
  protected void opened() {
    linkLostSinceOpen = false;
    query();
  }

  /**
   * The answer comes after all that the server told before it: so the clients that wait for it know that nothing is on
   * its way to them, also when they compare it with what another bridge of the same server has told.
   */
  private void question(Client client, Long id) {
    questions.add(Map.entry(client, id));
    if (questionPlanned) return;
    questionPlanned = true;
    later(Math.max(0, polledAt + QUESTION_MS - System.currentTimeMillis()), () -> {
      questionPlanned = false;
      if (open) query();
    });
  }

  private void query() {
    polledAt = System.currentTimeMillis();
    List<Map.Entry<Client, Long>> asking = List.copyOf(questions);
    questions.clear();
    ask(
        Request.of(Kind.queryServer),
        (name, info) -> {
          if (!open) return;
          learnRole(name, info);
          for (Map.Entry<Client, Long> one : asking) tellServer(one.getKey(), one.getValue());
        });
  }

  private void learnRole(String name, Map<String, Object> info) {
    if (name == null || name.equals("EventError")) {
      // A server that does not tell its role is taken as primary: the clients see by its link whether it is usable.
      if (role == null) log.once("role", "unknown", "The server does not tell its role: it is taken as primary");
      become(role == null ? "Primary" : role);
      return;
    }
    if (info.get("ServerVersion") instanceof String version) serverVersion = version;
    if (info.get("ServerStartTime") instanceof Number start) startTime = start.longValue();
    become(info.get("ServerRole") instanceof String known && known.equals("Backup") ? "Backup" : "Primary");
  }

  private void tellServer(Client client, Long id) {
    if (!sessions.containsKey(client)) return;
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("ReferenceID", id);
    info.put("ServerRole", role);
    if (serverVersion != null) info.put("ServerVersion", serverVersion);
    info.put("LinkConnected", linkConnected);
    client.send("EventServerInfo", info);
  }

  private void become(String now) {
    String before = role;
    role = now;
    if (now.equals("Backup")) setLink(false);
    else if (!now.equals(before)) later(LINK_GRACE_MS, this::presumeLink);
    if (before == null) admitWaiting();
  }

  /** The first EventLinkConnected is not delivered by the SDK: without a word against it, the link is there. */
  private void presumeLink() {
    if (open && "Primary".equals(role) && !linkLostSinceOpen) setLink(true);
  }

  private void setLink(boolean connected) {
    if (linkConnected == connected) return;
    linkConnected = connected;
    if (!connected) forget();
    for (Client client : clients) {
      if (!connected) sessions.put(client, new Session());
      client.send(connected ? "EventLinkConnected" : "EventLinkDisconnected", Map.of());
    }
  }

  private void forget() {
    // The clients register again after the next EventLinkConnected; what the server still has is given up.
    for (Map.Entry<String, Address> one : addresses.entrySet())
      if (open && one.getValue().registered) ask(new Request(Kind.unregisterAddress, one.getKey(), "", "", "", 0), (name, a) -> {});
    addresses.clear();
    toRegister.clear();
    outstanding = 0;
    if (open && monitoring != Monitoring.off) ask(Request.of(Kind.stopMonitoring), (name, a) -> {});
    monitoring = Monitoring.off;
    model.clear();
    snapshotSeen = false;
    unknownCalls.clear();
  }

  @Override
  protected void closed() {
    linkConnected = false;
    questions.clear();
    addresses.clear();
    toRegister.clear();
    outstanding = 0;
    monitoring = Monitoring.off;
    model.clear();
    snapshotSeen = false;
    unknownCalls.clear();
    sessions.clear();
  }

  @Override
  public void message(String name, Object message) {
    metrics.count("bridge_native_messages_total", "message", mapper.table().knows(name) ? name : "other");
    if (!mapper.table().knows(name)) return;
    Map<String, Object> a = mapper.attributes(name, message);
    switch (name) {
      // After a connection that the server restored, one program that works with real servers registers everything anew.
      case "EventLinkConnected", "EventRestoreConnection" -> {
        linkLostSinceOpen = false;
        if (linkConnected) setLink(false);
        if ("Primary".equals(role)) setLink(true);
      }
      case "EventPrimaryChanged" -> query();
      case "EventLinkDisconnected" -> {
        linkLostSinceOpen = true;
        setLink(false);
      }
      case "EventRegistered", "EventAddressInfo", "EventACK", "EventServerInfo", "EventError" -> {
        if (!answered(name, a)) metrics.count("bridge_dropped_total", "reason", "unasked-answer");
      }
      case "EventUnregistered" -> {
        if (!answered(name, a)) dropped((String) a.get("ThisDN"));
      }
      default -> {
        a.remove("ReferenceID");
        if (name.startsWith("EventCall")) callEvent(name, a);
        else addressEvent(name, a);
      }
    }
  }

  // Addresses

  private void addressEvent(String name, Map<String, Object> a) {
    String dn = (String) a.get("ThisDN");
    Address address = dn == null ? null : addresses.get(dn);
    if (address == null) {
      metrics.count("bridge_dropped_total", "reason", "not-registered");
      return;
    }
    if (name.equals("EventAgentLogout")) address.agentId = null;
    else if (name.startsWith("EventAgent") && a.get("AgentID") instanceof String agent) address.agentId = agent;
    tell(name, a, address.holders);
  }

  private void tell(String name, Map<String, Object> a, Iterable<Client> to) {
    Frames.Encoded frame = encode(name, a);
    if (frame != null) for (Client client : to) client.sendEvent(frame);
  }

  private Frames.Encoded encode(String name, Map<String, Object> a) {
    try {
      return Frames.encode(name, a);
    } catch (Frames.FrameTooLong error) {
      metrics.count("bridge_dropped_total", "reason", "too-long");
      log.once("too-long", name, error.getMessage());
      return null;
    }
  }

  private void dropped(String dn) {
    Address address = dn == null ? null : addresses.remove(dn);
    if (address == null) return;
    Frames.Encoded frame = Frames.encode("EventUnregistered", Map.of("ThisDN", dn));
    for (Client client : address.holders) {
      sessions.get(client).addresses.remove(dn);
      client.sendEvent(frame);
    }
    for (Map.Entry<Client, Long> one : address.waiting) passRefusal(one.getKey(), one.getValue(), null, dn);
  }

  private void register(Client client, Frames.Frame frame) {
    String dn = frame.text("ThisDN");
    String type = frame.text("AddressType");
    boolean shared = "ModeShare".equals(frame.text("RegisterMode")) && "RegisterDefault".equals(frame.text("ControlMode"));
    if (dn == null || dn.isEmpty() || dn.length() > 255 || type == null || !TYPES.contains(type) || !shared) {
      refuse(client, frame, INVALID, "needed: ThisDN, AddressType DN, Queue or RouteDN, RegisterMode ModeShare, ControlMode RegisterDefault");
      return;
    }
    Address known = addresses.get(dn);
    if (known == null) {
      Address address = new Address(type);
      address.waiting.add(Map.entry(client, frame.referenceId()));
      addresses.put(dn, address);
      toRegister.add(dn);
      registerMore();
    } else if (!known.registered) {
      known.waiting.add(Map.entry(client, frame.referenceId()));
    } else {
      answerFromNow(dn, known, client, frame.referenceId(), true);
    }
  }

  /** The address is registered: what is there now is asked for. */
  private void answerFromNow(String dn, Address address, Client client, Long id, boolean mayWait) {
    ask(
        Request.of(Kind.queryAddress, dn, address.type),
        (name, a) -> {
          if (addresses.get(dn) != address) return;
          if (!sessions.containsKey(client)) unregisterUnheld(dn, address);
          else if ("EventAddressInfo".equals(name)) hold(address, dn, client, id, a, mayWait);
          else passRefusal(client, id, a, dn);
        });
  }

  private void registerMore() {
    while (outstanding < window && !toRegister.isEmpty()) {
      String dn = toRegister.poll();
      Address address = addresses.get(dn);
      if (address == null) continue;
      outstanding++;
      ask(
          Request.of(Kind.registerAddress, dn, address.type),
          (name, a) -> {
            if (addresses.get(dn) != address) return;
            outstanding--;
            onRegistered(dn, address, name, a);
            registerMore();
          });
    }
  }

  private void onRegistered(String dn, Address address, String name, Map<String, Object> a) {
    List<Map.Entry<Client, Long>> waiting = List.copyOf(address.waiting);
    address.waiting.clear();
    if (!"EventRegistered".equals(name)) {
      addresses.remove(dn);
      for (Map.Entry<Client, Long> one : waiting) passRefusal(one.getKey(), one.getValue(), a, dn);
      return;
    }
    address.registered = true;
    if (a.get("AgentID") instanceof String agent) address.agentId = agent;
    for (Map.Entry<Client, Long> one : waiting)
      if (sessions.containsKey(one.getKey())) hold(address, dn, one.getKey(), one.getValue(), a, true);
    unregisterUnheld(dn, address);
  }

  private void hold(Address address, String dn, Client client, Long id, Map<String, Object> a, boolean mayWait) {
    Map<String, Object> snapshot = snapshot(dn, address.type, a.get("Extensions"));
    if (mayWait && monitoring != Monitoring.complete && lacksCall(snapshot)) {
      address.early.add(new Early(client, id, System.currentTimeMillis()));
      if (monitoring == Monitoring.off) monitor(() -> {}, error -> answerEarly(Long.MAX_VALUE));
      return;
    }
    address.holders.add(client);
    sessions.get(client).addresses.add(dn);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("ReferenceID", id);
    answer.put("ThisDN", dn);
    Object agent = a.getOrDefault("AgentID", address.agentId);
    if (agent != null) answer.put("AgentID", agent);
    answer.put("Extensions", snapshot);
    client.send("EventRegistered", answer);
  }

  private static boolean lacksCall(Map<String, Object> snapshot) {
    return snapshot.keySet().stream().anyMatch(key -> key.startsWith("conn-") && !snapshot.containsKey("call-" + key.substring("conn-".length())));
  }

  /** Answers the requests that have waited for the calls since before then. */
  private void answerEarly(long before) {
    addresses.forEach(
        (dn, address) -> {
          List<Early> due = address.early.stream().filter(one -> one.since() < before).toList();
          address.early.removeAll(due);
          for (Early one : due) answerFromNow(dn, address, one.client(), one.id(), false);
        });
  }

  /** The server tells connection IDs; calls and parties are known from monitoring. */
  private Map<String, Object> snapshot(String dn, String type, Object extensions) {
    snapshotSeen = true;
    unknownCalls.beginSnapshot(dn);
    if (!(extensions instanceof Map<?, ?> given)) return new LinkedHashMap<>();
    return model.snapshot(dn, type.equals("Queue"), given, connId -> unknownCalls.inSnapshot(dn, connId));
  }

  private void unregisterUnheld(String dn, Address address) {
    if (address.holders.isEmpty() && address.waiting.isEmpty() && address.early.isEmpty()) unregister(dn);
  }

  private void unregister(String dn) {
    addresses.remove(dn);
    if (open) ask(new Request(Kind.unregisterAddress, dn, "", "", "", 0), (name, a) -> {});
  }

  private boolean release(Client client, String dn) {
    Address address = addresses.get(dn);
    if (address == null || !address.holders.remove(client)) return false;
    unregisterUnheld(dn, address);
    return true;
  }

  // Calls

  private void callEvent(String name, Map<String, Object> a) {
    CallModel.Taken taken = model.take(name, a);
    if (taken == CallModel.Taken.noIdentity) {
      metrics.count("bridge_dropped_total", "reason", "no-identity");
      log.once("no-identity", name, "A call event has no CallUUID or PartyUUID: \"bridge describe\" shows how they are spelt");
      return;
    }
    if (name.equals("EventCallDeleted")) unknownCalls.ended(a.get("CallUUID"), a.get("ConnID"));
    else if (taken == CallModel.Taken.unknownCall) unknownCalls.inEvent((String) a.get("CallUUID"));
    else if (name.equals("EventCallCreated")) unknownCalls.ended(a.get("CallUUID"), a.get("ConnID"));
    if (monitoring == Monitoring.replaying || monitoring == Monitoring.asked) {
      Long at = micros(a);
      if (at != null && at <= ackMicros) {
        lastReplayed = System.currentTimeMillis();
        replayedNow = true;
        return;
      }
    }
    Frames.Encoded frame = encode(name, a);
    if (frame == null) return;
    sessions.forEach((client, session) -> {
      if (session.monitoring) client.sendEvent(frame);
    });
  }

  /** Null when the server sent no time. */
  private static Long micros(Map<String, Object> a) {
    if (!(a.get("TimeinSecs") instanceof Number seconds)) return null;
    long part = a.get("TimeinuSecs") instanceof Number number ? number.longValue() : 0;
    return seconds.longValue() * 1_000_000 + part;
  }

  private void startMonitoring(Client client, Frames.Frame frame) {
    Session session = sessions.get(client);
    Long id = frame.referenceId();
    if (monitoring != Monitoring.off) {
      begin(client, session, id);
      return;
    }
    monitor(() -> begin(client, session, id), error -> passRefusal(client, id, error, null));
  }

  /** Asks the server to tell its calls. */
  private void monitor(Runnable begun, Consumer<Map<String, Object>> refused) {
    monitoring = Monitoring.asked;
    monitoringSince = System.currentTimeMillis();
    lastReplayed = monitoringSince;
    replayedNow = false;
    model.clear();
    ackMicros = monitoringSince * 1000;
    ask(
        Request.of(Kind.startMonitoring),
        (name, a) -> {
          if (monitoring != Monitoring.asked) return;
          if ("EventError".equals(name)) {
            monitoring = Monitoring.off;
            refused.accept(a);
            return;
          }
          Long at = a == null ? null : micros(a);
          ackMicros = at == null ? System.currentTimeMillis() * 1000 : at;
          monitoring = Monitoring.replaying;
          begun.run();
        });
  }

  private void begin(Client client, Session session, Long id) {
    if (sessions.get(client) != session) return;
    session.monitoring = true;
    session.resyncReference = id;
    session.rest = null;
    client.send("EventACK", mapOf(id, Map.of("Resync", 1)));
    if (monitoring == Monitoring.complete) dump(client, session);
  }

  private static Map<String, Object> mapOf(Long id, Map<String, Object> extensions) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("ReferenceID", id);
    if (!extensions.isEmpty()) answer.put("Extensions", extensions);
    return answer;
  }

  private void complete() {
    monitoring = Monitoring.complete;
    replaysProven |= replayedNow;
    sessions.forEach((client, session) -> {
      if (session.monitoring && session.resyncReference != null) dump(client, session);
    });
    answerEarly(Long.MAX_VALUE);
  }

  /**
   * Whether waiting longer cannot make the answer to {@link #reliable()} another one: the server has told calls again,
   * or the addresses that clients want are all registered and their snapshots seen.
   */
  private boolean replayJudged() {
    boolean snapshotsSeen = snapshotSeen && toRegister.isEmpty() && outstanding == 0;
    return replay != Replay.auto || replaysProven || replayedNow || snapshotsSeen;
  }

  /** A server that is not known to tell its calls again must not be the reason for closing any. */
  private boolean reliable() {
    if (replay != Replay.auto) return replay == Replay.yes;
    return !unknownCalls.any(model) && (replaysProven || snapshotSeen);
  }

  private void dump(Client client, Session session) {
    Long id = session.resyncReference;
    askAgain(
        () -> {
          if (sessions.get(client) != session || !session.monitoring || session.rest != null || !id.equals(session.resyncReference)) return;
          session.rest = new ArrayDeque<>(model.uuids());
          dumpMore(client, session, session.rest);
        });
  }

  /** Snapshots that name calls which nobody told may be old: what they say now is asked first, where that is soon done. */
  private void askAgain(Runnable then) {
    Set<String> numbers = unknownCalls.numbers(model);
    int[] left = {numbers.size()};
    if (left[0] == 0 || left[0] > window) {
      then.run();
      return;
    }
    for (String dn : numbers) {
      Address address = addresses.get(dn);
      ask(
          Request.of(Kind.queryAddress, dn, address == null ? "DN" : address.type),
          (name, a) -> {
            if ("EventAddressInfo".equals(name)) snapshot(dn, address == null ? "DN" : address.type, a.get("Extensions"));
            if (--left[0] == 0) then.run();
          });
    }
  }

  private void dumpMore(Client client, Session session, ArrayDeque<String> rest) {
    if (sessions.get(client) != session || session.rest != rest || !session.monitoring) return;
    for (int count = 0; count < RESYNC_BATCH && !rest.isEmpty(); count++)
      for (Map.Entry<String, Map<String, Object>> frame : model.resync(rest.poll())) {
        Frames.Encoded encoded = encode(frame.getKey(), frame.getValue());
        if (encoded != null) client.sendEvent(encoded);
      }
    if (!rest.isEmpty()) {
      run(() -> dumpMore(client, session, rest));
      return;
    }
    Map<String, Object> done = new LinkedHashMap<>();
    done.put("ResyncDone", 1);
    if (!reliable()) {
      done.put("ResyncReliable", 0);
      log.warn("Clients are told that calls which they know and the server did not name may live on",
          "exec.replay_seen", replaysProven, "exec.snapshot_seen", snapshotSeen, "exec.unknown_calls", unknownCalls.any(model));
    }
    client.send("EventACK", mapOf(session.resyncReference, done));
    session.resyncReference = null;
    session.rest = null;
  }

  // Clients

  @Override
  protected void admitted(Client client) {
    sessions.put(client, new Session());
    if (linkConnected) client.send("EventLinkConnected", Map.of());
  }

  @Override
  protected void left(Client client) {
    Session session = sessions.remove(client);
    if (session != null) for (String dn : session.addresses) release(client, dn);
  }

  @Override
  protected void request(Client client, Frames.Frame frame) {
    switch (frame.message()) {
      case "RequestRegisterAddress", "RequestUnregisterAddress", "RequestStartCallMonitoring", "RequestStopCallMonitoring", "RequestQueryServer" -> {
        if (!linkConnected) refuse(client, frame, NOT_USABLE, "the server is not connected to its switch");
        else usable(client, frame);
      }
      default -> refuse(client, frame, UNKNOWN, JsonLog.shown(frame.message()) + " is not known");
    }
  }

  private void usable(Client client, Frames.Frame frame) {
    switch (frame.message()) {
      case "RequestRegisterAddress" -> register(client, frame);
      case "RequestUnregisterAddress" -> {
        String dn = frame.text("ThisDN");
        if (dn == null || !sessions.get(client).addresses.remove(dn)) {
          refuse(client, frame.referenceId(), REFUSED, "the address is not registered", dn);
          return;
        }
        release(client, dn);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ReferenceID", frame.referenceId());
        answer.put("ThisDN", dn);
        client.send("EventUnregistered", answer);
      }
      case "RequestStartCallMonitoring" -> startMonitoring(client, frame);
      case "RequestStopCallMonitoring" -> {
        Session session = sessions.get(client);
        session.monitoring = false;
        session.rest = null;
        session.resyncReference = null;
        client.send("EventACK", mapOf(frame.referenceId(), Map.of()));
      }
      default -> question(client, frame.referenceId());
    }
  }

  @Override
  protected void periodic(long now) {
    if (open && now - polledAt > POLL_MS) query();
    answerEarly(now - EARLY_MS);
    if (monitoring == Monitoring.asked && now - monitoringSince > NO_ACK_MS && now - lastReplayed > QUIET_MS && replayedNow
        || monitoring == Monitoring.replaying && now - lastReplayed > QUIET_MS && replayJudged()
        || monitoring == Monitoring.replaying && now - monitoringSince > LONGEST_MS) complete();
    boolean wanted = sessions.values().stream().anyMatch(session -> session.monitoring);
    if (wanted || monitoring != Monitoring.complete) emptySince = now;
    else if (now - emptySince > LINGER_MS) {
      monitoring = Monitoring.off;
      model.clear();
      ask(Request.of(Kind.stopMonitoring), (name, a) -> {});
    }
  }
}
