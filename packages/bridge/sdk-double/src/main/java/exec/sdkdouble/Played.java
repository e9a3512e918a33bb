package exec.sdkdouble;

import com.fasterxml.jackson.databind.JsonNode;
import com.genesyslab.platform.commons.collections.KeyValueCollection;
import com.genesyslab.platform.commons.protocol.Message;
import com.genesyslab.platform.voice.protocol.ConnectionId;
import com.genesyslab.platform.voice.protocol.tserver.TimeStamp;

/** A message of the script, its values as objects of the SDK. */
public final class Played extends Message {
  private final String name;

  public Played(String name) {
    this.name = name;
  }

  public static Played of(JsonNode line) {
    Played message = new Played(line.path("message").asText());
    line.path("attributes").fields().forEachRemaining(entry -> message.attributes.put(entry.getKey(), value(entry.getValue())));
    return message;
  }

  @Override
  public String messageName() {
    return name;
  }

  /** {@code $enum}, {@code $conn}, {@code $time}, {@code $kv} mark what is more than text or number. */
  public static Object value(JsonNode node) {
    if (node.isTextual()) return node.asText();
    if (node.isInt()) return node.asInt();
    if (node.isNumber()) return (int) node.asLong();
    if (node.has("$enum")) return new Constant(node.get("$enum").asText());
    if (node.has("$conn")) return new ConnectionId(node.get("$conn").asText());
    if (node.has("$time")) return new TimeStamp(node.get("$time").get(0).asInt(), node.get("$time").get(1).asInt());
    if (node.has("$kv")) {
      KeyValueCollection list = new KeyValueCollection();
      node.get("$kv").forEach(pair -> list.addObject(pair.get(0).asText(), value(pair.get(1))));
      return list;
    }
    return null;
  }

  public Played with(String key, Object value) {
    if (value != null) attributes.put(key, value);
    return this;
  }
}
