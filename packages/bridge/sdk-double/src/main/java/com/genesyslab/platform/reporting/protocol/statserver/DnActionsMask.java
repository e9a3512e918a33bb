package com.genesyslab.platform.reporting.protocol.statserver;

/** Test double. */
public class DnActionsMask {
  public void setAll() {}
}
