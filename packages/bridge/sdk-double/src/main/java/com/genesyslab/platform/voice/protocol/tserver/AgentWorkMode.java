package com.genesyslab.platform.voice.protocol.tserver;

import com.genesyslab.platform.commons.GEnum;

/** Test double. */
public final class AgentWorkMode extends GEnum {
  public static final AgentWorkMode Unknown = new AgentWorkMode("Unknown", 0);
  public static final AgentWorkMode ManualIn = new AgentWorkMode("ManualIn", 1);
  public static final AgentWorkMode AutoIn = new AgentWorkMode("AutoIn", 2);
  public static final AgentWorkMode AfterCallWork = new AgentWorkMode("AfterCallWork", 3);
  public static final AgentWorkMode AuxWork = new AgentWorkMode("AuxWork", 4);

  private AgentWorkMode(String name, int number) {
    super(name, number);
  }

  public static AgentWorkMode valueOf(String name) {
    return named(AgentWorkMode.class, name);
  }
}
