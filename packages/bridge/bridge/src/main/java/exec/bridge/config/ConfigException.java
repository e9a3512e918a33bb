package exec.bridge.config;

import java.util.List;

/** Everything that is wrong with the configuration, one sentence each. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1;
  private final transient List<String> faults;

  public ConfigException(List<String> faults) {
    super(String.join("\n", faults));
    this.faults = List.copyOf(faults);
  }

  public List<String> faults() {
    return faults;
  }
}
