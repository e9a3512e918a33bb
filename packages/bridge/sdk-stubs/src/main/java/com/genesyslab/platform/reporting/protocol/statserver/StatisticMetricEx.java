package com.genesyslab.platform.reporting.protocol.statserver;

/** Signature only. */
public abstract class StatisticMetricEx {
  public static StatisticMetricEx create() {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public abstract void setCategory(StatisticCategory category);

  public abstract void setSubject(StatisticSubject subject);

  public abstract void setMainMask(DnActionsMask mask);

  public abstract void setTimeProfile(String name);

  public abstract void setIntervalType(StatisticInterval interval);
}
