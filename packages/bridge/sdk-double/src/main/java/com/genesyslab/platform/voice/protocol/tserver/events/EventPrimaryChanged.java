package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.Event;

/** Test double. */
public abstract class EventPrimaryChanged extends Event {
  public static EventPrimaryChanged create() {
    return new EventPrimaryChanged() {};
  }
}
