package com.genesyslab.platform.reporting.protocol.statserver;

import com.genesyslab.platform.commons.GEnum;

/** Test double. */
public final class StatisticSubject extends GEnum {
  public static final StatisticSubject DNStatus = new StatisticSubject("DNStatus", 0);
  public static final StatisticSubject DNAction = new StatisticSubject("DNAction", 1);

  private StatisticSubject(String name, int number) {
    super(name, number);
  }

  public static StatisticSubject valueOf(String name) {
    return named(StatisticSubject.class, name);
  }
}
