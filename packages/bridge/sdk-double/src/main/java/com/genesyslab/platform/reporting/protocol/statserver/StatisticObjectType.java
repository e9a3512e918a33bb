package com.genesyslab.platform.reporting.protocol.statserver;

import com.genesyslab.platform.commons.GEnum;

/** Test double. */
public final class StatisticObjectType extends GEnum {
  public static final StatisticObjectType Agent = new StatisticObjectType("Agent", 0);

  private StatisticObjectType(String name, int number) {
    super(name, number);
  }

  public static StatisticObjectType valueOf(String name) {
    return named(StatisticObjectType.class, name);
  }
}
