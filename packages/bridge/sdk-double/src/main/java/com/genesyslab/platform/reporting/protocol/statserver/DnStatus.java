package com.genesyslab.platform.reporting.protocol.statserver;

/** Test double. */
public class DnStatus {
  private String dnId;
  private String switchId;
  private Integer status;
  private long time;
  private DnActionCollection actions;

  public String getDnId() {
    return dnId;
  }

  public void setDnId(String value) {
    dnId = value;
  }

  public String getSwitchId() {
    return switchId;
  }

  public void setSwitchId(String value) {
    switchId = value;
  }

  public Integer getStatus() {
    return status;
  }

  public void setStatus(Integer value) {
    status = value;
  }

  public long getTime() {
    return time;
  }

  public void setTime(long value) {
    time = value;
  }

  public DnActionCollection getActions() {
    return actions;
  }

  public void setActions(DnActionCollection value) {
    actions = value;
  }
}
