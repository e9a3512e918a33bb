package com.genesyslab.platform.commons.protocol;

import java.util.LinkedHashMap;
import java.util.Map;

/** Test double: a message whose attributes are a map; a name that it does not have is refused, as the rudest SDK might. */
public abstract class Message {
  public final Map<String, Object> attributes = new LinkedHashMap<>();

  public int messageId() {
    return messageName().hashCode();
  }

  public String messageName() {
    return getClass().getSimpleName();
  }

  public Object getMessageAttribute(String name) {
    if (!attributes.containsKey(name)) throw new IllegalArgumentException("no attribute " + name);
    return attributes.get(name);
  }

  public void setReferenceID(Integer id) {
    attributes.put("ReferenceID", id);
  }
}
