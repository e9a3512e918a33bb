package com.genesyslab.platform.reporting.protocol.statserver;

import com.genesyslab.platform.commons.GEnum;

/** Test double. */
public final class StatisticInterval extends GEnum {
  public static final StatisticInterval GrowingWindow = new StatisticInterval("GrowingWindow", 0);

  private StatisticInterval(String name, int number) {
    super(name, number);
  }

  public static StatisticInterval valueOf(String name) {
    return named(StatisticInterval.class, name);
  }
}
