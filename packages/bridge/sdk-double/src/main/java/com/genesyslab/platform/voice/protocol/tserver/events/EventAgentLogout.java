package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.AgentEvent;

/** Test double. */
public abstract class EventAgentLogout extends AgentEvent {
  public static EventAgentLogout create() {
    return new EventAgentLogout() {};
  }
}
