package com.genesyslab.platform.voice.protocol.tserver.events;

import com.genesyslab.platform.commons.collections.KeyValueCollection;
import com.genesyslab.platform.voice.protocol.ConnectionId;
import exec.sdkdouble.AddressEvent;

/** Test double. */
public abstract class EventUserEvent extends AddressEvent {
  public static EventUserEvent create() {
    return new EventUserEvent() {};
  }

  public void setConnID(ConnectionId value) {
    put("ConnID", value);
  }

  public void setCallUUID(String value) {
    put("CallUUID", value);
  }

  public void setUserData(KeyValueCollection value) {
    put("UserData", value);
  }
}
