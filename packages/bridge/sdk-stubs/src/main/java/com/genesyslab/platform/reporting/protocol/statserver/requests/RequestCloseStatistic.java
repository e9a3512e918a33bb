package com.genesyslab.platform.reporting.protocol.statserver.requests;

import com.genesyslab.platform.commons.protocol.Message;

/** Signature only. */
public abstract class RequestCloseStatistic extends Message {
  public static RequestCloseStatistic create(int statisticId) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }
}
