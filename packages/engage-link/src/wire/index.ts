/** The wire of Engage Link, for clients and for servers: frames, messages, names. */
export { type BoundsFault, boundsFault } from './bounds.ts';
export { encodeFrame, type Frame, MAX_LINE_BYTES, PROTOCOL_VERSION } from './frame.ts';
export { FrameDecoder, type FrameDecoderOptions } from './frame-decoder.ts';
export {
  KEEP_ALIVE_REQUEST,
  KEEP_ALIVE_RESPONSE,
  type LinkRefusal,
  type OpeningEvent,
  type RegisterClient,
  type ServerConnected,
  type ServerRole,
  serverRoles,
} from './handshake.ts';
export { linkJsonSchema } from './json-schema.ts';
export {
  type Parsed,
  parseOpening,
  parseSipEvent,
  parseSipRequest,
  parseStatEvent,
  parseStatRequest,
  receivedMessages,
  referenceIdOf,
  type SipRequest,
  type StatRequest,
} from './parse.ts';
export { ProtocolError, type ProtocolFault } from './protocol-error.ts';
export type {
  EventACK,
  EventRegistered,
  EventServerInfo,
  SipEvent,
  SipEventAttributes,
  SipEventName,
  SipEventOf,
} from './sip-events.ts';
export {
  type AddressType,
  addressTypes,
  agentStatuses,
  type CallType,
  type Cause,
  callTypes,
  causes,
  type PartyFlag,
  type PartyState,
  type PartyType,
  partyFlags,
  partyStates,
  partyTypes,
  type SnapshotAgentStatus,
} from './sip-names.ts';
export type { SipRequestAttributes, SipRequestName } from './sip-requests.ts';
export { type AddressSnapshot, readSnapshot, type SnapshotCall, writeSnapshot } from './snapshot.ts';
export {
  type AgentAction,
  type AgentStatus,
  agentStatistic,
  type DnStatus,
  type StatEvent,
  type StatEventAttributes,
  type StatEventName,
  type Statistic,
  type StatisticCategory,
  type StatRequestAttributes,
  type StatRequestName,
  type StatusName,
  statisticCategories,
  statusNames,
} from './stat-messages.ts';
export { type NamedAttribute, namedAttributes, type UnknownName } from './unknown-names.ts';
export { type KeyValueList, listOf, numberOf, textOf } from './values.ts';
