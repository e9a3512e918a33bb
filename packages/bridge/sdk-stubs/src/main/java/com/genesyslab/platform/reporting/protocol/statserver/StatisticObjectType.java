package com.genesyslab.platform.reporting.protocol.statserver;

import com.genesyslab.platform.commons.GEnum;

/** Signature only. */
public class StatisticObjectType extends GEnum {
  public static final StatisticObjectType Agent = null;

  private StatisticObjectType() {}
}
