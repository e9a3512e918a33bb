package exec.bridge.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What one bridge is told by its file: every value is checked, see {@link ConfigReader}. */
public record BridgeConfig(
    Side side,
    Address server,
    boolean serverTls,
    TlsFiles serverTlsFiles,
    String clientName,
    Optional<Path> clientPasswordFile,
    int addpClientTimeout,
    int addpServerTimeout,
    Optional<String> charset,
    Address listen,
    boolean listenTls,
    TlsFiles listenTlsFiles,
    Optional<Path> linkPasswordFile,
    Address http,
    String logLevel,
    int keepAliveMs,
    int clientsMax,
    int queueFrames,
    long queueBytes,
    int nativeQueue,
    int registrationWindow,
    int openTimeoutMs,
    Replay replay,
    Map<String, String> classes) {

  /** Which server stands behind the bridge. */
  public enum Side {
    tserver,
    statserver
  }

  /** Whether the server tells its live calls when monitoring starts; auto: as it is seen to do. */
  public enum Replay {
    auto,
    yes,
    no
  }

  /** Host and TCP port. */
  public record Address(String host, int port) {
    public InetSocketAddress socket() {
      return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /** PEM files: own certificate with its key, authorities that are trusted. */
  public record TlsFiles(Optional<Path> certificate, Optional<Path> key, Optional<Path> authorities) {}
}
