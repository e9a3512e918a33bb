package com.genesyslab.platform.commons.protocol;

import java.util.EventObject;

/** Signature only. */
public class ChannelErrorEvent extends EventObject {
  private static final long serialVersionUID = 1;

  public ChannelErrorEvent(Object source) {
    super(source);
  }

  public Throwable getCause() {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }
}
