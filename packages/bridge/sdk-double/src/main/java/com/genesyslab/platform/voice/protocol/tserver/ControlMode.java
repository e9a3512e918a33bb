package com.genesyslab.platform.voice.protocol.tserver;

import com.genesyslab.platform.commons.GEnum;

/** Test double. */
public final class ControlMode extends GEnum {
  public static final ControlMode RegisterDefault = new ControlMode("RegisterDefault", 0);

  private ControlMode(String name, int number) {
    super(name, number);
  }

  public static ControlMode valueOf(String name) {
    return named(ControlMode.class, name);
  }
}
