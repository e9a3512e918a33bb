package com.genesyslab.platform.voice.protocol.tserver.requests.special;

import com.genesyslab.platform.commons.protocol.Message;

/** Test double. */
public class RequestStopCallMonitoring extends Message {
  public static RequestStopCallMonitoring create() {
    RequestStopCallMonitoring made = new RequestStopCallMonitoring();
    return made;
  }
}
