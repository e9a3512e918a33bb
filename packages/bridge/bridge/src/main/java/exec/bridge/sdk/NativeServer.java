package exec.bridge.sdk;

import exec.bridge.mapping.NativeValues;

/** The server behind the bridge, as the engines see it: requests go in, messages come out in the order of the wire. */
public interface NativeServer {
  /** Called on a thread of the SDK: must only hand on. */
  interface Listener {
    void message(String name, Object message);

    /** Once for each connection that was open. */
    void closed(String cause);
  }

  /** Kinds of requests; there are no others, so nothing else can reach the server. */
  enum Kind {
    registerAddress,
    unregisterAddress,
    queryAddress,
    queryServer,
    startMonitoring,
    stopMonitoring,
    openStatistic,
    closeStatistic
  }

  /**
   * @param text DN, or the employee ID of a statistic
   * @param type address type, or the subject of a statistic
   * @param tenant of a statistic
   * @param tenantPassword of a statistic, empty for none
   * @param number of the statistic that is to be closed
   */
  record Request(Kind kind, String text, String type, String tenant, String tenantPassword, int number) {
    public static Request of(Kind kind) {
      return new Request(kind, "", "", "", "", 0);
    }

    public static Request of(Kind kind, String dn, String type) {
      return new Request(kind, dn, type, "", "", 0);
    }
  }

  /** Opens the connection and waits for it. @throws Exception with the reason when it cannot be opened */
  void open(Listener listener) throws Exception;

  /**
   * @return whether the answer will repeat {@code reference}; if not, answers are told apart by name and number only
   * @throws UnsupportedOperationException when this SDK has no such request
   * @throws Exception when the connection is gone
   */
  boolean send(Request request, int reference) throws Exception;

  void close();

  NativeValues values();
}
