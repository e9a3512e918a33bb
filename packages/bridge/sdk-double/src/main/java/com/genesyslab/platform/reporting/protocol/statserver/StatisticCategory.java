package com.genesyslab.platform.reporting.protocol.statserver;

import com.genesyslab.platform.commons.GEnum;

/** Test double. */
public final class StatisticCategory extends GEnum {
  public static final StatisticCategory CurrentState = new StatisticCategory("CurrentState", 0);
  public static final StatisticCategory CurrentStateReasons = new StatisticCategory("CurrentStateReasons", 1);

  private StatisticCategory(String name, int number) {
    super(name, number);
  }

  public static StatisticCategory valueOf(String name) {
    return named(StatisticCategory.class, name);
  }
}
