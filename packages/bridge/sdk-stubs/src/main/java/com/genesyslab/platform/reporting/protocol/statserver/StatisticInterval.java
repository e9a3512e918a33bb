package com.genesyslab.platform.reporting.protocol.statserver;

import com.genesyslab.platform.commons.GEnum;

/** Signature only. */
public class StatisticInterval extends GEnum {
  public static final StatisticInterval GrowingWindow = null;

  private StatisticInterval() {}
}
