package com.genesyslab.platform.voice.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.genesyslab.platform.commons.protocol.ClientChannel;
import com.genesyslab.platform.commons.protocol.Message;
import com.genesyslab.platform.voice.protocol.tserver.ServerRole;
import exec.sdkdouble.Played;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Test double: a T-Server in memory that holds what its script says. */
public class TServerProtocol extends ClientChannel {
  private final Map<String, JsonNode> addresses = new HashMap<>();
  private final Map<String, JsonNode> calls = new LinkedHashMap<>();
  private final Set<String> registered = new HashSet<>();
  private ServerRole role = ServerRole.Primary;
  private Object time;
  private boolean monitoring;
  private boolean feedAnswers;

  public void setClientName(String name) {}

  public void setClientPassword(String password) {}

  @Override
  protected void play(String what, JsonNode line) {
    switch (what) {
      case "answers" -> feedAnswers = true;
      case "answer" -> tellServer(line.path("id").asInt());
      case "role" -> role = ServerRole.valueOf(line.path("role").asText());
      case "link" -> tell(new Played(line.path("connected").asBoolean() ? "EventLinkConnected" : "EventLinkDisconnected"));
      case "address" -> addresses.put(line.path("dn").asText(), line);
      case "call" -> {
        String uuid = line.path("uuid").asText();
        if (line.path("frames").isEmpty()) calls.remove(uuid);
        else calls.put(uuid, line.path("frames"));
      }
      case "event" -> {
        Played message = Played.of(line);
        time = message.attributes.getOrDefault("Time", time);
        if (line.has("dn") ? registered.contains(line.path("dn").asText()) : monitoring) tell(message);
      }
      default -> throw new IllegalArgumentException(what);
    }
  }

  private void tellServer(Object id) {
    tell(new Played("EventServerInfo").with("ReferenceID", id).with("ServerRole", role).with("Time", time));
  }

  @Override
  protected void answer(Message request) {
    Object id = request.attributes.get("ReferenceID");
    String dn = (String) request.attributes.get("ThisDN");
    switch (request.messageName()) {
      case "RequestQueryServer" -> {
        // The feed is the server: its answer comes after all that it has told.
        if (feedAnswers) say("{\"ask\":" + id + "}");
        else tellServer(id);
      }
      case "RequestRegisterAddress", "RequestQueryAddress" -> {
        JsonNode known = addresses.get(dn);
        boolean registers = request.messageName().equals("RequestRegisterAddress");
        if (known == null) {
          tell(new Played("EventError").with("ReferenceID", id).with("ErrorCode", 7).with("ErrorMessage", "the address cannot be registered"));
          return;
        }
        if (registers) registered.add(dn);
        tell(new Played(registers ? "EventRegistered" : "EventAddressInfo").with("ReferenceID", id).with("ThisDN", dn)
            .with("AgentID", known.has("agentId") ? known.path("agentId").asText() : null).with("Extensions", Played.value(known.path("extensions"))));
      }
      case "RequestUnregisterAddress" -> {
        registered.remove(dn);
        tell(new Played("EventUnregistered").with("ReferenceID", id).with("ThisDN", dn));
      }
      case "RequestStartCallMonitoring" -> {
        monitoring = true;
        tell(new Played("EventACK").with("ReferenceID", id).with("Time", time));
        calls.values().forEach(frames -> frames.forEach(frame -> tell(Played.of(frame))));
      }
      case "RequestStopCallMonitoring" -> {
        monitoring = false;
        tell(new Played("EventACK").with("ReferenceID", id));
      }
      default -> throw new IllegalArgumentException(request.messageName());
    }
  }
}
