package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.Event;

/** Test double. */
public abstract class EventLinkDisconnected extends Event {
  public static EventLinkDisconnected create() {
    return new EventLinkDisconnected() {};
  }
}
