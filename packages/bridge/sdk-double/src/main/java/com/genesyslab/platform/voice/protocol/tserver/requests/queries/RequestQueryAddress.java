package com.genesyslab.platform.voice.protocol.tserver.requests.queries;

import com.genesyslab.platform.commons.protocol.Message;
import com.genesyslab.platform.voice.protocol.tserver.AddressInfoType;
import com.genesyslab.platform.voice.protocol.tserver.AddressType;

/** Test double. */
public class RequestQueryAddress extends Message {
  public static RequestQueryAddress create(String dn, AddressType type, AddressInfoType info) {
    RequestQueryAddress made = new RequestQueryAddress();
    made.attributes.put("ThisDN", dn);
    return made;
  }
}
