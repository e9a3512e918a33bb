/** The messages of a SIP Server that the model makes something of. */
export const modelMessages = [
  'EventQueued',
  'EventDiverted',
  'EventAbandoned',
  'EventAgentLogin',
  'EventAgentLogout',
  'EventUserEvent',
  'EventMuteOn',
  'EventMuteOff',
  'EventCallCreated',
  'EventCallDataChanged',
  'EventCallPartyAdded',
  'EventCallPartyState',
  'EventCallPartyMoved',
  'EventCallPartyDeleted',
  'EventCallDeleted',
] as const;
