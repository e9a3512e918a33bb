package com.genesyslab.platform.voice.protocol.tserver;

import com.genesyslab.platform.commons.GEnum;

/** Test double. */
public final class AddressInfoType extends GEnum {
  public static final AddressInfoType DNStatus = new AddressInfoType("DNStatus", 0);

  private AddressInfoType(String name, int number) {
    super(name, number);
  }

  public static AddressInfoType valueOf(String name) {
    return named(AddressInfoType.class, name);
  }
}
