package com.genesyslab.platform.commons.connection.configuration;

/** Signature only. */
public class PropertyConfiguration implements ConnectionConfiguration {
  public PropertyConfiguration() {}

  public void setUseAddp(boolean use) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public void setAddpClientTimeout(int seconds) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public void setAddpServerTimeout(int seconds) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public void setStringsEncoding(String charset) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }
}
