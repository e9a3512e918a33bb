package exec.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exec.bridge.config.BridgeConfig.Side;
import exec.bridge.mapping.MappingTable;
import exec.bridge.mapping.NativeValues;
import exec.bridge.sdk.NativeServer;
import exec.bridge.sdk.NativeServer.Kind;
import exec.bridge.tools.Check;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** bridge check at servers that behave, refuse, hang, break off and talk nonsense. */
@Timeout(60)
class CheckTest {
  private final FakeServer server = new FakeServer();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private int check(Side side, long stepMs, NativeServer at) {
    Check.Plan plan = new Check.Plan("5001", "VQ_Sales", "E1001", "Resources", "", stepMs, 50);
    return Check.run(new PrintStream(said, true, StandardCharsets.UTF_8), side, at, MappingTable.builtIn(), plan);
  }

  private int check(Side side) {
    return check(side, 5_000, server);
  }

  private String output() {
    return said.toString(StandardCharsets.UTF_8);
  }

  private void says(String... lines) {
    for (String line : lines) assertTrue(output().contains(line), () -> "\"" + line + "\" is missing in\n" + output());
  }

  @BeforeEach
  void answers() {
    server.answers =
        (request, id) -> {
          switch (request.kind()) {
            case queryServer -> server.tell("EventServerInfo", "ReferenceID", id, "ServerRole", new FakeServer.Constant("Backup", 1));
            case registerAddress ->
                server.tell("EventRegistered", "ReferenceID", id, "ThisDN", request.text(), "AgentID", "70017", "Extensions", FakeServer.pairs("conn-0", "6c02462a161006", "ps-0", 12));
            case queryAddress -> server.tell("EventAddressInfo", "ReferenceID", id, "ThisDN", request.text());
            case unregisterAddress -> server.tell("EventUnregistered", "ReferenceID", id, "ThisDN", request.text());
            case startMonitoring -> {
              server.tell("EventACK", "ReferenceID", id);
              server.tell(
                  "EventCallCreated", "CallUUID", "QQ47", "CallType", new FakeServer.Constant("Inbound", 2), "ANI", "+3212345678", "PartyState", 12,
                  "UserData", FakeServer.pairs("Name", "Ann Smith"), "Time", new FakeServer.Stamp(1_700_000_000, 7), "Fresh", 4711);
            }
            case openStatistic -> {
              server.tell("EventStatisticOpened", "ReferenceId", id);
              server.tell(
                  "EventInfo", "ReferenceId", id, "StateValue",
                  FakeServer.of("AgentId", "E1001", "Status", new FakeServer.Constant("CallInbound", 22), "Time", 1_700_000_000));
            }
            default -> server.tell("EventACK", "ReferenceID", id);
          }
        };
  }

  @Test
  void aTServerIsLookedAtStepByStepAndLeftAsItWas() {
    assertEquals(0, check(Side.tserver));
    says("ok    its role is Backup", "ok    register the number", "ok    register the queue", "ok    start call monitoring", "ok    1 messages came", "the check went well");
    List<Kind> asked = server.requests.stream().map(NativeServer.Request::kind).toList();
    assertEquals(
        List.of(
            Kind.queryServer, Kind.registerAddress, Kind.registerAddress, Kind.queryAddress, Kind.startMonitoring, Kind.stopMonitoring,
            Kind.unregisterAddress, Kind.unregisterAddress),
        asked);
  }

  @Test
  void nothingOfAnybodyIsShown() {
    check(Side.tserver);
    says("ANI -> ANI: String \"+9999999999\"", "Name: \"Xxx Xxxxx\"", "CallType -> CallType: Constant Inbound (2)", "1700000000.000007", "Fresh, not mapped: Integer \"9999\"");
    for (String secret : List.of("3212345678", "Smith", "QQ47", "5001", "70017", "VQ_Sales", "6c02462a161006", "4711")) assertFalse(output().contains(secret), secret);
  }

  @Test
  void aStatServerIsLookedAtByBothStatisticsOfOneAgent() {
    FakeServer telling =
        new FakeServer() {
          @Override
          public void open(Listener listener) throws Exception {
            super.open(listener);
            tell("EventServerMode", "IntValue", 1);
          }
        };
    telling.answers = (request, id) -> {
      if (request.kind() != Kind.openStatistic) return;
      telling.tell("EventStatisticOpened", "ReferenceId", id);
      telling.tell("EventInfo", "ReferenceId", id, "StateValue", FakeServer.of("AgentId", "E1001", "Status", new FakeServer.Constant("CallInbound", 22), "Time", 1_700_000_000));
    };
    assertEquals(0, check(Side.statserver, 5_000, telling));
    says("ok    its role is Primary", "ok    open the statistic DNStatus", "ok    open the statistic DNAction", "Status: CallInbound");
    assertFalse(output().contains("E1001"));
    assertEquals(Set.of(Kind.openStatistic, Kind.closeStatistic), telling.requests.stream().map(NativeServer.Request::kind).collect(Collectors.toSet()));
  }

  @Test
  void aServerThatRefusesTheConnectionFails() {
    server.refuses = true;
    assertEquals(1, check(Side.tserver));
    says("FAIL  opening: Exception: refused", "1 of its steps failed");
    assertTrue(server.requests.isEmpty());
  }

  @Test
  void aServerThatRefusesEverythingFailsAndIsStillLeftInOrder() {
    server.answers = (request, id) -> server.tell("EventError", "ReferenceID", id, "ErrorCode", 59, "ErrorMessage", "no DN 5001");
    assertEquals(1, check(Side.tserver));
    says("FAIL  role: no DN 9999", "FAIL  register the number", "FAIL  register the queue", "FAIL  start call monitoring");
    assertFalse(output().contains("5001"));
  }

  @Test
  void aServerThatHangsEndsEachStepInItsTime() {
    CountDownLatch never = new CountDownLatch(1);
    FakeServer hanging =
        new FakeServer() {
          @Override
          public void open(Listener listener) throws Exception {
            never.await();
          }

          @Override
          public void close() {
            try {
              never.await();
            } catch (InterruptedException error) {
              Thread.currentThread().interrupt();
            }
          }
        };
    assertEquals(1, check(Side.tserver, 50, hanging));
    says("FAIL  opening: not done in 50 ms", "FAIL  closing: not done in 50 ms");
    said.reset();
    server.answers = (request, id) -> {};
    // Long enough for what does not hang, on any machine.
    assertEquals(1, check(Side.tserver, 2_000, server));
    says("FAIL  role: no answer in 2000 ms", "FAIL  start call monitoring: no answer in 2000 ms");
    never.countDown();
  }

  @Test
  void aServerThatBreaksOffIsTold() {
    server.answers = (request, id) -> server.listener.closed("connection is unresponsive, 10.1.2.3");
    assertEquals(1, check(Side.tserver));
    says("FAIL  role: the connection was lost: connection is unresponsive, 99.9.9.9");
  }

  @Test
  void nonsenseIsShownAndHarmsNothing() {
    NativeValues.Pair nothing = new NativeValues.Pair("k", null);
    server.answers =
        (request, id) -> {
          server.tell("EventNeverHeardOf", "ReferenceID", id, "What", "Ever");
          server.tell("EventRegistered", "ReferenceID", "not a number", "ThisDN", 12, "Extensions", new FakeServer.Pairs(List.of(nothing)));
          server.tell("EventServerInfo", "ServerRole", new FakeServer.Constant("Queen", 9));
          server.listener.message("EventACK", new Object());
        };
    assertEquals(1, check(Side.tserver, 2_000, server));
    says("EventNeverHeardOf (not in the mapping)", "What, not mapped: String \"Xxxx\"");
  }
}
