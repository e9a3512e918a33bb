package com.genesyslab.platform.reporting.protocol.statserver;

import java.util.ArrayList;
import java.util.List;

/** Test double: a count and items. */
public class DnStatusesCollection {
  private final List<DnStatus> items = new ArrayList<>();

  public void addItem(DnStatus item) {
    items.add(item);
  }

  public int getCount() {
    return items.size();
  }

  public DnStatus getItem(int index) {
    return items.get(index);
  }
}
