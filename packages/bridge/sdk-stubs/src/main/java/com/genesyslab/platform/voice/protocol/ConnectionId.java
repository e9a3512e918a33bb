package com.genesyslab.platform.voice.protocol;

/** Signature only. */
public class ConnectionId {
  public ConnectionId(String hex) {}
}
