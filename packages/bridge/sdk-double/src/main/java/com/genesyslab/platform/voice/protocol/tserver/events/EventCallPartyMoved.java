package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.PartyEvent;

/** Test double. */
public abstract class EventCallPartyMoved extends PartyEvent {
  public static EventCallPartyMoved create() {
    return new EventCallPartyMoved() {};
  }

  public void setNewCallUUID(String value) {
    put("NewCallUUID", value);
  }
}
