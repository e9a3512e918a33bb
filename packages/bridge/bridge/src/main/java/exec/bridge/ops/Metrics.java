package exec.bridge.ops;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Counters and gauges in Prometheus' text format. Names and labels are fixed here, so no label is unbounded. */
public final class Metrics {
  private record Family(String name, String type, String help) {}

  private final Map<String, Family> families = new TreeMap<>();
  private final ConcurrentMap<String, LongAdder> counters = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();
  /** Series that counters may have in all: message names of a strange server must not fill the memory. */
  private static final int SERIES_MAX = 500;

  public Metrics(String version, String side) {
    counter("bridge_native_messages_total", "Messages that came from the server");
    counter("bridge_frames_sent_total", "Engage Link frames written to clients");
    counter("bridge_requests_total", "Requests of clients");
    counter("bridge_dropped_total", "What was not passed on, by reason");
    counter("bridge_clients_dropped_total", "Client connections that the bridge ended, by reason");
    counter("bridge_native_losses_total", "Connections to the server that were lost");
    counter("bridge_unknown_names_total", "Enumeration names that the mapping does not have");
    family("bridge_build_info", "gauge", "Version and side of this process");
    gauge("bridge_build_info{version=\"" + version + "\",side=\"" + side + "\"}", () -> 1);
  }

  private void family(String name, String type, String help) {
    families.put(name, new Family(name, type, help));
  }

  private void counter(String name, String help) {
    family(name, "counter", help);
  }

  /** @param series name with its labels, as it is to be printed */
  public void gauge(String series, DoubleSupplier value) {
    gauges.put(series, value);
  }

  public void gauge(String name, String help, DoubleSupplier value) {
    family(name, "gauge", help);
    gauges.put(name, value);
  }

  public void count(String name, String label, String value) {
    String series = name + "{" + label + "=\"" + (counters.size() < SERIES_MAX ? safe(value) : "other") + "\"}";
    counters.computeIfAbsent(series, key -> new LongAdder()).increment();
  }

  public void count(String name) {
    counters.computeIfAbsent(name, key -> new LongAdder()).increment();
  }

  public long value(String series) {
    LongAdder found = counters.get(series);
    return found == null ? 0 : found.sum();
  }

  /** What a gauge shows now; 0 for one that there is not. */
  public double gaugeValue(String series) {
    DoubleSupplier found = gauges.get(series);
    return found == null ? 0 : found.getAsDouble();
  }

  private static String safe(String value) {
    return value.length() > 80 || !value.matches("[A-Za-z0-9_.() -]*") ? "other" : value;
  }

  public String render() {
    StringBuilder text = new StringBuilder();
    for (Family family : families.values()) {
      text.append("# HELP ").append(family.name()).append(' ').append(family.help()).append('\n');
      text.append("# TYPE ").append(family.name()).append(' ').append(family.type()).append('\n');
      new TreeMap<>(counters)
          .forEach((series, sum) -> append(text, family.name(), series, sum.sum()));
      new TreeMap<>(gauges)
          .forEach((series, value) -> append(text, family.name(), series, value.getAsDouble()));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String family, String series, double value) {
    if (!series.equals(family) && !series.startsWith(family + "{")) return;
    text.append(series).append(' ');
    if (value == Math.rint(value)) text.append((long) value);
    else text.append(value);
    text.append('\n');
  }
}
