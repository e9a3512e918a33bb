package exec.bridge.sip;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Live calls as the monitoring stream tells them, so that each client can be told what is there already. */
public final class CallModel {
  private static final Set<String> NOT_RESYNCED = Set.of("Cause", "RefParty", "CtrlParty", "Extensions", "ReferenceID");

  private static final class Call {
    final Map<String, Object> created = new LinkedHashMap<>();
    final Map<String, Map<String, Object>> parties = new LinkedHashMap<>();
  }

  private final Map<String, Call> calls = new LinkedHashMap<>();
  private final Map<String, String> byConnId = new LinkedHashMap<>();

  /** What an event means for the model. */
  public enum Taken {
    /** Names neither call nor party as it must: nobody can use it. */
    noIdentity,
    /** Of a call of which nothing was told before. */
    unknownCall,
    known
  }

  /** Takes an event in, and out of it the flags that say nothing: a party without any, which had none before. */
  public Taken take(String message, Map<String, Object> a) {
    boolean party = message.startsWith("EventCallParty");
    if (!isText(a.get("CallUUID")) || party && !isText(a.get("PartyUUID"))) return Taken.noIdentity;
    if (a.get("PartyFlags") instanceof List<?> flags && flags.isEmpty() && !hasFlags((String) a.get("CallUUID"), (String) a.get("PartyUUID")))
      a.remove("PartyFlags");
    return apply(message, a) ? Taken.known : Taken.unknownCall;
  }

  private static boolean isText(Object value) {
    return value instanceof String text && !text.isEmpty();
  }

  private boolean apply(String message, Map<String, Object> a) {
    String uuid = (String) a.get("CallUUID");
    if (message.equals("EventCallCreated")) {
      Call call = calls.computeIfAbsent(uuid, key -> new Call());
      copy(a, call.created);
      index(uuid, a.get("ConnID"));
      return true;
    }
    Call call = calls.get(uuid);
    if (call == null) return false;
    String party = (String) a.get("PartyUUID");
    switch (message) {
      case "EventCallDataChanged" -> {
        for (String key : List.of("CallType", "ANI", "DNIS", "UserData", "ISLinkList"))
          if (a.containsKey(key)) call.created.put(key, a.get(key));
        if (a.get("NewConnID") != null) {
          call.created.put("ConnID", a.get("NewConnID"));
          index(uuid, a.get("NewConnID"));
        }
      }
      case "EventCallPartyAdded" -> {
        Map<String, Object> added = new LinkedHashMap<>();
        copy(a, added);
        call.parties.put(party, added);
      }
      case "EventCallPartyState" -> {
        Map<String, Object> known = call.parties.get(party);
        if (known != null) {
          known.put("PartyState", a.get("PartyState"));
          if (a.containsKey("PartyFlags")) known.put("PartyFlags", a.get("PartyFlags"));
        }
      }
      case "EventCallPartyMoved" -> {
        Map<String, Object> moved = call.parties.remove(party);
        Call target = calls.get((String) a.get("NewCallUUID"));
        if (moved != null && target != null) target.parties.put(party, moved);
      }
      case "EventCallPartyDeleted" -> call.parties.remove(party);
      case "EventCallDeleted" -> {
        calls.remove(uuid);
        byConnId.values().removeIf(uuid::equals);
      }
      default -> throw new IllegalArgumentException(message);
    }
    return true;
  }

  private void index(String uuid, Object connId) {
    if (connId instanceof String text) byConnId.put(text, uuid);
  }

  private static void copy(Map<String, Object> from, Map<String, Object> to) {
    from.forEach((key, value) -> {
      if (!NOT_RESYNCED.contains(key)) to.put(key, value);
    });
  }

  /** Whether the party has flags, so that their end is worth telling. */
  private boolean hasFlags(String uuid, String party) {
    Call call = calls.get(uuid);
    Map<String, Object> known = call == null ? null : call.parties.get(party);
    return known != null && known.get("PartyFlags") instanceof List<?> flags && !flags.isEmpty();
  }

  public List<String> uuids() {
    return List.copyOf(calls.keySet());
  }

  int size() {
    return calls.size();
  }

  boolean knows(String connId) {
    return callOf(connId) != null;
  }

  /** Call of a connection ID; null when none is known. */
  private String callOf(String connId) {
    return byConnId.get(connId);
  }

  /** Party of a number in a call; null when none is known. */
  private String partyOf(String uuid, String dn) {
    Call call = calls.get(uuid);
    if (call == null) return null;
    for (Map.Entry<String, Map<String, Object>> party : call.parties.entrySet())
      if (dn.equals(party.getValue().get("DN"))) return party.getKey();
    return null;
  }

  /** The party for which a call waits in a virtual queue, which has none of its own; null when none is known. */
  private String waitingPartyOf(String uuid) {
    Call call = calls.get(uuid);
    if (call == null) return null;
    for (Map.Entry<String, Map<String, Object>> party : call.parties.entrySet())
      if (Set.of("RoutingPoint", "Queue").contains(party.getValue().getOrDefault("PartyType", ""))) return party.getKey();
    return null;
  }

  /** EventCallCreated and EventCallPartyAdded of one call as it is now, with the times of the events that brought them. */
  public List<Map.Entry<String, Map<String, Object>>> resync(String uuid) {
    Call call = calls.get(uuid);
    List<Map.Entry<String, Map<String, Object>>> frames = new ArrayList<>();
    if (call == null) return frames;
    frames.add(Map.entry("EventCallCreated", marked(call.created)));
    for (Map<String, Object> party : call.parties.values()) {
      Map<String, Object> told = marked(party);
      told.put("ConnID", call.created.get("ConnID"));
      told.put("CallUUID", uuid);
      if (told.get("ConnID") == null) told.remove("ConnID");
      if (told.get("PartyFlags") instanceof List<?> flags && flags.isEmpty()) told.remove("PartyFlags");
      frames.add(Map.entry("EventCallPartyAdded", told));
    }
    return frames;
  }

  private static Map<String, Object> marked(Map<String, Object> attributes) {
    Map<String, Object> told = new LinkedHashMap<>(attributes);
    told.put("Extensions", Map.of("Resync", 1));
    return told;
  }

  /**
   * The snapshot of an address, which a server tells by connection IDs, with the calls and parties that the model knows.
   *
   * @param unknown told the connection ID of each call that the model does not know
   */
  public Map<String, Object> snapshot(String dn, boolean queue, Map<?, ?> given, Consumer<String> unknown) {
    Map<String, Object> out = new LinkedHashMap<>();
    given.forEach(
        (key, value) -> {
          String name = (String) key;
          out.put(name, value);
          if (!name.startsWith("conn-")) return;
          String n = name.substring("conn-".length());
          String call = given.get("call-" + n) instanceof String told ? told : callOf(value.toString());
          if (call == null) {
            unknown.accept(value.toString());
            return;
          }
          if (!given.containsKey("call-" + n)) out.put("call-" + n, call);
          String own = partyOf(call, dn);
          String party = own == null && queue ? waitingPartyOf(call) : own;
          if (!given.containsKey("party-" + n) && party != null) out.put("party-" + n, party);
        });
    return out;
  }

  void clear() {
    calls.clear();
    byConnId.clear();
  }
}
