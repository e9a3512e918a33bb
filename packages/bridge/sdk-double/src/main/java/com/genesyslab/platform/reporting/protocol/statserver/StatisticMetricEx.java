package com.genesyslab.platform.reporting.protocol.statserver;

/** Test double. */
public class StatisticMetricEx {
  public StatisticSubject subject;

  public static StatisticMetricEx create() {
    return new StatisticMetricEx();
  }

  public void setCategory(StatisticCategory category) {}

  public void setSubject(StatisticSubject subject) {
    this.subject = subject;
  }

  public void setMainMask(DnActionsMask mask) {}

  public void setTimeProfile(String name) {}

  public void setIntervalType(StatisticInterval interval) {}
}
