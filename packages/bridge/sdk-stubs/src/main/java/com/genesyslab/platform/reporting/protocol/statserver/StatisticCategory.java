package com.genesyslab.platform.reporting.protocol.statserver;

import com.genesyslab.platform.commons.GEnum;

/** Signature only. */
public class StatisticCategory extends GEnum {
  public static final StatisticCategory CurrentState = null;

  private StatisticCategory() {}
}
