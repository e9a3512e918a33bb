package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.Event;

/** Test double. */
public abstract class EventLinkConnected extends Event {
  public static EventLinkConnected create() {
    return new EventLinkConnected() {};
  }

  public void setServerStartTime(Integer value) {
    put("ServerStartTime", value);
  }
}
