package exec.bridge.ops;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One JSON object a line on standard output, with the field names of the Elastic Common Schema. */
public final class JsonLog {
  /** Order of severity. */
  public enum Level {
    debug,
    info,
    warn,
    error
  }

  private static final JsonFactory JSON = new JsonFactory();
  /** Subjects of {@link #once}; more than this and no new one is told. */
  private static final int ONCE_MAX = 1_000;

  private final PrintStream out;
  private final Level least;
  private final String server;
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  /** @param server name of the server that this bridge stands for */
  public JsonLog(PrintStream out, Level least, String server) {
    this.out = out;
    this.least = least;
    this.server = server;
  }

  public void debug(String message, Object... fields) {
    write(Level.debug, message, null, fields);
  }

  public void info(String message, Object... fields) {
    write(Level.info, message, null, fields);
  }

  public void warn(String message, Object... fields) {
    write(Level.warn, message, null, fields);
  }

  public void error(String message, Throwable cause, Object... fields) {
    write(Level.error, message, cause, fields);
  }

  /** Warns the first time that this kind of thing is seen with this subject. */
  public void once(String kind, String subject, String message) {
    if (told.size() < ONCE_MAX && told.add(kind + "\0" + subject))
      warn(message, "exec.kind", kind, "exec.subject", shown(subject));
  }

  /** A peer's text, short and without control characters. */
  public static String shown(String text) {
    if (text == null) return "";
    String cut = text.length() > 200 ? text.substring(0, 200) : text;
    return cut.replaceAll("\\p{Cntrl}", " ");
  }

  /** @param fields names and values in turn; values are text, numbers or booleans */
  private void write(Level level, String message, Throwable cause, Object... fields) {
    if (level.compareTo(least) < 0) return;
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("@timestamp", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
      json.writeStringField("log.level", level.name());
      json.writeStringField("message", message);
      json.writeStringField("ecs.version", "8.10.0");
      json.writeStringField("service.name", "bridge");
      json.writeStringField("exec.server", server);
      for (int index = 0; index + 1 < fields.length; index += 2)
        json.writePOJOField((String) fields[index], simple(fields[index + 1]));
      if (cause != null) {
        json.writeStringField("error.type", cause.getClass().getName());
        json.writeStringField("error.message", shown(String.valueOf(cause.getMessage())));
        json.writeStringField("error.stack_trace", stack(cause));
      }
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    line.write('\n');
    synchronized (out) {
      out.write(line.toByteArray(), 0, line.size());
      out.flush();
    }
  }

  private static Object simple(Object value) {
    return value == null || value instanceof Number || value instanceof Boolean || value instanceof String
        ? value
        : value.toString();
  }

  private static String stack(Throwable cause) {
    StringBuilder text = new StringBuilder();
    for (StackTraceElement element : cause.getStackTrace()) {
      if (text.length() > 4_000) break;
      text.append(element).append('\n');
    }
    return text.toString();
  }

  /** For tests that look at what was told once. */
  public Map<String, Boolean> toldOnce() {
    Map<String, Boolean> all = new ConcurrentHashMap<>();
    for (String one : told) all.put(one.replace('\0', ' '), true);
    return all;
  }
}
