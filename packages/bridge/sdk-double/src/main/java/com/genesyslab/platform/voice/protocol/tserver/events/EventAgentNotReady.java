package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.AgentEvent;

/** Test double. */
public abstract class EventAgentNotReady extends AgentEvent {
  public static EventAgentNotReady create() {
    return new EventAgentNotReady() {};
  }
}
