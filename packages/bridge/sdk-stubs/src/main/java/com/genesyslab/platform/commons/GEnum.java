package com.genesyslab.platform.commons;

/** Signature only. */
public abstract class GEnum {
  protected GEnum() {}

  public final int asInteger() {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public final String name() {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public final int ordinal() {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public static GEnum getValue(Class<? extends GEnum> type, int value) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }
}
