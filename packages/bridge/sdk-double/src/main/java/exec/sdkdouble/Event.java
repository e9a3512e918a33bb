package exec.sdkdouble;

import com.genesyslab.platform.commons.protocol.Message;
import com.genesyslab.platform.voice.protocol.tserver.TimeStamp;

/** An event that a client may create: the class that it is made of is hidden, as an SDK has it. */
public abstract class Event extends Message {
  protected void put(String name, Object value) {
    attributes.put(name, value);
  }

  @Override
  public String messageName() {
    return getClass().getSuperclass().getSimpleName();
  }

  public void setTime(TimeStamp value) {
    put("Time", value);
  }
}
