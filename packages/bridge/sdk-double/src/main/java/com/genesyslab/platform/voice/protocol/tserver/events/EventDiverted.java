package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.QueueEvent;

/** Test double. */
public abstract class EventDiverted extends QueueEvent {
  public static EventDiverted create() {
    return new EventDiverted() {};
  }
}
