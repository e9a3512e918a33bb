package com.genesyslab.platform.reporting.protocol.statserver.requests;

import com.genesyslab.platform.commons.protocol.Message;
import com.genesyslab.platform.reporting.protocol.statserver.Notification;
import com.genesyslab.platform.reporting.protocol.statserver.StatisticMetricEx;
import com.genesyslab.platform.reporting.protocol.statserver.StatisticObject;

/** Test double. */
public class RequestOpenStatisticEx extends Message {
  public static RequestOpenStatisticEx create(StatisticObject object, StatisticMetricEx metric, Notification notification) {
    RequestOpenStatisticEx made = new RequestOpenStatisticEx();
    made.attributes.put("ObjectId", object.id);
    made.attributes.put("Subject", metric.subject.name());
    return made;
  }

  public void setReferenceId(Integer id) {
    attributes.put("ReferenceId", id);
  }
}
