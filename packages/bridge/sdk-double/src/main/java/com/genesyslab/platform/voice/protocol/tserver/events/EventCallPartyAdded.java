package com.genesyslab.platform.voice.protocol.tserver.events;

import com.genesyslab.platform.voice.protocol.tserver.PartyType;
import exec.sdkdouble.PartyEvent;

/** Test double. */
public abstract class EventCallPartyAdded extends PartyEvent {
  public static EventCallPartyAdded create() {
    return new EventCallPartyAdded() {};
  }

  public void setPartyType(PartyType value) {
    put("PartyType", value);
  }

  public void setAgentID(String value) {
    put("AgentID", value);
  }
}
