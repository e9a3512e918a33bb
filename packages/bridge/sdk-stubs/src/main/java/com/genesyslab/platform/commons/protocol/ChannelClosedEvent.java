package com.genesyslab.platform.commons.protocol;

import java.util.EventObject;

/** Signature only. */
public class ChannelClosedEvent extends EventObject {
  private static final long serialVersionUID = 1;

  public ChannelClosedEvent(Object source) {
    super(source);
  }

  public Throwable getCause() {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }
}
