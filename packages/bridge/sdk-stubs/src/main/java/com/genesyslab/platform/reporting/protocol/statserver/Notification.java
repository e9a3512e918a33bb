package com.genesyslab.platform.reporting.protocol.statserver;

/** Signature only. */
public abstract class Notification {
  public static Notification create(NotificationMode mode, int frequency, int insensitivity) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }
}
