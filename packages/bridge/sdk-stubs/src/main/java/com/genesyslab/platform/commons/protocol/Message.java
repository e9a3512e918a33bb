package com.genesyslab.platform.commons.protocol;

/** Signature only. */
public abstract class Message {
  public abstract int messageId();

  public abstract String messageName();

  public abstract Object getMessageAttribute(String name);
}
