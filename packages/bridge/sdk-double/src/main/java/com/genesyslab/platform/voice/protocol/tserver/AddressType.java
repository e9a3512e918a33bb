package com.genesyslab.platform.voice.protocol.tserver;

import com.genesyslab.platform.commons.GEnum;

/** Test double. */
public final class AddressType extends GEnum {
  public static final AddressType DN = new AddressType("DN", 0);
  public static final AddressType Queue = new AddressType("Queue", 1);
  public static final AddressType RouteDN = new AddressType("RouteDN", 2);

  private AddressType(String name, int number) {
    super(name, number);
  }

  public static AddressType valueOf(String name) {
    return named(AddressType.class, name);
  }
}
