package com.genesyslab.platform.commons.protocol;

import java.util.EventObject;

/** Test double. */
public interface ChannelListener {
  void onChannelOpened(EventObject event);

  void onChannelClosed(ChannelClosedEvent event);

  void onChannelError(ChannelErrorEvent event);
}
