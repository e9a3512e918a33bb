package com.genesyslab.platform.voice.protocol.tserver;

import com.genesyslab.platform.commons.GEnum;

/** Test double. */
public final class Cause extends GEnum {
  public static final Cause Empty = new Cause("Empty", 0);
  public static final Cause ACD = new Cause("ACD", 1);
  public static final Cause Busy = new Cause("Busy", 2);
  public static final Cause NoAnswer = new Cause("NoAnswer", 3);
  public static final Cause Reject = new Cause("Reject", 4);
  public static final Cause Route = new Cause("Route", 5);
  public static final Cause Coverage = new Cause("Coverage", 6);
  public static final Cause Forward = new Cause("Forward", 7);
  public static final Cause Redirect = new Cause("Redirect", 8);
  public static final Cause Transfer = new Cause("Transfer", 9);
  public static final Cause SingleStepTransfer = new Cause("SingleStepTransfer", 10);
  public static final Cause Conference = new Cause("Conference", 11);
  public static final Cause Abandoned = new Cause("Abandoned", 12);
  public static final Cause Normal = new Cause("Normal", 13);

  private Cause(String name, int number) {
    super(name, number);
  }

  public static Cause valueOf(String name) {
    return named(Cause.class, name);
  }
}
