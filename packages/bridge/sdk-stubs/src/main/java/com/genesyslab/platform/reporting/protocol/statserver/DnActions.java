package com.genesyslab.platform.reporting.protocol.statserver;

import com.genesyslab.platform.commons.GEnum;

/** Signature only. */
public class DnActions extends GEnum {
  public static final DnActions Monitored = null;

  private DnActions() {}
}
