package com.genesyslab.platform.reporting.protocol.statserver;

import com.genesyslab.platform.commons.GEnum;

/** Test double. */
public final class NotificationMode extends GEnum {
  public static final NotificationMode Immediate = new NotificationMode("Immediate", 0);

  private NotificationMode(String name, int number) {
    super(name, number);
  }

  public static NotificationMode valueOf(String name) {
    return named(NotificationMode.class, name);
  }
}
