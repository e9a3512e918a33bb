package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.AddressEvent;

/** Test double. */
public abstract class EventRegistered extends AddressEvent {
  public static EventRegistered create() {
    return new EventRegistered() {};
  }
}
