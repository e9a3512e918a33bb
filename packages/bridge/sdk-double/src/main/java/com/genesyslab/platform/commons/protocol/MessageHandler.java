package com.genesyslab.platform.commons.protocol;

/** Test double. */
public interface MessageHandler {
  void onMessage(Message message);
}
