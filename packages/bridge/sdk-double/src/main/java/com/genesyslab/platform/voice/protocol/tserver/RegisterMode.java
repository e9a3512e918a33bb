package com.genesyslab.platform.voice.protocol.tserver;

import com.genesyslab.platform.commons.GEnum;

/** Test double. */
public final class RegisterMode extends GEnum {
  public static final RegisterMode ModeShare = new RegisterMode("ModeShare", 0);
  public static final RegisterMode ModePrivate = new RegisterMode("ModePrivate", 1);

  private RegisterMode(String name, int number) {
    super(name, number);
  }

  public static RegisterMode valueOf(String name) {
    return named(RegisterMode.class, name);
  }
}
