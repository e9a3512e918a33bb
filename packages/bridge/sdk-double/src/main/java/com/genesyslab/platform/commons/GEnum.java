package com.genesyslab.platform.commons;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Test double. */
public abstract class GEnum {
  private static final Map<String, GEnum> ALL = new ConcurrentHashMap<>();
  private final String name;
  private final int number;

  protected GEnum(String name, int number) {
    this.name = name;
    this.number = number;
    ALL.put(getClass().getName() + number, this);
  }

  public final int asInteger() {
    return number;
  }

  public final String name() {
    return name;
  }

  public final int ordinal() {
    return number;
  }

  protected static <T extends GEnum> T named(Class<T> type, String name) {
    for (GEnum one : ALL.values()) if (type.isInstance(one) && one.name.equals(name)) return type.cast(one);
    throw new IllegalArgumentException(name);
  }

  public static GEnum getValue(Class<? extends GEnum> type, int value) {
    return ALL.get(type.getName() + value);
  }
}
