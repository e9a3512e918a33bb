package com.genesyslab.platform.reporting.protocol.statserver.requests;

import com.genesyslab.platform.commons.protocol.Message;
import com.genesyslab.platform.reporting.protocol.statserver.Notification;
import com.genesyslab.platform.reporting.protocol.statserver.StatisticMetricEx;
import com.genesyslab.platform.reporting.protocol.statserver.StatisticObject;

/** Signature only. */
public abstract class RequestOpenStatisticEx extends Message {
  public static RequestOpenStatisticEx create(
      StatisticObject object, StatisticMetricEx metric, Notification notification) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public abstract void setReferenceId(Integer id);
}
