package exec.sdkdouble;

/** What all events of a party have; its identity is spelt in the other way. */
public abstract class PartyEvent extends CallEvent {
  public void setPartyUuid(String value) {
    put("PartyUuid", value);
  }

  public void setDN(String value) {
    put("DN", value);
  }

  public void setPartyState(Integer value) {
    put("PartyState", value);
  }

  public void setRefParty(String value) {
    put("RefParty", value);
  }

  public void setCtrlParty(String value) {
    put("CtrlParty", value);
  }
}
