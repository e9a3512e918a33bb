package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.Event;

/** Test double. */
public abstract class EventRestoreConnection extends Event {
  public static EventRestoreConnection create() {
    return new EventRestoreConnection() {};
  }
}
