package exec.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import exec.bridge.config.BridgeConfig;
import exec.bridge.config.ConfigReader;
import exec.bridge.link.Frames;
import exec.bridge.link.LinkServer;
import exec.bridge.mapping.Mapper;
import exec.bridge.mapping.MappingTable;
import exec.bridge.ops.JsonLog;
import exec.bridge.ops.Metrics;
import exec.bridge.stat.StatEngine;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StatEngineTest {
  @TempDir Path folder;
  private final CountDownLatch registered = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);
  private final Metrics metrics = new Metrics("test", "statserver");
  /** Tells its mode before the opening is over, as a server's first message may come. */
  private final FakeServer server =
      new FakeServer() {
        @Override
        public void open(Listener listener) throws Exception {
          super.open(listener);
          registered.await();
          tell("EventServerMode", "IntValue", 1);
          opened.await();
        }
      };
  private StatEngine engine;
  private LinkServer link;

  @BeforeEach
  void start() throws Exception {
    Path file = folder.resolve("bridge.properties");
    Files.writeString(file, "side=statserver\nserver=127.0.0.1:1\nclient.name=x\nlisten=127.0.0.1:0\n");
    BridgeConfig config = ConfigReader.read(file);
    JsonLog log = new JsonLog(new PrintStream(new ByteArrayOutputStream()), JsonLog.Level.info, "test");
    Mapper mapper = new Mapper(MappingTable.builtIn(), FakeServer.VALUES, (kind, subject) -> {});
    engine = new StatEngine(server, mapper, null, config.nativeQueue(), log, metrics);
    link = new LinkServer(config, null, log, metrics, engine::frame, engine::gone);
    link.start();
    engine.start();
  }

  @AfterEach
  void stop() {
    registered.countDown();
    opened.countDown();
    link.close();
    engine.stop();
    link.destroy();
    assertEquals(0, metrics.value("bridge_dropped_total{reason=\"fault\"}"));
  }

  private void send(Socket socket, String message, String attributes) throws Exception {
    socket.getOutputStream().write(("{\"message\":\"" + message + "\",\"attributes\":{" + attributes + "}}\n").getBytes(StandardCharsets.UTF_8));
    // Both are done in turn, so that what the first one caused is done when the second one is counted.
    while (metrics.value("bridge_requests_total{message=\"" + message + "\"}") == 0) Thread.sleep(5);
  }

  @Test
  void nobodyIsLetInBeforeTheServerIsOpenAndWhenItBecomesBackupEverybodyLeaves() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", link.port())) {
      send(socket, "RequestRegisterClient", "\"ReferenceID\":1,\"ProtocolVersion\":\"engage-link/1\",\"ApplicationName\":\"t\"");
      registered.countDown();
      while (metrics.value("bridge_native_messages_total{message=\"EventServerMode\"}") == 0) Thread.sleep(5);
      send(socket, "RequestOpenStatistic", "\"ReferenceID\":2");
      assertEquals(0, metrics.gaugeValue("bridge_clients"));
      opened.countDown();
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      Frames.Frame first = Frames.parse(in.readLine());
      assertEquals("EventServerConnected", first.message());
      assertEquals("Primary", first.text("ServerRole"));
      server.tell("EventServerMode", "IntValue", 0);
      assertNull(in.readLine());
    }
  }
}
