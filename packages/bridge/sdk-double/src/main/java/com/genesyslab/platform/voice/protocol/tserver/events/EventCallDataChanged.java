package com.genesyslab.platform.voice.protocol.tserver.events;

import com.genesyslab.platform.voice.protocol.ConnectionId;
import exec.sdkdouble.CallDataEvent;

/** Test double. */
public abstract class EventCallDataChanged extends CallDataEvent {
  public static EventCallDataChanged create() {
    return new EventCallDataChanged() {};
  }

  public void setNewConnID(ConnectionId value) {
    put("NewConnID", value);
  }
}
