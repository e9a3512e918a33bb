package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.AddressEvent;

/** Test double. */
public abstract class EventAddressInfo extends AddressEvent {
  public static EventAddressInfo create() {
    return new EventAddressInfo() {};
  }
}
