package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.AddressEvent;

/** Test double. */
public abstract class EventUnregistered extends AddressEvent {
  public static EventUnregistered create() {
    return new EventUnregistered() {};
  }
}
