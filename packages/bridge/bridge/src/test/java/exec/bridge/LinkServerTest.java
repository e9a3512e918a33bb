package exec.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exec.bridge.config.BridgeConfig;
import exec.bridge.config.ConfigReader;
import exec.bridge.config.Tls;
import exec.bridge.link.Client;
import exec.bridge.link.Frames;
import exec.bridge.link.LinkServer;
import exec.bridge.ops.HealthServer;
import exec.bridge.ops.JsonLog;
import exec.bridge.ops.Metrics;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The side towards clients without an engine: TLS, keep-alive; and what is told over HTTP. */
@Timeout(60)
class LinkServerTest {
  @TempDir Path folder;
  private final Metrics metrics = new Metrics("test", "tserver");
  private final CountDownLatch ended = new CountDownLatch(1);
  private LinkServer link;

  private void start(String more) throws Exception {
    Path file = folder.resolve("bridge.properties");
    Files.writeString(file, "side=tserver\nserver=127.0.0.1:1\nclient.name=x\nlisten=127.0.0.1:0\n" + more);
    BridgeConfig config = ConfigReader.read(file);
    JsonLog log = new JsonLog(new PrintStream(new ByteArrayOutputStream()), JsonLog.Level.info, "test");
    link = new LinkServer(config, more.contains("listen.tls=true") ? Tls.context(config.listenTlsFiles()) : null, log, metrics, (client, frame) -> {}, this::gone);
    link.start();
  }

  private void gone(Client client) {
    ended.countDown();
  }

  @AfterEach
  void stop() {
    if (link == null) return;
    link.close();
    link.destroy();
  }

  private static void pem(Path file, String kind, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(file, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
  }

  /** A key and a certificate that it has signed itself, as {@code name.pem} and {@code name.key}. */
  private BridgeConfig.TlsFiles identity(String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "a", "-keyalg", "EC",
                "-dname", "CN=" + name, "-ext", "san=ip:127.0.0.1", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", "changeit")
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, keytool.waitFor(), said);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    Path certificate = folder.resolve(name + ".pem");
    Path key = folder.resolve(name + ".key");
    pem(certificate, "CERTIFICATE", keys.getCertificate("a").getEncoded());
    pem(key, "PRIVATE KEY", keys.getKey("a", "changeit".toCharArray()).getEncoded());
    return new BridgeConfig.TlsFiles(Optional.of(certificate), Optional.of(key), Optional.of(folder.resolve("bridge.pem")));
  }

  private String keepAlive(BridgeConfig.TlsFiles files) throws Exception {
    try (Socket socket = Tls.context(files).getSocketFactory().createSocket("127.0.0.1", link.port())) {
      socket.getOutputStream().write("{\"message\":\"KeepAliveRequest\",\"attributes\":{}}\n".getBytes(StandardCharsets.UTF_8));
      String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
      if (line == null) throw new IOException("ended");
      return Frames.parse(line).message();
    }
  }

  @Test
  void overTlsOnlyClientsWithACertificateOfTheAuthoritiesAreServed() throws Exception {
    identity("bridge");
    BridgeConfig.TlsFiles known = identity("client");
    BridgeConfig.TlsFiles strange = identity("strange");
    start(
        "listen.tls=true\nlisten.tls.certificate=" + folder.resolve("bridge.pem") + "\nlisten.tls.key=" + folder.resolve("bridge.key")
            + "\nlisten.tls.ca=" + folder.resolve("client.pem") + "\n");
    assertEquals("KeepAliveResponse", keepAlive(known));
    assertThrows(IOException.class, () -> keepAlive(strange));
    assertThrows(IOException.class, () -> keepAlive(new BridgeConfig.TlsFiles(Optional.empty(), Optional.empty(), known.authorities())));
    // Who speaks no TLS at all is no danger to the others.
    try (Socket plain = new Socket("127.0.0.1", link.port())) {
      plain.getOutputStream().write("{\"message\":\"KeepAliveRequest\",\"attributes\":{}}\n".getBytes(StandardCharsets.UTF_8));
      assertNull(Frames.parse(lineOrEmpty(plain)));
    }
    assertEquals("KeepAliveResponse", keepAlive(known));
  }

  private static String lineOrEmpty(Socket socket) {
    try {
      String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
      return line == null ? "" : line;
    } catch (IOException reset) {
      return "";
    }
  }

  @Test
  void aClientThatAnswersNoKeepAliveLosesItsConnection() throws Exception {
    start("link.keep-alive-ms=1000\n");
    try (Socket socket = new Socket("127.0.0.1", link.port())) {
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      assertEquals("KeepAliveRequest", Frames.parse(in.readLine()).message());
      ended.await();
      assertEquals(1, metrics.value("bridge_clients_dropped_total{reason=\"silent\"}"));
      String more;
      try {
        more = in.readLine();
      } catch (IOException reset) {
        more = null;
      }
      assertNull(more);
    }
  }

  @Test
  void healthFollowsTheServerAndNothingCanBeWritten() throws Exception {
    AtomicReference<HealthServer.Dependency> found = new AtomicReference<>(new HealthServer.Dependency("server", false, 0, "lost: \"x\"\n"));
    HealthServer health = new HealthServer(new InetSocketAddress("127.0.0.1", 0), metrics, found::get);
    try {
      assertEquals(200, ask(health, "GET", "/health/live").statusCode());
      HttpResponse<String> down = ask(health, "GET", "/health/ready");
      assertEquals(503, down.statusCode());
      assertEquals("{\"ready\":false,\"status\":\"down\",\"dependencies\":[{\"name\":\"server\",\"up\":false,\"since\":\"1970-01-01T00:00:00Z\",\"detail\":\"lost:  x  \"}]}\n", down.body());
      found.set(new HealthServer.Dependency("server", true, 0, "connected"));
      assertEquals(200, ask(health, "GET", "/health/ready").statusCode());
      assertTrue(ask(health, "GET", "/metrics").body().contains("bridge_build_info{version=\"test\",side=\"tserver\"} 1"));
      assertEquals(405, ask(health, "POST", "/health/live").statusCode());
      assertEquals(404, ask(health, "GET", "/other").statusCode());
    } finally {
      health.close();
    }
  }

  private static HttpResponse<String> ask(HealthServer health, String method, String path) throws Exception {
    URI address = URI.create("http://127.0.0.1:" + health.port() + path);
    HttpRequest request = HttpRequest.newBuilder(address).method(method, HttpRequest.BodyPublishers.noBody()).build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }
}
