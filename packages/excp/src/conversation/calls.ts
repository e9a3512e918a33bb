/** The calls of a conversation and their parties, as Engage names them: the one place that writes them. */
import type { EngageMicros, StreamMs } from '@exec/common/instants';
import type { CallCreated, CallData, PartyStateChanged, Queued } from '../events/engage-events.ts';
import type { Draft } from './draft.ts';
import { type Call, type CallKey, callKey, limits, type Party } from './state.ts';

/** @param now stream time */
export function callOf(input: CallCreated | Queued, now: StreamMs): Call {
  const created = input.kind === 'call-created';
  return {
    key: callKey(input.site, input.call),
    site: input.site,
    uuid: input.call,
    connIds: input.connId === undefined ? [] : [input.connId],
    type: input.type,
    ani: input.ani,
    dnis: input.dnis,
    dialed: created ? input.dialed : undefined,
    at: input.at,
    parties: [],
    links: created ? [...(input.links ?? [])] : [],
    disposition: created ? input.disposition : undefined,
    removed: [],
    left: 0,
    seen: now,
    ...(created ? {} : { queuedOnly: true }),
  };
}

/** Undefined when the conversation has more calls than any real one. */
export function addCall(draft: Draft, input: CallCreated): Call | undefined {
  if (draft.state.calls.length >= limits.calls) {
    draft.note('too-large');
    return undefined;
  }
  const call = callOf(input, draft.context.now);
  draft.state.calls.push(call);
  return call;
}

/** A call that is created again names what was not known. */
export function fillIn(call: Call, input: CallCreated): void {
  call.ani ??= input.ani;
  call.dnis ??= input.dnis;
  call.dialed ??= input.dialed;
  if (call.type === 'Unknown') call.type = input.type;
  delete call.queuedOnly;
}

export function setData(call: Call, input: CallData): void {
  if (input.type !== undefined) call.type = input.type;
  if (input.ani !== undefined) call.ani = input.ani;
  if (input.dnis !== undefined) call.dnis = input.dnis;
  if (input.connId !== undefined && !call.connIds.includes(input.connId))
    call.connIds = [...call.connIds.slice(-4), input.connId];
  if (input.links !== undefined) call.links = [...new Set([...call.links, ...input.links])].slice(-10);
}

/** Whether the attached value is another one than before. */
export function setDisposition(call: Call, value: string): boolean {
  if (call.disposition === value) return false;
  call.disposition = value;
  return true;
}

/** @param at event time */
export function setRouted(call: Call, at: EngageMicros): void {
  call.routedAt = at;
}

export function setMainCall(call: Call, main: CallKey): void {
  call.consultOf = main;
}

/** One more party that took part in talking has left. */
export function countLeft(call: Call): void {
  call.left++;
}

/** Whether there is room for it. */
export function addParty(draft: Draft, call: Call, party: Party): boolean {
  if (call.parties.length >= limits.partiesOfCall) {
    draft.note('too-large');
    return false;
  }
  call.parties.push(party);
  return true;
}

/** It was counted in the call that it comes from. */
export function takeOver(call: Call, party: Party): void {
  call.parties.push(party);
}

/** It stays known as removed: a snapshot that still names it is older. */
export function removeParty(call: Call, party: Party): void {
  dropParty(call, party);
  call.removed = [...call.removed, party.id].slice(-limits.removed);
}

/** With its call: nothing names it again. */
export function dropParty(call: Call, party: Party): void {
  call.parties = call.parties.filter((other) => other !== party);
}

export function replaceParty(call: Call, party: Party, by: Party): void {
  call.parties = call.parties.map((other) => (other === party ? by : other));
}

/** @param now stream time */
export function seeParty(party: Party, now: StreamMs): void {
  party.seen = now;
}

export function setPartyState(
  party: Party,
  { state, flags }: Pick<PartyStateChanged, 'state' | 'flags'>,
): void {
  party.state = state;
  if (flags !== undefined) party.flags = flags;
}

/** It only stands for the half of the call on another site. */
export function setLinkParty(party: Party): void {
  party.link = true;
}

/** @param at event time */
export function endCall(call: Call, at: EngageMicros): void {
  call.endedAt ??= at;
}

/** @param at event time */
export function closeCall(call: Call, at: EngageMicros): void {
  call.parties = [];
  endCall(call, at);
}

/** Of a call that is over nothing but its data is asked for again. */
export function forgetDetails(call: Call): void {
  call.links = [];
  call.removed = [];
}
