package com.genesyslab.platform.voice.protocol.tserver;

import com.genesyslab.platform.commons.GEnum;

/** Signature only. */
public class AddressType extends GEnum {
  public static final AddressType DN = null;

  public static final AddressType Queue = null;

  public static final AddressType RouteDN = null;

  private AddressType() {}
}
