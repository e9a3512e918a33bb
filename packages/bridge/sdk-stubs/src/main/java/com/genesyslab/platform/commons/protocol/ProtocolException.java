package com.genesyslab.platform.commons.protocol;

/** Signature only. */
public class ProtocolException extends Exception {
  private static final long serialVersionUID = 1;
}
