package exec.sdkdouble;

import com.fasterxml.jackson.databind.JsonNode;
import com.genesyslab.platform.commons.collections.KeyValueCollection;
import com.genesyslab.platform.reporting.protocol.statserver.AgentStatus;
import com.genesyslab.platform.reporting.protocol.statserver.DnAction;
import com.genesyslab.platform.reporting.protocol.statserver.DnActionCollection;
import com.genesyslab.platform.reporting.protocol.statserver.DnActions;
import com.genesyslab.platform.reporting.protocol.statserver.DnStatus;
import com.genesyslab.platform.reporting.protocol.statserver.DnStatusesCollection;
import com.genesyslab.platform.reporting.protocol.statserver.PlaceStatus;
import com.genesyslab.platform.voice.protocol.ConnectionId;

/** The value of a statistic as its script gives it; statuses are numbers in the SDK, actions constants. */
public final class Tree {
  private Tree() {}

  public static AgentStatus of(JsonNode node) {
    AgentStatus status = new AgentStatus();
    status.setAgentId(text(node, "AgentId"));
    status.setLoginId(text(node, "LoginId"));
    status.setStatus(DnActions.valueOf(text(node, "Status")).asInteger());
    status.setTime(node.path("Time").asLong());
    if (node.hasNonNull("Place")) status.setPlace(place(node.path("Place")));
    return status;
  }

  private static String text(JsonNode node, String key) {
    return node.hasNonNull(key) ? node.path(key).asText() : null;
  }

  private static PlaceStatus place(JsonNode node) {
    PlaceStatus place = new PlaceStatus();
    place.setPlaceId(text(node, "PlaceId"));
    DnStatusesCollection dns = new DnStatusesCollection();
    node.path("DnStatuses").forEach(dn -> dns.addItem(dn(dn)));
    if (node.has("DnStatuses")) place.setDnStatuses(dns);
    return place;
  }

  private static DnStatus dn(JsonNode node) {
    DnStatus dn = new DnStatus();
    dn.setDnId(text(node, "DN"));
    dn.setSwitchId(text(node, "SwitchId"));
    dn.setStatus(DnActions.valueOf(text(node, "Status")).asInteger());
    dn.setTime(node.path("Time").asLong());
    DnActionCollection actions = new DnActionCollection();
    node.path("Actions").forEach(action -> actions.addItem(action(action)));
    if (node.has("Actions")) dn.setActions(actions);
    return dn;
  }

  private static DnAction action(JsonNode node) {
    DnAction action = new DnAction();
    action.setAction(DnActions.valueOf(text(node, "Action")));
    action.setTime(node.path("Time").asLong());
    if (node.has("ConnectionId")) action.setConnectionId(new ConnectionId(text(node, "ConnectionId")));
    if (node.has("Reasons")) action.setReasons((KeyValueCollection) Played.value(node.path("Reasons")));
    return action;
  }
}
