package com.genesyslab.platform.reporting.protocol.statserver;

/** Test double. */
public class StatisticObject {
  public final String id;

  private StatisticObject(String id) {
    this.id = id;
  }

  public static StatisticObject create(String id, StatisticObjectType type, String tenant, String tenantPassword) {
    return new StatisticObject(id);
  }
}
