package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.PartyEvent;

/** Test double. */
public abstract class EventCallPartyState extends PartyEvent {
  public static EventCallPartyState create() {
    return new EventCallPartyState() {};
  }
}
