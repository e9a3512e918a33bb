package com.genesyslab.platform.voice.protocol.tserver.events;

import com.genesyslab.platform.voice.protocol.ConnectionId;
import exec.sdkdouble.AddressEvent;

/** Test double. */
public abstract class EventMuteOff extends AddressEvent {
  public static EventMuteOff create() {
    return new EventMuteOff() {};
  }

  public void setConnID(ConnectionId value) {
    put("ConnID", value);
  }

  public void setCallUUID(String value) {
    put("CallUUID", value);
  }
}
