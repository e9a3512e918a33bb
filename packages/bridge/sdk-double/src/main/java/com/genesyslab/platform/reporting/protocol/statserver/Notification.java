package com.genesyslab.platform.reporting.protocol.statserver;

/** Test double. */
public class Notification {
  public static Notification create(NotificationMode mode, int frequency, int insensitivity) {
    return new Notification();
  }
}
