package com.genesyslab.platform.reporting.protocol.statserver;

import java.util.ArrayList;
import java.util.List;

/** Test double: a count and items. */
public class DnActionCollection {
  private final List<DnAction> items = new ArrayList<>();

  public void addItem(DnAction item) {
    items.add(item);
  }

  public int getCount() {
    return items.size();
  }

  public DnAction getItem(int index) {
    return items.get(index);
  }
}
