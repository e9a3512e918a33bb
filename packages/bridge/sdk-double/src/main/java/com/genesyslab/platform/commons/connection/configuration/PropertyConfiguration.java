package com.genesyslab.platform.commons.connection.configuration;

/** Test double. */
public class PropertyConfiguration implements ConnectionConfiguration {
  public void setUseAddp(boolean use) {}

  public void setAddpClientTimeout(int seconds) {}

  public void setAddpServerTimeout(int seconds) {}

  public void setStringsEncoding(String charset) {}
}
