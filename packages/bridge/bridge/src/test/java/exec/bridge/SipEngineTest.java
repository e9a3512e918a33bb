package exec.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exec.bridge.config.BridgeConfig;
import exec.bridge.config.ConfigReader;
import exec.bridge.link.Frames;
import exec.bridge.link.LinkServer;
import exec.bridge.mapping.Mapper;
import exec.bridge.mapping.MappingTable;
import exec.bridge.ops.JsonLog;
import exec.bridge.ops.Metrics;
import exec.bridge.sdk.NativeServer.Kind;
import exec.bridge.sip.SipEngine;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SipEngineTest {
  @TempDir Path folder;
  private final FakeServer server = new FakeServer();
  private volatile String role = "Primary";
  private volatile Object extensions = FakeServer.pairs();
  private volatile Runnable replays = () -> {};
  private final Metrics metrics = new Metrics("test", "tserver");
  private SipEngine engine;
  private LinkServer link;

  @BeforeEach
  void start() throws Exception {
    start("");
  }

  private void start(String more) throws Exception {
    Path file = folder.resolve("bridge.properties");
    Files.writeString(file, "side=tserver\nserver=127.0.0.1:1\nclient.name=x\nlisten=127.0.0.1:0\n" + more);
    BridgeConfig config = ConfigReader.read(file);
    JsonLog log = new JsonLog(new PrintStream(new ByteArrayOutputStream()), JsonLog.Level.info, "test");
    server.answers =
        (request, id) -> {
          switch (request.kind()) {
            case queryServer -> server.tell("EventServerInfo", "ReferenceID", id, "ServerRole", new FakeServer.Constant(role, 0), "Time", new FakeServer.Stamp(2_000, 0));
            case registerAddress -> {
              if (request.text().equals("bad")) server.tell("EventError", "ReferenceID", id, "ErrorCode", 42, "ErrorMessage", "no such DN");
              else server.tell("EventRegistered", "ReferenceID", id, "ThisDN", request.text(), "AgentID", "7001", "Extensions", extensions);
            }
            case queryAddress -> server.tell("EventAddressInfo", "ReferenceID", id, "ThisDN", request.text(), "Extensions", extensions);
            case unregisterAddress -> server.tell("EventUnregistered", "ReferenceID", id, "ThisDN", request.text());
            case startMonitoring -> {
              server.tell("EventACK", "ReferenceID", id, "Time", new FakeServer.Stamp(2_000, 0));
              replays.run();
            }
            default -> server.tell("EventACK", "ReferenceID", id);
          }
        };
    Mapper mapper = new Mapper(MappingTable.builtIn(), FakeServer.VALUES, (kind, subject) -> {});
    engine = new SipEngine(server, mapper, null, config.nativeQueue(), config.registrationWindow(), config.replay(), log, metrics);
    link = new LinkServer(config, null, log, metrics, engine::frame, engine::gone);
    link.start();
    engine.start();
  }

  @AfterEach
  void stop() {
    link.close();
    engine.stop();
    link.destroy();
    assertEquals(0, metrics.value("bridge_dropped_total{reason=\"fault\"}"));
  }

  private final class Peer implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Peer() throws IOException {
      socket = new Socket("127.0.0.1", link.port());
      in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    Peer opened() throws IOException {
      send("RequestRegisterClient", "\"ReferenceID\":1,\"ProtocolVersion\":\"engage-link/1\",\"ApplicationName\":\"t\"");
      assertEquals("EventServerConnected", next().message());
      return this;
    }

    Peer usable() throws IOException {
      opened();
      assertEquals("EventLinkConnected", next().message());
      return this;
    }

    void send(String message, String attributes) throws IOException {
      raw("{\"message\":\"" + message + "\",\"attributes\":{" + attributes + "}}\n");
    }

    void raw(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    void register(int id, String dn) throws IOException {
      send("RequestRegisterAddress", "\"ReferenceID\":" + id + ",\"ThisDN\":\"" + dn + "\",\"AddressType\":\"DN\",\"RegisterMode\":\"ModeShare\",\"ControlMode\":\"RegisterDefault\"");
    }

    Frames.Frame next() throws IOException {
      String line = in.readLine();
      return line == null ? null : Frames.parse(line);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private long sent(Kind kind) {
    return server.requests.stream().filter(request -> request.kind() == kind).count();
  }

  private void until(java.util.function.BooleanSupplier true_) throws InterruptedException {
    while (!true_.getAsBoolean()) Thread.sleep(5);
  }

  @Test
  void theFirstClientRegistersAndTheLastUnregisters() throws Exception {
    try (Peer one = new Peer().usable(); Peer two = new Peer().usable()) {
      one.register(5, "5001");
      Frames.Frame answer = one.next();
      assertEquals("EventRegistered", answer.message());
      assertEquals("7001", answer.text("AgentID"));
      two.register(9, "5001");
      assertEquals(9L, two.next().referenceId());
      assertEquals(1, sent(Kind.registerAddress));
      assertEquals(1, sent(Kind.queryAddress));
      server.tell("EventMuteOn", "ThisDN", "5001", "Time", new FakeServer.Stamp(3_000, 1));
      assertEquals("EventMuteOn", one.next().message());
      assertEquals(1L, two.next().attributes().get("EventSequenceNumber"));
      one.send("RequestUnregisterAddress", "\"ReferenceID\":6,\"ThisDN\":\"5001\"");
      assertEquals("EventUnregistered", one.next().message());
      assertEquals(0, sent(Kind.unregisterAddress));
    }
    until(() -> sent(Kind.unregisterAddress) == 1);
  }

  @Test
  void aRefusedAddressIsAnErrorOfThatAddressAlone() throws Exception {
    try (Peer peer = new Peer().usable()) {
      peer.register(5, "bad");
      Frames.Frame error = peer.next();
      assertEquals("EventError", error.message());
      assertEquals(Map.of("ReferenceID", 5L, "ErrorCode", 42L, "ErrorMessage", "no such DN", "ThisDN", "bad"), error.attributes());
      peer.register(6, "5002");
      assertEquals("EventRegistered", peer.next().message());
    }
  }

  @Test
  void privateModeAndControlRequestsNeverReachTheServer() throws Exception {
    try (Peer peer = new Peer().usable()) {
      long before = server.requests.size();
      peer.send("RequestRegisterAddress", "\"ReferenceID\":5,\"ThisDN\":\"5001\",\"AddressType\":\"DN\",\"RegisterMode\":\"ModePrivate\",\"ControlMode\":\"RegisterDefault\"");
      assertEquals("EventError", peer.next().message());
      peer.send("RequestMakeCall", "\"ReferenceID\":6,\"ThisDN\":\"5001\"");
      assertEquals("RequestMakeCall is not known", peer.next().text("ErrorMessage"));
      assertEquals(0, server.requests.stream().skip(before).filter(request -> request.kind() != Kind.queryServer).count());
    }
  }

  private void created(String uuid, String connId, long at) {
    server.tell("EventCallCreated", "CallUUID", uuid, "ConnID", connId, "CallType", "Inbound", "Time", new FakeServer.Stamp(at, 1));
  }

  private void added(String uuid, String party, String dn, int state, long at) {
    server.tell("EventCallPartyAdded", "CallUUID", uuid, "ConnID", "1", "PartyUUID", party, "DN", dn, "PartyState", state, "Cause", "Route", "Time", new FakeServer.Stamp(at, 2));
  }

  @Test
  void liveCallsAreToldToEveryClientFromOneReplayOfTheServer() throws Exception {
    replays = () -> {
      created("C1", "1", 1_000);
      added("C1", "P1", "5001", 0xA, 1_000);
    };
    for (int round = 0; round < 2; round++) {
      try (Peer peer = new Peer().usable()) {
        peer.send("RequestStartCallMonitoring", "\"ReferenceID\":7");
        assertEquals(Map.of("ReferenceID", 7L, "Extensions", Map.of("Resync", 1L)), peer.next().attributes());
        Frames.Frame call = peer.next();
        assertEquals("EventCallCreated", call.message());
        assertEquals(1_000L, call.attributes().get("TimeinSecs"));
        assertEquals(Map.of("Resync", 1L), call.attributes().get("Extensions"));
        Frames.Frame party = peer.next();
        assertEquals(round == 0 ? "Alerting" : "Connected", party.text("PartyState"));
        assertNull(party.attributes().get("Cause"));
        assertEquals(Map.of("ReferenceID", 7L, "Extensions", Map.of("ResyncDone", 1L)), peer.next().attributes());
        server.tell("EventCallPartyState", "CallUUID", "C1", "PartyUUID", "P1", "DN", "5001", "PartyState", 0xC, "Time", new FakeServer.Stamp(3_000, 1));
        assertEquals("EventCallPartyState", peer.next().message());
      }
    }
    assertEquals(1, sent(Kind.startMonitoring));
  }

  @Test
  void aServerThatReplaysNothingIsToldAsUnreliable() throws Exception {
    extensions = FakeServer.pairs("conn-0", "6c02462a161006", "ps-0", 0xC);
    try (Peer peer = new Peer().usable()) {
      peer.register(5, "5001");
      assertEquals(Map.of("conn-0", "006c02462a161006", "ps-0", "Connected"), peer.next().attributes().get("Extensions"));
      peer.send("RequestStartCallMonitoring", "\"ReferenceID\":7");
      peer.next();
      assertEquals(Map.of("ResyncDone", 1L, "ResyncReliable", 0L), peer.next().attributes().get("Extensions"));
    }
  }

  /** Starts monitoring and reads up to ResyncDone. @return its Extensions */
  private Object resynced(Peer peer) throws IOException {
    peer.send("RequestStartCallMonitoring", "\"ReferenceID\":7");
    for (;;) {
      Frames.Frame frame = peer.next();
      if (frame.attributes().get("Extensions") instanceof Map<?, ?> map && map.containsKey("ResyncDone")) return map;
    }
  }

  @Test
  void aServerIsReliableAgainWhenTheCallThatItDidNotReplayHasEnded() throws Exception {
    extensions = FakeServer.pairs("conn-0", "6c02462a161006", "ps-0", 0xC);
    try (Peer peer = new Peer().usable()) {
      peer.register(5, "5001");
      peer.next();
      assertEquals(Map.of("ResyncDone", 1L, "ResyncReliable", 0L), resynced(peer));
      server.tell("EventCallDeleted", "CallUUID", "C9", "ConnID", "6c02462a161006", "Time", new FakeServer.Stamp(3_000, 1));
      assertEquals("EventCallDeleted", peer.next().message());
      try (Peer second = new Peer().usable()) {
        assertEquals(Map.of("ResyncDone", 1L), resynced(second));
      }
    }
  }

  @Test
  void aCallThatEndedBeforeMonitoringBeganMakesNoServerUnreliable() throws Exception {
    extensions = FakeServer.pairs("conn-0", "6c02462a161006", "ps-0", 0xC);
    try (Peer peer = new Peer().usable()) {
      peer.register(5, "5001");
      peer.next();
      extensions = FakeServer.pairs();
      assertEquals(Map.of("ResyncDone", 1L), resynced(peer));
    }
  }

  @Test
  void aServerThatReplaysSomeOfItsCallsIsUnreliableWhileAnotherLives() throws Exception {
    extensions = FakeServer.pairs("conn-0", "6c02462a161006", "ps-0", 0xC);
    replays = () -> created("C1", "1", 1_000);
    try (Peer peer = new Peer().usable()) {
      peer.register(5, "5001");
      peer.next();
      assertEquals(Map.of("ResyncDone", 1L, "ResyncReliable", 0L), resynced(peer));
    }
  }

  @Test
  void eventsOfAnUnknownCallMakeAServerUnreliableUntilItEnds() throws Exception {
    try (Peer peer = new Peer().usable()) {
      peer.register(5, "5001");
      peer.next();
      assertEquals(Map.of("ResyncDone", 1L), resynced(peer));
      server.tell("EventCallPartyState", "CallUUID", "C9", "PartyUUID", "P9", "DN", "5002", "PartyState", 0xC, "Time", new FakeServer.Stamp(3_000, 1));
      peer.next();
      assertEquals(Map.of("ResyncDone", 1L, "ResyncReliable", 0L), resynced(peer));
      server.tell("EventCallDeleted", "CallUUID", "C9", "Time", new FakeServer.Stamp(3_000, 2));
      peer.next();
      assertEquals(Map.of("ResyncDone", 1L), resynced(peer));
    }
  }

  @Test
  void aQuestionIsAnsweredAfterWhatTheServerTellsBeforeItAnswers() throws Exception {
    try (Peer peer = new Peer().usable()) {
      peer.register(5, "5001");
      peer.next();
      var usual = server.answers;
      server.answers = (request, id) -> {
        if (request.kind() == Kind.queryServer) server.tell("EventMuteOn", "ThisDN", "5001", "Time", new FakeServer.Stamp(3_000, 1));
        usual.accept(request, id);
      };
      peer.send("RequestQueryServer", "\"ReferenceID\":6");
      assertEquals("EventMuteOn", peer.next().message());
      Frames.Frame info = peer.next();
      while (info.message().equals("EventMuteOn")) info = peer.next();
      assertEquals(Map.of("ReferenceID", 6L, "ServerRole", "Primary", "LinkConnected", true), info.attributes());
    }
  }

  @Test
  void aSnapshotNamesItsCallsAlsoWhenItIsAskedForBeforeMonitoring() throws Exception {
    replays = () -> {
      created("C1", "6c02462a161006", 1_000);
      added("C1", "P1", "5001", 0xC, 1_000);
    };
    extensions = FakeServer.pairs("conn-0", "6c02462a161006", "ps-0", "Connected");
    try (Peer addresses = new Peer().usable(); Peer calls = new Peer().usable()) {
      addresses.register(8, "5001");
      calls.send("RequestStartCallMonitoring", "\"ReferenceID\":7");
      assertEquals(Map.of("conn-0", "006c02462a161006", "call-0", "C1", "party-0", "P1", "ps-0", "Connected"), addresses.next().attributes().get("Extensions"));
      for (int frame = 0; frame < 3; frame++) calls.next();
      assertEquals(Map.of("ResyncDone", 1L), calls.next().attributes().get("Extensions"));
      assertEquals(1, sent(Kind.startMonitoring));
    }
  }

  @Test
  void aServerWithoutLiveCallsIsJudgedByTheSnapshotsHoweverLateTheyCome() throws Exception {
    try (Peer calls = new Peer().usable(); Peer addresses = new Peer().usable()) {
      calls.send("RequestStartCallMonitoring", "\"ReferenceID\":7");
      calls.next();
      // Longer than a replay that is silent would be waited for.
      Thread.sleep(2_000);
      addresses.register(5, "5001");
      addresses.next();
      assertEquals(Map.of("ResyncDone", 1L), calls.next().attributes().get("Extensions"));
    }
  }

  @Test
  void snapshotsNameTheCallsThatMonitoringKnows() throws Exception {
    replays = () -> {
      created("C1", "6c02462a161006", 1_000);
      added("C1", "P1", "5001", 0xC, 1_000);
    };
    extensions = FakeServer.pairs("conn-0", "6c02462a161006", "ps-0", "Connected");
    try (Peer peer = new Peer().usable()) {
      peer.send("RequestStartCallMonitoring", "\"ReferenceID\":7");
      for (int frame = 0; frame < 4; frame++) peer.next();
      peer.register(8, "5001");
      assertEquals(Map.of("conn-0", "006c02462a161006", "call-0", "C1", "party-0", "P1", "ps-0", "Connected"), peer.next().attributes().get("Extensions"));
    }
  }

  @Test
  void theEndOfFlagsIsToldAndTheirAbsenceIsNot() throws Exception {
    try (Peer peer = new Peer().usable()) {
      peer.send("RequestStartCallMonitoring", "\"ReferenceID\":7");
      peer.next();
      created("C1", "1", 3_000);
      added("C1", "P1", "5001", 0xC, 3_000);
      for (int state : new int[] {0x3C, 0xC}) server.tell("EventCallPartyState", "CallUUID", "C1", "PartyUUID", "P1", "DN", "5001", "PartyState", state, "Time", new FakeServer.Stamp(3_001, state));
      List<Object> flags = new java.util.ArrayList<>();
      while (flags.size() < 3) {
        Frames.Frame frame = peer.next();
        if (frame.message().startsWith("EventCallParty") && frame.attributes().get("Extensions") == null) flags.add(String.valueOf(frame.attributes().get("PartyFlags")));
      }
      assertEquals(List.of("null", "[NoListen, NoTalk]", "[]"), flags);
    }
  }

  @Test
  void aBackupIsToldAsBackupAndASwitchoverAsTheLossOfTheLink() throws Exception {
    try (Peer peer = new Peer().usable()) {
      role = "Backup";
      assertEquals("EventLinkDisconnected", peer.next().message());
      peer.register(5, "5001");
      assertEquals("EventError", peer.next().message());
      try (Peer second = new Peer()) {
        second.send("RequestRegisterClient", "\"ReferenceID\":1,\"ProtocolVersion\":\"engage-link/1\",\"ApplicationName\":\"t\"");
        assertEquals("Backup", second.next().text("ServerRole"));
      }
      role = "Primary";
      assertEquals("EventLinkConnected", peer.next().message());
    }
  }

  @Test
  void aConnectionThatTheServerRestoredIsRegisteredAgain() throws Exception {
    try (Peer peer = new Peer().usable()) {
      peer.register(5, "5001");
      peer.next();
      server.tell("EventRestoreConnection");
      assertEquals("EventLinkDisconnected", peer.next().message());
      assertEquals("EventLinkConnected", peer.next().message());
      peer.register(6, "5001");
      assertEquals("EventRegistered", peer.next().message());
      assertEquals(2, sent(Kind.registerAddress));
    }
  }

  @Test
  void whenTheServerSaysThatThePrimaryChangedTheRoleIsAskedForAtOnce() throws Exception {
    try (Peer peer = new Peer().usable()) {
      long before = sent(Kind.queryServer);
      role = "Backup";
      server.tell("EventPrimaryChanged");
      assertEquals("EventLinkDisconnected", peer.next().message());
      assertTrue(sent(Kind.queryServer) > before);
      assertEquals(1, metrics.value("bridge_native_messages_total{message=\"EventPrimaryChanged\"}"));
    }
  }

  @Test
  void theLossOfTheServerEndsTheClientsAndItIsOpenedAgain() throws Exception {
    try (Peer peer = new Peer().usable()) {
      server.listener.closed("connection is unresponsive");
      assertNull(peer.next());
    }
    try (Peer peer = new Peer()) {
      peer.opened();
    }
  }

  @Test
  void aClientThatReadsNothingLosesItsConnectionAndNobodyElseNotices() throws Exception {
    stop();
    start("link.queue-frames=1000\n");
    try (Peer idle = new Peer().usable(); Peer peer = new Peer().usable()) {
      for (Peer one : List.of(idle, peer)) {
        one.register(5, "5001");
        one.next();
      }
      String text = "x".repeat(2_000);
      // The one that reads sets the pace, so that only the other can fall behind.
      for (int round = 0; round < 200; round++) {
        for (int count = 0; count < 100; count++)
          server.tell("EventUserEvent", "ThisDN", "5001", "UserData", FakeServer.pairs("k", text));
        for (int count = 0; count < 100; count++) assertEquals("EventUserEvent", peer.next().message());
      }
      until(() -> metrics.value("bridge_clients_dropped_total{reason=\"not-reading\"}") == 1);
    }
  }

  @Test
  void whatWaitsForAClientIsBoundedInBytesAndTheServerNeverWaits() throws Exception {
    stop();
    start("link.queue-bytes=1048576\n");
    try (Peer idle = new Peer().usable()) {
      idle.register(5, "5001");
      idle.next();
      String text = "x".repeat(60_000);
      double most = 0;
      while (metrics.value("bridge_clients_dropped_total{reason=\"not-reading\"}") == 0) {
        // What the server tells is taken in at once, whether anybody reads or not.
        server.tell("EventUserEvent", "ThisDN", "5001", "UserData", FakeServer.pairs("k", text));
        until(() -> metrics.gaugeValue("bridge_native_queue") == 0);
        most = Math.max(most, metrics.gaugeValue("bridge_client_queue_bytes"));
      }
      assertTrue(most > 0 && most <= 1_048_576, () -> "queued at most " + metrics.render());
      assertEquals(0, metrics.value("bridge_native_losses_total"));
    }
    try (Peer next = new Peer().usable()) {
      next.register(6, "5002");
      assertEquals("EventRegistered", next.next().message());
    }
  }

  /** A message that is read for as long as the test says. */
  private static final class Slow extends java.util.HashMap<String, Object> {
    private static final long serialVersionUID = 1;
    private final transient java.util.concurrent.CountDownLatch end = new java.util.concurrent.CountDownLatch(1);

    @Override
    public Object get(Object key) {
      try {
        end.await();
      } catch (InterruptedException error) {
        Thread.currentThread().interrupt();
      }
      return null;
    }
  }

  @Test
  void moreMessagesOfTheServerThanFitBeginAnewAndAreNotKept() throws Exception {
    stop();
    start("server.queue-messages=100\n");
    try (Peer peer = new Peer().usable()) {
      peer.register(5, "5001");
      peer.next();
      Slow slow = new Slow();
      server.listener.message("EventUserEvent", slow);
      for (int count = 0; count < 10_000; count++) server.tell("EventUserEvent", "ThisDN", "5001");
      assertTrue(metrics.gaugeValue("bridge_native_queue") <= 100);
      assertTrue(engine.tasks() <= 110, () -> engine.tasks() + " tasks wait");
      slow.end.countDown();
      // The connection ends, and everything is asked for again.
      Frames.Frame last = peer.next();
      while (last != null && last.message().equals("EventUserEvent")) last = peer.next();
      assertNull(last);
      assertEquals(1, metrics.value("bridge_native_losses_total"));
    }
    try (Peer peer = new Peer().usable()) {
      peer.register(5, "5001");
      assertEquals("EventRegistered", peer.next().message());
    }
  }

  @Test
  void badLinesEndTheConnection() throws Exception {
    for (String bad : List.of("nonsense\n", "[]\n", "{\"message\":1,\"attributes\":{}}\n", "x".repeat(Frames.MAX_LINE + 10))) {
      try (Peer peer = new Peer().usable()) {
        peer.raw(bad);
        boolean ended;
        try {
          ended = peer.next() == null;
        } catch (IOException reset) {
          ended = true;
        }
        assertTrue(ended, bad.substring(0, 2));
      }
    }
  }

  @Test
  void keepAliveIsAnsweredAndUnknownOpeningsAreRefused() throws Exception {
    try (Peer peer = new Peer()) {
      peer.send("KeepAliveRequest", "");
      assertEquals("KeepAliveResponse", peer.next().message());
      peer.send("RequestQueryServer", "\"ReferenceID\":3");
      assertEquals("EventError", peer.next().message());
      assertNull(peer.next());
    }
    assertFalse(server.refuses);
  }
}
