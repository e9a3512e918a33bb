package com.genesyslab.platform.voice.protocol.tserver.events;

import exec.sdkdouble.Event;

/** Test double. */
public abstract class EventError extends Event {
  public static EventError create() {
    return new EventError() {};
  }

  public void setErrorCode(Integer value) {
    put("ErrorCode", value);
  }

  public void setErrorMessage(String value) {
    put("ErrorMessage", value);
  }

  public void setThisDN(String value) {
    put("ThisDN", value);
  }
}
