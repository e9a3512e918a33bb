package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.QueueEvent;

/** Test double. */
public abstract class EventAbandoned extends QueueEvent {
  public static EventAbandoned create() {
    return new EventAbandoned() {};
  }
}
