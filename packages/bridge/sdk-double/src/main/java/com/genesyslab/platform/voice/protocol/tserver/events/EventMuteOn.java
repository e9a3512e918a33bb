package com.genesyslab.platform.voice.protocol.tserver.events;

import com.genesyslab.platform.voice.protocol.ConnectionId;
import exec.sdkdouble.AddressEvent;

/** Test double. */
public abstract class EventMuteOn extends AddressEvent {
  public static EventMuteOn create() {
    return new EventMuteOn() {};
  }

  public void setConnID(ConnectionId value) {
    put("ConnID", value);
  }

  public void setCallUUID(String value) {
    put("CallUUID", value);
  }
}
