package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.QueueEvent;

/** Test double. */
public abstract class EventQueued extends QueueEvent {
  public static EventQueued create() {
    return new EventQueued() {};
  }
}
