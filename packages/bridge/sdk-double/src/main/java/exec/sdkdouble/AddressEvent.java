package exec.sdkdouble;

import com.genesyslab.platform.commons.collections.KeyValueCollection;

/** What all events of an address have. */
public abstract class AddressEvent extends Event {
  public void setThisDN(String value) {
    put("ThisDN", value);
  }

  public void setAgentID(String value) {
    put("AgentID", value);
  }

  public void setExtensions(KeyValueCollection value) {
    put("Extensions", value);
  }
}
