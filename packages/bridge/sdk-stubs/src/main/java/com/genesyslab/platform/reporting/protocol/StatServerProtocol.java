package com.genesyslab.platform.reporting.protocol;

import com.genesyslab.platform.commons.protocol.ClientChannel;

/** Signature only. */
public class StatServerProtocol extends ClientChannel {
  public StatServerProtocol() {}

  public void setClientName(String name) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public void setClientId(int id) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }
}
