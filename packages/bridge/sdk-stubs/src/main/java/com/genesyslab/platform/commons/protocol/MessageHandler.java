package com.genesyslab.platform.commons.protocol;

/** Signature only. */
public interface MessageHandler {
  void onMessage(Message message);
}
