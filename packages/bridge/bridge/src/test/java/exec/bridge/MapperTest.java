package exec.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exec.bridge.mapping.Mapper;
import exec.bridge.mapping.MappingTable;
import exec.bridge.mapping.PartyStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MapperTest {
  private final List<String> noticed = new ArrayList<>();
  private final MappingTable table = MappingTable.builtIn();
  private final Mapper mapper = new Mapper(table, FakeServer.VALUES, (kind, subject) -> noticed.add(kind + " " + subject));

  @ParameterizedTest(name = "{0} is {1} with {2}")
  @CsvSource({
    "0x0, Null, '', false", "0x1, Initiated, '', false", "0x9, Queued, '', false", "0xA, Alerting, '', false",
    "0xB, Busy, '', false", "0xC, Connected, '', false", "0xD, Initiated, '', false", "0xE, Held, '', false",
    "0xF, Failed, '', false", "0x10000, Dialing, '', false", "0x10001, Dialing, '', false", "0x1000C, Dialing, '', false",
    "0x1000E, Held, '', false", "0x3C, Connected, 'NoListen NoTalk', false", "0xAC, Connected, 'NoTalk Audit', false",
    "0x4C, Connected, Bridged, false", "0x2000C, Connected, '', true", "0xB0C, Connected, '', false", "0x5, Unknown(5), '', false"
  })
  void partyStateIsReadFromTheCompositeNumber(String composite, String state, String flags, boolean uncertain) {
    PartyStates.Decoded decoded = PartyStates.decode(Integer.decode(composite), table.names("PartyState"));
    assertEquals(state, decoded.state());
    assertEquals(flags, String.join(" ", decoded.flags()));
    assertEquals(uncertain, decoded.uncertain());
  }

  @Test
  void alternativeSpellingsAndTypesBecomeTheNamesOfEngageLink() {
    Map<String, Object> a =
        mapper.attributes("EventCallPartyAdded", FakeServer.of("CallUuid", "C1", "PartyUuid", "P1", "ThisDN", "5001",
            "ConnID", "6C02462A161006", "PartyState", 0x1000C, "Cause", new FakeServer.Constant("CauseRoute", 3),
            "Time", new FakeServer.Stamp(1_700_000_000, 573_000)));
    assertEquals(Map.of("CallUUID", "C1", "PartyUUID", "P1", "DN", "5001", "ConnID", "006c02462a161006", "PartyState", "Dialing",
        "PartyFlags", List.of(), "Cause", "Route", "TimeinSecs", 1_700_000_000L, "TimeinuSecs", 573_000L), a);
  }

  @Test
  void aTimeThatTheServerDidNotSendIsNotMadeUp() {
    Map<String, Object> a = mapper.attributes("EventMuteOn", FakeServer.of("ThisDN", "5001"));
    assertFalse(a.containsKey("TimeinSecs"));
    assertFalse(a.containsKey("TimeinuSecs"));
  }

  @Test
  void anUnknownNameIsPassedOnAsUnknownAndNoticed() {
    Map<String, Object> a = mapper.attributes("EventCallDeleted", FakeServer.of("CallUUID", "C1", "Cause", new FakeServer.Constant("Strange", 99)));
    assertEquals("Unknown(Strange)", a.get("Cause"));
    assertEquals(List.of("Cause Strange"), noticed);
  }

  @Test
  void callUuidInTheExtensionsBecomesAnAttributeAndIsNotSentTwice() {
    Map<String, Object> a = mapper.attributes("EventQueued", FakeServer.of("ThisDN", "VQ", "Extensions", FakeServer.pairs("VQID", "V1", "CallUUID", "C1")));
    assertEquals("C1", a.get("CallUUID"));
    assertEquals(Map.of("VQID", "V1"), a.get("Extensions"));
  }

  @Test
  void keyValueListsKeepNestingRepeatedKeysAndBytes() {
    Map<String, Object> a =
        mapper.attributes("EventCallDataChanged", FakeServer.of("CallUUID", "C1", "UserData",
            FakeServer.pairs("a", "x", "a", 2, "list", FakeServer.pairs("k", "ü"), "raw", new byte[] {1, 2})));
    assertEquals(Map.of("a", List.of("x", 2L), "list", Map.of("k", "ü"), "raw", Map.of("$binary", "AQI=")), a.get("UserData"));
  }

  @Test
  void aStatServersTreeIsReadByItsNames() {
    Map<String, Object> tree =
        mapper.tree("AgentStatus", FakeServer.of("AgentId", "E1", "LoginId", "7001", "Status", 22, "Time", 1_700_000_000L, "Place",
            FakeServer.of("PlaceId", "P1", "DnStatuses", List.of(FakeServer.of("DnId", "5001", "SwitchId", "S", "Status", 8, "Time", 5L,
                "Actions", List.of(FakeServer.of("Action", "NotReadyForNextCall", "Time", 5L, "Reasons", FakeServer.pairs("ReasonCode", "Break"))))))));
    assertEquals("CallInbound", tree.get("Status"));
    Map<?, ?> place = (Map<?, ?>) tree.get("Place");
    Map<?, ?> dn = (Map<?, ?>) ((List<?>) place.get("DnStatuses")).get(0);
    assertEquals("5001", dn.get("DN"));
    assertEquals("NotReadyForNextCall", dn.get("Status"));
    assertEquals(List.of(Map.of("Action", "NotReadyForNextCall", "Time", 5L, "Reasons", Map.of("ReasonCode", "Break"))), dn.get("Actions"));
  }

  @Test
  void everyEventOfThePageIsInTheTable() {
    for (String name : "Registered Unregistered ACK Queued Diverted Abandoned AgentLogin AgentLogout AgentReady AgentNotReady UserEvent MuteOn MuteOff CallCreated CallDataChanged CallPartyAdded CallPartyState CallPartyMoved CallPartyDeleted CallDeleted".split(" "))
      assertTrue(table.knows("Event" + name), name);
  }
}
