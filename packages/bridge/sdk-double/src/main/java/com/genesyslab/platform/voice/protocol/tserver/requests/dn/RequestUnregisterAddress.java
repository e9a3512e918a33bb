package com.genesyslab.platform.voice.protocol.tserver.requests.dn;

import com.genesyslab.platform.commons.protocol.Message;
import com.genesyslab.platform.voice.protocol.tserver.ControlMode;

/** Test double. */
public class RequestUnregisterAddress extends Message {
  public static RequestUnregisterAddress create(String dn, ControlMode control) {
    RequestUnregisterAddress made = new RequestUnregisterAddress();
    made.attributes.put("ThisDN", dn);
    return made;
  }
}
