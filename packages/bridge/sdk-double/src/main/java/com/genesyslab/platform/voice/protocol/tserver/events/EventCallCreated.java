package com.genesyslab.platform.voice.protocol.tserver.events;

import com.genesyslab.platform.voice.protocol.ConnectionId;
import exec.sdkdouble.CallDataEvent;

/** Test double. */
public abstract class EventCallCreated extends CallDataEvent {
  public static EventCallCreated create() {
    return new EventCallCreated() {};
  }

  public void setDialedNumber(String value) {
    put("DialedNumber", value);
  }

  public void setOrigCallUUID(String value) {
    put("OrigCallUUID", value);
  }

  public void setPreviousConnID(ConnectionId value) {
    put("PreviousConnID", value);
  }
}
