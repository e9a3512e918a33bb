package exec.sdkdouble;

import com.genesyslab.platform.commons.collections.KeyValueCollection;
import com.genesyslab.platform.voice.protocol.ConnectionId;
import com.genesyslab.platform.voice.protocol.tserver.CallType;

/** What all events of a queue have. */
public abstract class QueueEvent extends AddressEvent {
  public void setThisQueue(String value) {
    put("ThisQueue", value);
  }

  public void setConnID(ConnectionId value) {
    put("ConnID", value);
  }

  public void setCallType(CallType value) {
    put("CallType", value);
  }

  public void setANI(String value) {
    put("ANI", value);
  }

  public void setDNIS(String value) {
    put("DNIS", value);
  }

  public void setOtherDN(String value) {
    put("OtherDN", value);
  }

  public void setThirdPartyDN(String value) {
    put("ThirdPartyDN", value);
  }

  public void setCallState(Integer value) {
    put("CallState", value);
  }

  public void setUserData(KeyValueCollection value) {
    put("UserData", value);
  }
}
