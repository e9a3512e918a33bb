/** The single changes a call can make, each with the one event of the monitoring stream that tells it. */
import type { PartyUuid } from '@exec/common/ids';
import type { SwitchState } from './switch-state.ts';
import type {
  Call,
  CallType,
  Cause,
  InterSiteLink,
  KeyValueList,
  Party,
  PartyFlag,
  PartyState,
  PartyType,
} from './types.ts';

/** Why a party changed and who made it change. */
export interface Because {
  readonly cause?: Cause | undefined;
  readonly by?: Party | undefined;
  readonly refParty?: PartyUuid | undefined;
}

export interface NewCall {
  readonly callType: CallType;
  readonly ani?: string | undefined;
  readonly dnis?: string | undefined;
  readonly dialedNumber?: string | undefined;
  /** Consultation: the call it was made for. */
  readonly orig?: Call | undefined;
  readonly userData?: KeyValueList | undefined;
}

export interface NewParty {
  readonly dn: string;
  readonly type: PartyType;
  readonly state: PartyState;
  readonly flags?: readonly PartyFlag[] | undefined;
  readonly location?: string | undefined;
}

export function createCall(state: SwitchState, from: NewCall): Call {
  const draft = {
    uuid: state.ids.callUuid(),
    connId: state.ids.connId(),
    callType: from.callType,
    ani: from.ani,
    dnis: from.dnis,
    dialedNumber: from.dialedNumber,
    origCallUuid: from.orig?.uuid,
    previousConnId: from.orig?.connId,
    userData: from.userData ?? {},
    links: [],
    parties: [],
    routingPoint: undefined,
    delivery: undefined,
  };
  const createdAt = state.emit('calls', undefined, 'EventCallCreated', createdAttributes(draft));
  const call: Call = { ...draft, createdAt };
  state.calls.set(call.uuid, call);
  return call;
}

/** Attributes of EventCallCreated; the resynchronisation sends the same with the present values. */
export function createdAttributes(call: Omit<Call, 'createdAt'>): object {
  return {
    CallUUID: call.uuid,
    ConnID: call.connId,
    CallType: call.callType,
    ANI: call.ani,
    DNIS: call.dnis,
    DialedNumber: call.dialedNumber,
    OrigCallUUID: call.origCallUuid,
    PreviousConnID: call.previousConnId,
    UserData: Object.keys(call.userData).length === 0 ? undefined : call.userData,
    ISLinkList: call.links.length === 0 ? undefined : call.links,
  };
}

/** Another site may have a telephone of the same number: whoever is there is external here. */
export function targetType(
  state: SwitchState,
  to: { readonly dn: string; readonly location?: string | undefined },
): 'Extension' | 'External' {
  return state.dns.has(to.dn) && (to.location ?? state.name) === state.name ? 'Extension' : 'External';
}

export function addParty(state: SwitchState, call: Call, from: NewParty, because: Because = {}): Party {
  const agentId = from.type === 'Extension' ? state.sessions.get(from.dn)?.agentId : undefined;
  const draft: Omit<Party, 'addedAt'> = {
    uuid: state.ids.partyUuid(),
    dn: from.dn,
    type: from.type,
    agentId,
    location: from.location,
    state: from.state,
    stateSince: state.now(),
    connectedSince: from.state === 'Connected' ? state.now() : undefined,
    flags: from.flags ?? [],
    supervises: undefined,
  };
  const addedAt = state.emit(
    'calls',
    undefined,
    'EventCallPartyAdded',
    addedAttributes(call, draft, because),
  );
  const party: Party = { ...draft, addedAt };
  state.enter(call, party);
  return party;
}

/** Attributes of EventCallPartyAdded; the resynchronisation sends the same with the present state. */
export function addedAttributes(call: Call, party: Omit<Party, 'addedAt'>, because: Because = {}): object {
  return {
    CallUUID: call.uuid,
    ConnID: call.connId,
    PartyUUID: party.uuid,
    DN: party.dn,
    PartyType: party.type,
    PartyState: party.state,
    AgentID: party.agentId,
    PartyFlags: party.flags.length === 0 ? undefined : party.flags,
    Cause: because.cause,
    RefParty: because.refParty,
    CtrlParty: because.by?.uuid,
  };
}

export function setState(
  state: SwitchState,
  call: Call,
  party: Party,
  next: PartyState,
  because: Because = {},
): void {
  if (party.state !== next) party.stateSince = state.now();
  party.state = next;
  if (next === 'Connected') party.connectedSince ??= state.now();
  tellState(state, call, party, because);
}

/** The full new set of flags; the state stays. */
export function setFlags(state: SwitchState, call: Call, party: Party, flags: readonly PartyFlag[]): void {
  party.flags = flags;
  tellState(state, call, party, {}, true);
}

function tellState(
  state: SwitchState,
  call: Call,
  party: Party,
  because: Because,
  flagsChanged = false,
): void {
  state.emit('calls', undefined, 'EventCallPartyState', {
    CallUUID: call.uuid,
    ConnID: call.connId,
    PartyUUID: party.uuid,
    DN: party.dn,
    PartyState: party.state,
    PartyFlags: party.flags.length > 0 || flagsChanged ? party.flags : undefined,
    Cause: because.cause,
  });
  state.touch(party.dn);
}

export function deleteParty(state: SwitchState, call: Call, party: Party, because: Because = {}): void {
  state.leave(call, party);
  state.emit('calls', undefined, 'EventCallPartyDeleted', {
    CallUUID: call.uuid,
    ConnID: call.connId,
    PartyUUID: party.uuid,
    DN: party.dn,
    Cause: because.cause,
    RefParty: because.refParty,
    CtrlParty: because.by?.uuid,
  });
}

/** The party keeps its PartyUUID and continues in `to`. */
export function moveParty(
  state: SwitchState,
  from: Call,
  to: Call,
  party: Party,
  because: Because = {},
): void {
  state.leave(from, party);
  state.enter(to, party);
  state.emit('calls', undefined, 'EventCallPartyMoved', {
    CallUUID: from.uuid,
    ConnID: from.connId,
    PartyUUID: party.uuid,
    DN: party.dn,
    NewCallUUID: to.uuid,
    Cause: because.cause,
    CtrlParty: because.by?.uuid,
  });
}

/** `into`: the call it was merged into. Parties still in the call vanish without an event of their own. */
export function deleteCall(
  state: SwitchState,
  call: Call,
  o: { readonly cause?: Cause | undefined; readonly into?: Call | undefined } = {},
): void {
  state.calls.delete(call.uuid);
  state.rememberEnded(call);
  state.emit('calls', undefined, 'EventCallDeleted', {
    CallUUID: call.uuid,
    ConnID: call.connId,
    Cause: o.cause,
    RefCallUUID: o.into?.uuid,
  });
  for (const party of call.parties) state.leave(call, party);
}

export function changeUserData(state: SwitchState, call: Call, userData: KeyValueList): void {
  call.userData = userData;
  tellData(state, call, { UserData: userData });
}

export function changeLinks(state: SwitchState, call: Call, links: readonly InterSiteLink[]): void {
  call.links = links;
  tellData(state, call, { ISLinkList: links });
}

export function changeConnId(state: SwitchState, call: Call, connId: string): void {
  tellData(state, call, { NewConnID: connId });
  call.connId = connId;
}

function tellData(state: SwitchState, call: Call, changed: object): void {
  state.emit('calls', undefined, 'EventCallDataChanged', {
    CallUUID: call.uuid,
    ConnID: call.connId,
    ...changed,
  });
}
