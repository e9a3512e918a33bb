package com.genesyslab.platform.voice.protocol.tserver;

import com.genesyslab.platform.commons.GEnum;

/** Test double. */
public final class PartyType extends GEnum {
  public static final PartyType Unknown = new PartyType("Unknown", 0);
  public static final PartyType Extension = new PartyType("Extension", 1);
  public static final PartyType External = new PartyType("External", 2);
  public static final PartyType RoutingPoint = new PartyType("RoutingPoint", 3);
  public static final PartyType Queue = new PartyType("Queue", 4);
  public static final PartyType IVR = new PartyType("IVR", 5);

  private PartyType(String name, int number) {
    super(name, number);
  }

  public static PartyType valueOf(String name) {
    return named(PartyType.class, name);
  }
}
