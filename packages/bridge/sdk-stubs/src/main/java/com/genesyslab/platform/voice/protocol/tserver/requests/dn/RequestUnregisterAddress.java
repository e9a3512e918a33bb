package com.genesyslab.platform.voice.protocol.tserver.requests.dn;

import com.genesyslab.platform.commons.protocol.Message;
import com.genesyslab.platform.voice.protocol.tserver.ControlMode;

/** Signature only. */
public abstract class RequestUnregisterAddress extends Message {
  public static RequestUnregisterAddress create(String dn, ControlMode control) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }
}
