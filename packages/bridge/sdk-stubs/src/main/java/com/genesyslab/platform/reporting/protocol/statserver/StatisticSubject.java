package com.genesyslab.platform.reporting.protocol.statserver;

import com.genesyslab.platform.commons.GEnum;

/** Signature only. */
public class StatisticSubject extends GEnum {
  public static final StatisticSubject DNStatus = null;

  public static final StatisticSubject DNAction = null;

  private StatisticSubject() {}
}
