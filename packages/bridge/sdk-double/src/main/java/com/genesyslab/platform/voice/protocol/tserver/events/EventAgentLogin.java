package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.AgentEvent;

/** Test double. */
public abstract class EventAgentLogin extends AgentEvent {
  public static EventAgentLogin create() {
    return new EventAgentLogin() {};
  }
}
