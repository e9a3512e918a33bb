package com.genesyslab.platform.commons.collections;

/** Signature only. */
public class KeyValuePair {
  public String getStringKey() {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public Object getValue() {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }
}
