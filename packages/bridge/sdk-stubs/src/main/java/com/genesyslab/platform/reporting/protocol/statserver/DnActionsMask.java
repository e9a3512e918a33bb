package com.genesyslab.platform.reporting.protocol.statserver;

/** Signature only. */
public class DnActionsMask {
  public DnActionsMask() {}

  public void setAll() {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }
}
