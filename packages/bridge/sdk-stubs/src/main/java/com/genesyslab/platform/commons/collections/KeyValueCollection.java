package com.genesyslab.platform.commons.collections;

import java.util.AbstractCollection;
import java.util.Iterator;

/** Signature only. */
public class KeyValueCollection extends AbstractCollection<Object> {
  public void addString(String key, String value) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public void addInt(String key, int value) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public void addList(String key, KeyValueCollection value) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  @Override
  public Iterator<Object> iterator() {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  @Override
  public int size() {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }
}
