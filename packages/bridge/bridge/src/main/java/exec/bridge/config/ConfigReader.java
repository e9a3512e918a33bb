package exec.bridge.config;

import exec.bridge.config.BridgeConfig.Address;
import exec.bridge.config.BridgeConfig.Replay;
import exec.bridge.config.BridgeConfig.Side;
import exec.bridge.config.BridgeConfig.TlsFiles;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/** Reads bridge.properties and tells every fault at once. */
public final class ConfigReader {
  private final Properties given = new Properties();
  private final Set<String> asked = new HashSet<>();
  private final List<String> faults = new ArrayList<>();

  private ConfigReader() {}

  /**
   * @throws ConfigException with every fault, when there is one
   */
  public static BridgeConfig read(Path file) throws ConfigException {
    ConfigReader reader = new ConfigReader();
    try (Reader text = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      reader.given.load(text);
    } catch (IOException | IllegalArgumentException error) {
      throw new ConfigException(List.of(file + " cannot be read: " + error));
    }
    BridgeConfig config = reader.config();
    reader.refuseUnknown();
    if (!reader.faults.isEmpty()) throw new ConfigException(reader.faults);
    return config;
  }

  private BridgeConfig config() {
    Side side = choice("side", Side.class, null);
    Address listen = address("listen", "0.0.0.0:" + (side == Side.statserver ? 2060 : 8000));
    TlsFiles serverTlsFiles = tlsFiles("server.tls");
    TlsFiles listenTlsFiles = tlsFiles("listen.tls");
    boolean listenTls = flag("listen.tls", false);
    if (listenTls && listenTlsFiles.certificate().isEmpty())
      faults.add("listen.tls.certificate: needed when listen.tls is true, a PEM file");
    return new BridgeConfig(
        side,
        address("server", null),
        flag("server.tls", false),
        serverTlsFiles,
        text("client.name", null),
        file("client.password.file"),
        number("addp.client-timeout", 10, 0, 3600),
        number("addp.server-timeout", 10, 0, 3600),
        charset("strings.charset"),
        listen,
        listenTls,
        listenTlsFiles,
        file("link.password.file"),
        address("http", "0.0.0.0:3660"),
        oneOf("log.level", "info", Set.of("debug", "info", "warn", "error")),
        number("link.keep-alive-ms", 10_000, 100, 600_000),
        number("link.clients-max", 64, 1, 10_000),
        number("link.queue-frames", 200_000, 100, 10_000_000),
        number("link.queue-bytes", 64 * 1024 * 1024, 1024 * 1024, Integer.MAX_VALUE),
        number("server.queue-messages", 200_000, 100, 10_000_000),
        number("server.window", 100, 1, 100),
        number("server.open-timeout-ms", 10_000, 100, 120_000),
        choice("monitoring.replay", Replay.class, Replay.auto),
        classes());
  }

  private String get(String key) {
    asked.add(key);
    String value = given.getProperty(key);
    return value == null || value.isBlank() ? null : value.trim();
  }

  private String text(String key, String otherwise) {
    String value = get(key);
    if (value == null && otherwise == null) faults.add(key + ": missing");
    return value == null ? otherwise : value;
  }

  private int number(String key, int otherwise, int least, int most) {
    String value = get(key);
    if (value == null) return otherwise;
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) return number;
    } catch (NumberFormatException error) {
      // Told below.
    }
    faults.add(key + ": \"" + value + "\" is no number from " + least + " to " + most);
    return otherwise;
  }

  private boolean flag(String key, boolean otherwise) {
    return oneOf(key, String.valueOf(otherwise), Set.of("true", "false")).equals("true");
  }

  private String oneOf(String key, String otherwise, Set<String> names) {
    String value = get(key);
    if (value == null || names.contains(value)) return value == null ? otherwise : value;
    faults.add(key + ": \"" + value + "\" is none of " + String.join(", ", names.stream().sorted().toList()));
    return otherwise;
  }

  private <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
    String value = get(key);
    List<String> names = new ArrayList<>();
    for (E one : type.getEnumConstants()) {
      names.add(one.name());
      if (one.name().equals(value)) return one;
    }
    if (value != null || otherwise == null)
      faults.add(key + ": " + (value == null ? "missing" : "\"" + value + "\" is wrong") + ", expected " + String.join(" or ", names));
    return otherwise;
  }

  private Address address(String key, String otherwise) {
    String value = text(key, otherwise);
    if (value == null) return new Address("", 0);
    int colon = value.lastIndexOf(':');
    try {
      int port = Integer.parseInt(value.substring(colon + 1));
      String host = value.substring(0, Math.max(0, colon)).replaceAll("^\\[|\\]$", "");
      if (!host.isEmpty() && port >= 0 && port <= 65_535) return new Address(host, port);
    } catch (NumberFormatException error) {
      // Told below.
    }
    faults.add(key + ": \"" + value + "\" is no host:port");
    return new Address("", 0);
  }

  private Optional<Path> file(String key) {
    String value = get(key);
    if (value == null) return Optional.empty();
    Path path = Path.of(value);
    if (!Files.isReadable(path) || Files.isDirectory(path)) faults.add(key + ": " + value + " is no file that can be read");
    return Optional.of(path);
  }

  private Optional<String> charset(String key) {
    String value = get(key);
    if (value == null) return Optional.empty();
    try {
      return Optional.of(Charset.forName(value).name());
    } catch (IllegalArgumentException error) {
      faults.add(key + ": \"" + value + "\" is no charset of Java");
      return Optional.empty();
    }
  }

  private TlsFiles tlsFiles(String prefix) {
    TlsFiles files = new TlsFiles(file(prefix + ".certificate"), file(prefix + ".key"), file(prefix + ".ca"));
    if (files.certificate().isPresent() != files.key().isPresent())
      faults.add(prefix + ".certificate and " + prefix + ".key: both or neither");
    return files;
  }

  private Map<String, String> classes() {
    Map<String, String> found = new HashMap<>();
    for (String key : given.stringPropertyNames()) {
      if (!key.startsWith("bridge.class.")) continue;
      String value = get(key);
      if (value != null) found.put(key.substring("bridge.class.".length()), value);
    }
    return found;
  }

  private void refuseUnknown() {
    List<String> unknown = new ArrayList<>(given.stringPropertyNames());
    unknown.removeAll(asked);
    unknown.sort(Comparator.naturalOrder());
    for (String key : unknown) faults.add(key + ": no such property" + nearest(key));
  }

  private String nearest(String key) {
    return asked.stream()
        .filter(known -> !known.startsWith("bridge.class."))
        .min(Comparator.comparingInt(known -> distance(known, key)))
        .filter(known -> distance(known, key) <= 4)
        .map(known -> ", did you mean " + known + "?")
        .orElse("");
  }

  /** Number of letters to change, add or take away. */
  public static int distance(String left, String right) {
    int[] before = new int[right.length() + 1];
    for (int column = 0; column <= right.length(); column++) before[column] = column;
    for (int row = 1; row <= left.length(); row++) {
      int[] now = new int[right.length() + 1];
      now[0] = row;
      for (int column = 1; column <= right.length(); column++) {
        int change = before[column - 1] + (left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1);
        now[column] = Math.min(change, Math.min(before[column], now[column - 1]) + 1);
      }
      before = now;
    }
    return before[right.length()];
  }
}
