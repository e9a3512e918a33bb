package exec.sdkdouble;

import com.genesyslab.platform.commons.collections.KeyValueCollection;
import com.genesyslab.platform.voice.protocol.tserver.CallType;

/** What events have that tell the data of a call. */
public abstract class CallDataEvent extends CallEvent {
  public void setCallType(CallType value) {
    put("CallType", value);
  }

  public void setANI(String value) {
    put("ANI", value);
  }

  public void setDNIS(String value) {
    put("DNIS", value);
  }

  public void setUserData(KeyValueCollection value) {
    put("UserData", value);
  }

  public void setISLinkList(KeyValueCollection value) {
    put("ISLinkList", value);
  }
}
