package com.genesyslab.platform.reporting.protocol.statserver.requests;

import com.genesyslab.platform.commons.protocol.Message;

/** Test double. */
public class RequestCloseStatistic extends Message {
  public static RequestCloseStatistic create(int statisticId) {
    RequestCloseStatistic made = new RequestCloseStatistic();
    made.attributes.put("StatisticId", statisticId);
    return made;
  }
}
