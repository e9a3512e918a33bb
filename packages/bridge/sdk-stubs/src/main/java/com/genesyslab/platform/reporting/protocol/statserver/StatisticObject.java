package com.genesyslab.platform.reporting.protocol.statserver;

/** Signature only. */
public abstract class StatisticObject {
  public static StatisticObject create(
      String id, StatisticObjectType type, String tenant, String tenantPassword) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }
}
