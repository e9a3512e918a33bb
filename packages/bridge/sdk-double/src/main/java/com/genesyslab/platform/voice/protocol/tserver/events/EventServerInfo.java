package com.genesyslab.platform.voice.protocol.tserver.events;

import com.genesyslab.platform.voice.protocol.tserver.ServerRole;
import exec.sdkdouble.Event;

/** Test double. */
public abstract class EventServerInfo extends Event {
  public static EventServerInfo create() {
    return new EventServerInfo() {};
  }

  public void setServerRole(ServerRole value) {
    put("ServerRole", value);
  }

  public void setServerVersion(String value) {
    put("ServerVersion", value);
  }

  public void setServerStartTime(Integer value) {
    put("ServerStartTime", value);
  }
}
