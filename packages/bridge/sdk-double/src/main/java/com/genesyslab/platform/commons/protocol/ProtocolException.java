package com.genesyslab.platform.commons.protocol;

/** Test double. */
public class ProtocolException extends Exception {
  private static final long serialVersionUID = 1;

  public ProtocolException(String message) {
    super(message);
  }
}
