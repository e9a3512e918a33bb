package com.genesyslab.platform.voice.protocol.tserver.requests.special;

import com.genesyslab.platform.commons.protocol.Message;

/** Test double. */
public class RequestStartCallMonitoring extends Message {
  public static RequestStartCallMonitoring create() {
    RequestStartCallMonitoring made = new RequestStartCallMonitoring();
    return made;
  }
}
