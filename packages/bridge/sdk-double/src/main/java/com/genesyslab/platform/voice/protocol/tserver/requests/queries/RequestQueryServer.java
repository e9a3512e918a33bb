package com.genesyslab.platform.voice.protocol.tserver.requests.queries;

import com.genesyslab.platform.commons.protocol.Message;

/** Test double. */
public class RequestQueryServer extends Message {
  public static RequestQueryServer create() {
    RequestQueryServer made = new RequestQueryServer();
    return made;
  }
}
