package com.genesyslab.platform.commons.protocol;

/** Signature only. */
public class RegistrationException extends ProtocolException {
  private static final long serialVersionUID = 1;
}
