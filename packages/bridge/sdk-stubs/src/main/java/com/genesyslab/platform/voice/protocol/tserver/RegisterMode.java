package com.genesyslab.platform.voice.protocol.tserver;

import com.genesyslab.platform.commons.GEnum;

/** Signature only. */
public class RegisterMode extends GEnum {
  public static final RegisterMode ModeShare = null;

  private RegisterMode() {}
}
