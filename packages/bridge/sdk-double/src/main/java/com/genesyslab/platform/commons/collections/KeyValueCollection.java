package com.genesyslab.platform.commons.collections;

import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Test double. */
public class KeyValueCollection extends AbstractCollection<Object> {
  private final List<Object> pairs = new ArrayList<>();

  public void addObject(String key, Object value) {
    pairs.add(new KeyValuePair(key, value));
  }

  public void addString(String key, String value) {
    addObject(key, value);
  }

  public void addInt(String key, int value) {
    addObject(key, value);
  }

  public void addList(String key, KeyValueCollection value) {
    addObject(key, value);
  }

  @Override
  public Iterator<Object> iterator() {
    return pairs.iterator();
  }

  @Override
  public int size() {
    return pairs.size();
  }
}
