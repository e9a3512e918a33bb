package exec.bridge.link;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Frames of Engage Link as bytes: one JSON object with a message name and its attributes. */
public final class Frames {
  /** Longest line in bytes. */
  public static final int MAX_LINE = 1_048_576;
  static final int MAX_NESTING = 32;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(64).maxStringLength(MAX_LINE).build())
          .build();
  private static final byte[] END = "}}\n".getBytes(StandardCharsets.US_ASCII);

  /** A checked envelope; the attributes are whatever the peer sent. */
  public record Frame(String message, Map<String, Object> attributes) {
    /** The client's reference number; null when it is no integer from 1. */
    public Long referenceId() {
      return attributes.get("ReferenceID") instanceof Long id && id >= 1 ? id : null;
    }

    public String text(String name) {
      return attributes.get(name) instanceof String text ? text : null;
    }
  }

  /**
   * A line that may still get a sequence number of its connection: everything but the closing braces.
   *
   * @param head bytes of the line up to its last attribute
   * @param message name, for counting
   * @param empty whether it has no attribute yet
   */
  public record Encoded(String message, byte[] head, boolean empty) {
    /** The whole line; {@code sequence} 0 for none. */
    public byte[] line(long sequence) {
      if (sequence == 0) return join(head, END);
      String number = (empty ? "" : ",") + "\"EventSequenceNumber\":" + sequence + "}}\n";
      return join(head, number.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private Frames() {}

  static byte[] join(byte[] left, byte[] right) {
    byte[] all = new byte[left.length + right.length];
    System.arraycopy(left, 0, all, 0, left.length);
    System.arraycopy(right, 0, all, left.length, right.length);
    return all;
  }

  /** @throws FrameTooLong when the line would pass the limit of Engage Link */
  public static Encoded encode(String message, Map<String, ?> attributes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("message", message);
      json.writeFieldName("attributes");
      write(json, attributes);
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    // 40 bytes are left for the sequence number.
    if (bytes.size() + 40 > MAX_LINE) throw new FrameTooLong(message, bytes.size());
    byte[] all = bytes.toByteArray();
    byte[] head = new byte[all.length - 2];
    System.arraycopy(all, 0, head, 0, head.length);
    return new Encoded(message, head, attributes.isEmpty());
  }

  /** A message of the server that does not fit into a line. */
  public static final class FrameTooLong extends RuntimeException {
    private static final long serialVersionUID = 1;

    FrameTooLong(String message, int bytes) {
      super(message + " takes " + bytes + " bytes, the limit is " + MAX_LINE);
    }
  }

  private static void write(JsonGenerator json, Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        json.writeFieldName((String) entry.getKey());
        write(json, entry.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object one : list) write(json, one);
      json.writeEndArray();
    } else {
      json.writePOJO(value instanceof String text ? wellFormed(text) : value);
    }
  }

  /** Half of a character that needs two has no form in UTF-8. */
  private static String wellFormed(String text) {
    for (int index = 0; index < text.length(); index++)
      if (Character.isSurrogate(text.charAt(index)))
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    return text;
  }

  /** Null when the line is no frame. */
  public static Frame parse(String line) {
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) return null;
      Object value = read(json, 0);
      if (json.nextToken() != null || !(value instanceof Map<?, ?> map)) return null;
      if (!(map.get("message") instanceof String message) || !(map.get("attributes") instanceof Map<?, ?> attributes)) return null;
      Map<String, Object> named = new LinkedHashMap<>();
      attributes.forEach((key, one) -> named.put((String) key, one));
      return new Frame(message, named);
    } catch (IOException error) {
      return null;
    }
  }

  /** One JSON object. @throws IOException when the text is none */
  public static Map<String, Object> object(String text) throws IOException {
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) throw new IOException("no JSON object");
      Map<String, Object> named = new LinkedHashMap<>();
      ((Map<?, ?>) read(json, 0)).forEach((key, one) -> named.put((String) key, one));
      return named;
    }
  }

  private static Object read(JsonParser json, int depth) throws IOException {
    if (depth > MAX_NESTING + 2) throw new IOException("nested too deep");
    return switch (json.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
          String name = json.currentName();
          json.nextToken();
          map.put(name, read(json, depth + 1));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) list.add(read(json, depth + 1));
        yield list;
      }
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT -> json.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? (Object) json.getText() : json.getLongValue();
      case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }
}
