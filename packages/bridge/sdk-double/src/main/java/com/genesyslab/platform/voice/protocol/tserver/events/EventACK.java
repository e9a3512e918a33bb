package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.Event;

/** Test double. */
public abstract class EventACK extends Event {
  public static EventACK create() {
    return new EventACK() {};
  }
}
