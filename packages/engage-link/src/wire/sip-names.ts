/** Enumerations of the SIP Server messages: the names that Engage Link uses. */

export const callTypes = ['Internal', 'Inbound', 'Outbound', 'Consult', 'Unknown'] as const;
export const partyTypes = ['Extension', 'External', 'RoutingPoint', 'Queue', 'IVR', 'Unknown'] as const;
export const partyStates = [
  'Initiated',
  'Dialing',
  'Queued',
  'Alerting',
  'Connected',
  'Held',
  'Busy',
  'Failed',
  'Null',
] as const;
/** `Audit` marks an observer; a party may have any number of flags. */
export const partyFlags = ['NoListen', 'NoTalk', 'Audit', 'Bridged'] as const;
export const causes = [
  'Empty',
  'ACD',
  'Busy',
  'NoAnswer',
  'Reject',
  'Route',
  'Coverage',
  'Forward',
  'Redirect',
  'Transfer',
  'SingleStepTransfer',
  'Conference',
  'Abandoned',
  'Normal',
] as const;
export const addressTypes = ['DN', 'Queue', 'RouteDN'] as const;
export const agentStatuses = ['LoggedOut', 'Ready', 'NotReady', 'AfterCallWork'] as const;

export type CallType = (typeof callTypes)[number];
export type PartyType = (typeof partyTypes)[number];
/** `Unknown`: a name that Engage Link does not have; it tells nothing about the party. */
export type PartyState = (typeof partyStates)[number] | 'Unknown';
export type PartyFlag = (typeof partyFlags)[number];
/** A cause that Engage Link does not have reads as `Empty`, which is as good as none. */
export type Cause = (typeof causes)[number];
export type AddressType = (typeof addressTypes)[number];
export type SnapshotAgentStatus = (typeof agentStatuses)[number];
