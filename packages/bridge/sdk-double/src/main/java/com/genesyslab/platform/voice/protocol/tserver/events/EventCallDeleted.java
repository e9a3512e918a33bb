package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.CallEvent;

/** Test double. */
public abstract class EventCallDeleted extends CallEvent {
  public static EventCallDeleted create() {
    return new EventCallDeleted() {};
  }

  public void setRefCallUUID(String value) {
    put("RefCallUUID", value);
  }
}
