/** Everything a SIP Server sends, answers and events, as schemas and types. */
import { z } from 'zod';
import { openingEvents, roleOrUnknown } from './handshake.ts';
import { callTypes, causes, partyFlags, partyStates, partyTypes } from './sip-names.ts';
import {
  attributes,
  callUuid,
  connId,
  dn,
  eventTime,
  keyValueList,
  nameOf,
  namesOf,
  partyUuid,
  referenceId,
} from './values.ts';

const callType = nameOf(callTypes, 'Unknown');
const partyType = nameOf(partyTypes, 'Unknown');
const partyState = nameOf(partyStates, 'Unknown');
const cause = nameOf(causes, 'Empty');
const flags = namesOf(partyFlags);
/** Link of a call to its other half on another site: equal LinkId on both sides. */
const siteLinks = z.array(
  attributes({
    LinkId: z.union([z.string(), z.int().transform(String)]),
    Location: z.string().optional(),
  }),
);

/** Call identity of the monitoring stream. */
const call = {
  CallUUID: callUuid,
  ConnID: connId.optional(),
  ...eventTime,
  Extensions: keyValueList.optional(),
};
const party = { ...call, PartyUUID: partyUuid, DN: dn, Cause: cause.optional() };

const queueStay = attributes({
  ThisDN: z.string().min(1),
  ThisQueue: z.string().optional(),
  CallUUID: callUuid,
  ConnID: connId.optional(),
  CallType: callType.default('Unknown'),
  ANI: z.string().optional(),
  DNIS: z.string().optional(),
  OtherDN: z.string().optional(),
  /** Where the call went; absent when another queue took it. */
  ThirdPartyDN: z.string().optional(),
  CallState: z.string().optional(),
  UserData: keyValueList.optional(),
  /** `VQID`: one stay in the queue. */
  Extensions: keyValueList.optional(),
  ...eventTime,
});

const agentEvent = attributes({
  ThisDN: z.string().min(1),
  /** Login code of the server's switch. */
  AgentID: z.string().min(1),
  AgentWorkMode: z.string().optional(),
  Reasons: keyValueList.optional(),
  /** `EmployeeID`, when the server knows it. */
  Extensions: keyValueList.optional(),
  ...eventTime,
});

const extensionEvent = attributes({
  ThisDN: z.string().min(1),
  ConnID: connId.optional(),
  CallUUID: callUuid.optional(),
  UserData: keyValueList.optional(),
  /** Participants: `LCTParty<n>`, `LCTParty<n>_location`, `LCTPartiesLength`, `LCTSupervisor<n>`. */
  Extensions: keyValueList.optional(),
  ...eventTime,
});

export const sipEvents = {
  ...openingEvents,
  EventLinkConnected: attributes({}),
  EventLinkDisconnected: attributes({}),
  EventRegistered: attributes({
    ReferenceID: referenceId.optional(),
    ThisDN: z.string().min(1),
    AgentID: z.string().optional(),
    /** Snapshot of the address: see readSnapshot. */
    Extensions: keyValueList.default({}),
  }),
  /** Without ReferenceID the server itself dropped the registration. */
  EventUnregistered: attributes({ ReferenceID: referenceId.optional(), ThisDN: z.string().min(1) }),
  /** `Extensions.Resync`: the resync of call monitoring begins; `Extensions.ResyncDone`: it is complete. */
  EventACK: attributes({ ReferenceID: referenceId.optional(), Extensions: keyValueList.optional() }),
  EventServerInfo: attributes({
    ReferenceID: referenceId.optional(),
    ServerRole: roleOrUnknown,
    ServerVersion: z.string().optional(),
    LinkConnected: z.union([z.boolean(), z.int().transform((flag) => flag !== 0)]),
  }),

  EventQueued: queueStay,
  EventDiverted: queueStay,
  EventAbandoned: queueStay,

  EventAgentLogin: agentEvent,
  EventAgentLogout: agentEvent,
  EventAgentReady: agentEvent,
  EventAgentNotReady: agentEvent,
  EventUserEvent: extensionEvent,
  EventMuteOn: extensionEvent,
  EventMuteOff: extensionEvent,

  EventCallCreated: attributes({
    ...call,
    CallType: callType.default('Unknown'),
    ANI: z.string().optional(),
    DNIS: z.string().optional(),
    DialedNumber: z.string().optional(),
    /** Consultation: the main call. */
    OrigCallUUID: callUuid.optional(),
    /** Consultation: the same by connection ID. */
    PreviousConnID: connId.optional(),
    UserData: keyValueList.optional(),
    ISLinkList: siteLinks.optional(),
  }),
  /** Carries what changed; UserData is the full new list. */
  EventCallDataChanged: attributes({
    ...call,
    CallType: callType.optional(),
    ANI: z.string().optional(),
    DNIS: z.string().optional(),
    UserData: keyValueList.optional(),
    NewConnID: connId.optional(),
    ISLinkList: siteLinks.optional(),
  }),
  EventCallPartyAdded: attributes({
    ...party,
    PartyType: partyType.default('Unknown'),
    PartyState: partyState,
    AgentID: z.string().optional(),
    PartyFlags: flags.optional(),
    RefParty: partyUuid.optional(),
    /** The party that caused it. */
    CtrlParty: partyUuid.optional(),
  }),
  EventCallPartyState: attributes({ ...party, PartyState: partyState, PartyFlags: flags.optional() }),
  EventCallPartyMoved: attributes({ ...party, NewCallUUID: callUuid, CtrlParty: partyUuid.optional() }),
  EventCallPartyDeleted: attributes({
    ...party,
    RefParty: partyUuid.optional(),
    CtrlParty: partyUuid.optional(),
  }),
  EventCallDeleted: attributes({
    ...call,
    Cause: cause.optional(),
    /** The call it was merged into. */
    RefCallUUID: callUuid.optional(),
  }),
} as const;

export type SipEventName = keyof typeof sipEvents;
export type SipEventAttributes = { [Name in SipEventName]: z.output<(typeof sipEvents)[Name]> };
/** A checked frame of a SIP Server; `message` tells the variants apart. */
export type SipEvent = {
  [Name in SipEventName]: { readonly message: Name; readonly attributes: SipEventAttributes[Name] };
}[SipEventName];
/** One variant, or the union of several. */
export type SipEventOf<Name extends SipEventName> = Extract<SipEvent, { readonly message: Name }>;

export type EventRegistered = SipEventAttributes['EventRegistered'];
export type EventACK = SipEventAttributes['EventACK'];
export type EventServerInfo = SipEventAttributes['EventServerInfo'];
