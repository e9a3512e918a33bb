package com.genesyslab.platform.reporting.protocol.statserver;

/** Test double. */
public class PlaceStatus {
  private String placeId;
  private DnStatusesCollection dnStatuses;

  public String getPlaceId() {
    return placeId;
  }

  public void setPlaceId(String value) {
    placeId = value;
  }

  public DnStatusesCollection getDnStatuses() {
    return dnStatuses;
  }

  public void setDnStatuses(DnStatusesCollection value) {
    dnStatuses = value;
  }
}
