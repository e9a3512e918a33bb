package com.genesyslab.platform.commons.protocol;

import com.genesyslab.platform.commons.GEnum;

/** Signature only. */
public class ChannelState extends GEnum {
  public static final ChannelState Opened = null;

  public static final ChannelState Closed = null;

  private ChannelState() {}
}
