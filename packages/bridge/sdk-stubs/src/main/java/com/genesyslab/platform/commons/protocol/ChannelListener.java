package com.genesyslab.platform.commons.protocol;

import java.util.EventObject;

/** Signature only. */
public interface ChannelListener {
  void onChannelOpened(EventObject event);

  void onChannelClosed(ChannelClosedEvent event);

  void onChannelError(ChannelErrorEvent event);
}
