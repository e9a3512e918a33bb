package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.AgentEvent;

/** Test double. */
public abstract class EventAgentReady extends AgentEvent {
  public static EventAgentReady create() {
    return new EventAgentReady() {};
  }
}
