package com.genesyslab.platform.voice.protocol;

import com.genesyslab.platform.commons.protocol.ClientChannel;

/** Signature only. */
public class TServerProtocol extends ClientChannel {
  public TServerProtocol() {}

  public void setClientName(String name) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public void setClientPassword(String password) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }
}
