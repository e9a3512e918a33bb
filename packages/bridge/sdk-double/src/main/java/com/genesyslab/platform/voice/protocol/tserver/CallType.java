package com.genesyslab.platform.voice.protocol.tserver;

import com.genesyslab.platform.commons.GEnum;

/** Test double. */
public final class CallType extends GEnum {
  public static final CallType CallTypeUnknown = new CallType("CallTypeUnknown", 0);
  public static final CallType CallTypeInternal = new CallType("CallTypeInternal", 1);
  public static final CallType CallTypeInbound = new CallType("CallTypeInbound", 2);
  public static final CallType CallTypeOutbound = new CallType("CallTypeOutbound", 3);
  public static final CallType CallTypeConsult = new CallType("CallTypeConsult", 4);

  private CallType(String name, int number) {
    super(name, number);
  }

  public static CallType valueOf(String name) {
    return named(CallType.class, name);
  }
}
