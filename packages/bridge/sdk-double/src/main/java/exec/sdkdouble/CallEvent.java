package exec.sdkdouble;

import com.genesyslab.platform.commons.collections.KeyValueCollection;
import com.genesyslab.platform.voice.protocol.ConnectionId;
import com.genesyslab.platform.voice.protocol.tserver.Cause;

/** What all events of call monitoring have. */
public abstract class CallEvent extends Event {
  public void setCallUUID(String value) {
    put("CallUUID", value);
  }

  public void setConnID(ConnectionId value) {
    put("ConnID", value);
  }

  public void setCause(Cause value) {
    put("Cause", value);
  }

  public void setExtensions(KeyValueCollection value) {
    put("Extensions", value);
  }
}
