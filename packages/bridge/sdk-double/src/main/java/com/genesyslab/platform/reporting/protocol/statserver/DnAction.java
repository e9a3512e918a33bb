package com.genesyslab.platform.reporting.protocol.statserver;

import com.genesyslab.platform.commons.collections.KeyValueCollection;
import com.genesyslab.platform.voice.protocol.ConnectionId;

/** Test double. */
public class DnAction {
  private DnActions action;
  private long time;
  private ConnectionId connectionId;
  private KeyValueCollection reasons;

  public DnActions getAction() {
    return action;
  }

  public void setAction(DnActions value) {
    action = value;
  }

  public long getTime() {
    return time;
  }

  public void setTime(long value) {
    time = value;
  }

  public ConnectionId getConnectionId() {
    return connectionId;
  }

  public void setConnectionId(ConnectionId value) {
    connectionId = value;
  }

  public KeyValueCollection getReasons() {
    return reasons;
  }

  public void setReasons(KeyValueCollection value) {
    reasons = value;
  }
}
