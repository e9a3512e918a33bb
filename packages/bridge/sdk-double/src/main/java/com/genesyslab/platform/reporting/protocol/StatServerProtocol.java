package com.genesyslab.platform.reporting.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.genesyslab.platform.commons.protocol.ClientChannel;
import com.genesyslab.platform.commons.protocol.Message;
import exec.sdkdouble.Played;
import exec.sdkdouble.Tree;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Test double: a Stat Server in memory that holds what its script says. */
public class StatServerProtocol extends ClientChannel {
  private record Open(String agent, String subject) {}

  private final Map<String, JsonNode> agents = new HashMap<>();
  private final Map<Integer, Open> open = new LinkedHashMap<>();

  public void setClientName(String name) {}

  public void setClientId(int id) {}

  @Override
  protected void play(String what, JsonNode line) {
    switch (what) {
      case "mode" -> tell(new Played("EventServerMode").with("IntValue", line.path("value").asInt()));
      case "agent" -> {
        String id = line.path("id").asText();
        agents.put(id, line.path("tree"));
        open.forEach((number, one) -> {
          if (one.agent().equals(id) && line.path(one.subject()).asBoolean()) tellValue(number, one);
        });
      }
      default -> throw new IllegalArgumentException(what);
    }
  }

  private void tellValue(int number, Open one) {
    tell(new Played("EventInfo").with("ReferenceId", number).with("StateValue", Tree.of(agents.get(one.agent()))));
  }

  @Override
  protected void answer(Message request) {
    if (request.messageName().equals("RequestCloseStatistic")) {
      open.remove((Integer) request.attributes.get("StatisticId"));
      return;
    }
    int number = (Integer) request.attributes.get("ReferenceId");
    Open one = new Open((String) request.attributes.get("ObjectId"), (String) request.attributes.get("Subject"));
    if (!agents.containsKey(one.agent())) {
      tell(new Played("EventError").with("ReferenceId", number).with("ErrorCode", 8).with("ErrorMessage", "there is no such agent"));
      return;
    }
    open.put(number, one);
    tell(new Played("EventStatisticOpened").with("ReferenceId", number));
    tellValue(number, one);
  }
}
