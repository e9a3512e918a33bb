package com.genesyslab.platform.reporting.protocol.statserver;

/** Test double. */
public class AgentStatus {
  private String agentId;
  private String loginId;
  private Integer status;
  private long time;
  private PlaceStatus place;

  public String getAgentId() {
    return agentId;
  }

  public void setAgentId(String value) {
    agentId = value;
  }

  public String getLoginId() {
    return loginId;
  }

  public void setLoginId(String value) {
    loginId = value;
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

  public PlaceStatus getPlace() {
    return place;
  }

  public void setPlace(PlaceStatus value) {
    place = value;
  }
}
