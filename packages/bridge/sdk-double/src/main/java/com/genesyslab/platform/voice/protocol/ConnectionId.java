package com.genesyslab.platform.voice.protocol;

/** Test double: prints as hexadecimal digits without the zeros in front. */
public class ConnectionId {
  private final String hex;

  public ConnectionId(String hex) {
    this.hex = hex.replaceFirst("^0+(?=.)", "").toUpperCase();
  }

  @Override
  public String toString() {
    return hex;
  }
}
