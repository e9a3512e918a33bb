package com.genesyslab.platform.voice.protocol.tserver.requests.dn;

import com.genesyslab.platform.commons.protocol.Message;
import com.genesyslab.platform.voice.protocol.tserver.AddressType;
import com.genesyslab.platform.voice.protocol.tserver.ControlMode;
import com.genesyslab.platform.voice.protocol.tserver.RegisterMode;

/** Test double. */
public class RequestRegisterAddress extends Message {
  public static RequestRegisterAddress create(String dn, RegisterMode mode, ControlMode control, AddressType type) {
    RequestRegisterAddress made = new RequestRegisterAddress();
    made.attributes.put("ThisDN", dn);
    return made;
  }
}
