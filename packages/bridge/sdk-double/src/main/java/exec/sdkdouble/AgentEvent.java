package exec.sdkdouble;

import com.genesyslab.platform.commons.collections.KeyValueCollection;
import com.genesyslab.platform.voice.protocol.tserver.AgentWorkMode;

/** What all events of an agent have. */
public abstract class AgentEvent extends AddressEvent {
  public void setAgentWorkMode(AgentWorkMode value) {
    put("AgentWorkMode", value);
  }

  public void setReasons(KeyValueCollection value) {
    put("Reasons", value);
  }
}
