/** The state machine of one conversation: what an input makes of its state, and what that means for its legs. */

import type {
  CallCreated,
  CallData,
  CallDeleted,
  DispositionSet,
  Muted,
  PartyAdded,
  PartyDeleted,
  PartyMoved,
  PartyStateChanged,
  Queued,
  Unqueued,
} from '../intake/inputs.ts';
import { callDeleted } from './call-end.ts';
import type { Change } from './changes.ts';
import { awaitsDisposition, closeAsGone, settleWaits } from './deadlines.ts';
import { agentDisposition, callDisposition, settleDispositions } from './disposition.ts';
import { Draft, isOpen } from './draft.ts';
import { followAudio } from './legs.ts';
import { decideParties, partyAdded, partyDeleted, partyMoved, partyState } from './parties.ts';
import { queued, unqueued } from './queues.ts';
import {
  type CallFound,
  type CallMissing,
  callMissing,
  type QueueFound,
  queueFound,
  reconcile,
} from './reconcile.ts';
import { type Call, type CallKey, type Conversation, callKey, limits, newConversation } from './state.ts';
import { tellable } from './telling.ts';
import type { Oddity, World } from './world.ts';

/** Inputs of one conversation: those of its calls, and the ends of waits. */
export type ConversationInput =
  | CallCreated
  | CallData
  | PartyAdded
  | PartyStateChanged
  | PartyMoved
  | PartyDeleted
  | CallDeleted
  | Queued
  | Unqueued
  | DispositionSet
  | Muted
  /** What a resynchronisation says about a call of this conversation. */
  | CallFound
  /** What the snapshot of a queue says. */
  | QueueFound
  | CallMissing
  /** A wait is over, or another connection has caught up. */
  | { readonly kind: 'settle' }
  /** The conversation is found gone. */
  | { readonly kind: 'gone'; readonly at: number };

export interface Step {
  readonly state: Conversation;
  readonly changes: readonly Change[];
  /** What was not as expected. */
  readonly odd: readonly Oddity[];
  /** Nothing can happen any more: the conversation may be forgotten. */
  readonly done: boolean;
}

/** The first step of a conversation. */
export function begin(input: CallCreated | Queued, world: World): Step {
  const call = callOf(input, world.now);
  const state = newConversation(call, world.now);
  return input.kind === 'queued' ? next(state, input, world) : next(state, { kind: 'settle' }, world);
}

export function next(state: Conversation, input: ConversationInput, world: World): Step {
  const draft = new Draft(state, world);
  if (input.kind !== 'settle') {
    draft.state.touchedAt = world.now;
    settleWaits(draft, input.at);
    apply(draft, input);
  }
  settleWaits(draft);
  settleDispositions(draft);
  const done = settleEnd(draft);
  const changes = tellable(draft);
  if (draft.state.overAt !== undefined && draft.state.told) keepForDispositions(draft.state);
  return { state: draft.state, changes, odd: draft.odd, done };
}

function apply(draft: Draft, input: Exclude<ConversationInput, { kind: 'settle' }>): void {
  switch (input.kind) {
    case 'gone':
      draft.note('lost-conversation');
      closeAsGone(draft, input.at);
      return;
    case 'call-created':
      callCreated(draft, input);
      return;
    case 'disposition':
      if (!agentDisposition(draft, input.dn, input.site, input.value, input.at)) draft.note('no-leg');
      return;
    case 'mute':
      mute(draft, input);
      return;
    case 'call-found':
      reconcile(draft, input);
      return;
    case 'queue-found':
      queueFound(draft, input);
      return;
    case 'call-missing':
      callMissing(draft, input);
      return;
    case 'call-data':
    case 'party-added':
    case 'party-state':
    case 'party-moved':
    case 'party-deleted':
    case 'call-deleted':
    case 'queued':
    case 'diverted':
    case 'abandoned': {
      const call = draft.call(callKey(input.site, input.call));
      if (call === undefined) {
        draft.note('unknown-call');
        return;
      }
      ofCall(draft, call, input);
      return;
    }
  }
}

function ofCall(
  draft: Draft,
  call: Call,
  input:
    | CallData
    | PartyAdded
    | PartyStateChanged
    | PartyMoved
    | PartyDeleted
    | CallDeleted
    | Queued
    | Unqueued,
): void {
  const ended = call.endedAt !== undefined;
  switch (input.kind) {
    case 'call-data':
      callData(draft, call, input);
      return;
    case 'party-added':
      if (ended) draft.note('call-ended');
      else partyAdded(draft, call, input);
      return;
    case 'party-state':
      if (ended) draft.note('call-ended');
      else partyState(draft, call, input);
      return;
    case 'party-moved': {
      const to = draft.call(callKey(input.site, input.newCall));
      if (to === undefined || to.endedAt !== undefined) {
        draft.note('unknown-call');
        return;
      }
      partyMoved(draft, call, to, input);
      return;
    }
    case 'party-deleted':
      if (ended) draft.note('call-ended');
      else partyDeleted(draft, call, input);
      return;
    case 'call-deleted':
      callDeleted(draft, call, input);
      return;
    case 'queued':
      queued(draft, call, input);
      return;
    case 'diverted':
    case 'abandoned':
      unqueued(draft, call, input);
      return;
  }
}

/** A consultation of a call that is known, or a copy of what is known. */
function callCreated(draft: Draft, input: CallCreated): void {
  const known = draft.call(callKey(input.site, input.call));
  if (known !== undefined) {
    draft.note('repeated-call');
    known.ani ??= input.ani;
    known.dnis ??= input.dnis;
    known.dialed ??= input.dialed;
    if (known.type === 'Unknown') known.type = input.type;
    return;
  }
  if (draft.state.calls.length >= limits.calls) {
    draft.note('too-large');
    return;
  }
  const call = callOf(input, draft.world.now);
  draft.state.calls.push(call);
  delete draft.state.overAt;
  delete draft.state.keepUntil;
  const main = mainOf(draft, input);
  if (main === undefined) return;
  call.consultOf = main;
  draft.state.consults.push({ call: call.key, main, phase: 'waiting' });
}

function mainOf(draft: Draft, input: CallCreated): CallKey | undefined {
  const { calls } = draft.state;
  const byUuid = input.origCall === undefined ? undefined : draft.call(callKey(input.site, input.origCall));
  if (byUuid !== undefined) return byUuid.key;
  const { origConnId } = input;
  if (origConnId === undefined) return undefined;
  return calls.find((call) => call.site === input.site && call.connIds.includes(origConnId))?.key;
}

export function callOf(input: CallCreated | Queued, now: number): Call {
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
  };
}

function callData(draft: Draft, call: Call, input: CallData): void {
  if (input.type !== undefined) call.type = input.type;
  if (input.ani !== undefined) call.ani = input.ani;
  if (input.dnis !== undefined) call.dnis = input.dnis;
  if (input.connId !== undefined && !call.connIds.includes(input.connId))
    call.connIds = [...call.connIds.slice(-4), input.connId];
  if (input.links !== undefined) {
    call.links = [...new Set([...call.links, ...input.links])].slice(-10);
    decideParties(draft, () => false);
  }
  if (input.disposition !== undefined) callDisposition(draft, call, input.disposition, input.at);
}

function mute(draft: Draft, input: Muted): void {
  const legs = draft.openLegs().filter((leg) => leg.dn === input.dn && leg.site === input.site);
  const leg = legs.find((candidate) => candidate.kind === 'user') ?? legs[0];
  if (leg === undefined) {
    draft.note('no-leg');
    return;
  }
  leg.muted = input.muted;
  const place = draft.places(leg)[0];
  if (place !== undefined) followAudio(draft, leg, place.party, input.at);
}

/** Half an hour of ended conversations is kept: of each only what a disposition may still be about. */
function keepForDispositions(state: Conversation): void {
  state.legs = state.legs.filter((leg) => leg.kind === 'user');
  state.consults = [];
  for (const call of state.calls) {
    call.links = [];
    call.removed = [];
  }
}

/** Over when no call and no leg is left; then it is kept for what may still come. Answers whether that is over too. */
function settleEnd(draft: Draft): boolean {
  const { state, world } = draft;
  const live =
    state.calls.some((call) => call.endedAt === undefined || call.parties.some((party) => party.undecided)) ||
    state.legs.some(isOpen);
  if (live) {
    delete state.overAt;
    delete state.keepUntil;
    return false;
  }
  state.overAt ??= Math.max(0, ...state.calls.map((call) => call.endedAt ?? 0));
  const linger = state.touchedAt + world.settings.lingerMs;
  const disposable = state.open
    ? Math.max(0, ...state.legs.filter(awaitsDisposition).map((leg) => leg.disposableUntil ?? 0))
    : 0;
  state.keepUntil = Math.max(linger, disposable);
  return state.keepUntil <= world.now;
}
