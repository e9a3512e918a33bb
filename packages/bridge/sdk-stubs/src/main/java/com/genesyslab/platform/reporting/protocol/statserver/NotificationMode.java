package com.genesyslab.platform.reporting.protocol.statserver;

import com.genesyslab.platform.commons.GEnum;

/** Signature only. */
public class NotificationMode extends GEnum {
  public static final NotificationMode Immediate = null;

  private NotificationMode() {}
}
