package com.genesyslab.platform.commons.protocol;

import java.util.EventObject;

/** Test double. */
public class ChannelErrorEvent extends EventObject {
  private static final long serialVersionUID = 1;
  private final transient Throwable cause;

  public ChannelErrorEvent(Object source, Throwable cause) {
    super(source);
    this.cause = cause;
  }

  public Throwable getCause() {
    return cause;
  }
}
