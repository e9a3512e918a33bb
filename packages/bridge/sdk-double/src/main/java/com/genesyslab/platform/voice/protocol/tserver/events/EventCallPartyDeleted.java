package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.PartyEvent;

/** Test double. */
public abstract class EventCallPartyDeleted extends PartyEvent {
  public static EventCallPartyDeleted create() {
    return new EventCallPartyDeleted() {};
  }
}
