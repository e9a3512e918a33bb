package com.genesyslab.platform.reporting.protocol.statserver;

import com.genesyslab.platform.commons.GEnum;

/** Test double. */
public final class DnActions extends GEnum {
  public static final DnActions NotMonitored = new DnActions("NotMonitored", 0);
  public static final DnActions Monitored = new DnActions("Monitored", 1);
  public static final DnActions LoggedIn = new DnActions("LoggedIn", 2);
  public static final DnActions OnHook = new DnActions("OnHook", 3);
  public static final DnActions WaitForNextCall = new DnActions("WaitForNextCall", 4);
  public static final DnActions OffHook = new DnActions("OffHook", 5);
  public static final DnActions CallDialing = new DnActions("CallDialing", 6);
  public static final DnActions CallRinging = new DnActions("CallRinging", 7);
  public static final DnActions NotReadyForNextCall = new DnActions("NotReadyForNextCall", 8);
  public static final DnActions AfterCallWork = new DnActions("AfterCallWork", 9);
  public static final DnActions CallOnHold = new DnActions("CallOnHold", 13);
  public static final DnActions ASM_Engaged = new DnActions("ASM_Engaged", 16);
  public static final DnActions ASM_Outbound = new DnActions("ASM_Outbound", 17);
  public static final DnActions CallUnknown = new DnActions("CallUnknown", 18);
  public static final DnActions CallConsult = new DnActions("CallConsult", 19);
  public static final DnActions CallInternal = new DnActions("CallInternal", 20);
  public static final DnActions CallOutbound = new DnActions("CallOutbound", 21);
  public static final DnActions CallInbound = new DnActions("CallInbound", 22);
  public static final DnActions LoggedOut = new DnActions("LoggedOut", 23);

  private DnActions(String name, int number) {
    super(name, number);
  }

  public static DnActions valueOf(String name) {
    return named(DnActions.class, name);
  }
}
