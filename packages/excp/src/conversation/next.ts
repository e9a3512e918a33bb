/** The state machine of one conversation: what an input makes of its state, and what that means for its legs. */

import type { EngageMicros } from '@exec/common/instants';
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
} from '../events/engage-events.ts';
import {
  type CallFound,
  type CallMissing,
  callMissing,
  type QueueFound,
  queueFound,
  reconcile,
} from './apply-snapshot.ts';
import { callDeleted } from './call-ends.ts';
import { addCall, callOf, fillIn, setData, setMainCall } from './calls.ts';
import type { Change } from './changes.ts';
import { holdLastEnd, keepForDispositions, updateRetention } from './conversation-ends.ts';
import { closeAsGone, endWaits } from './deadlines.ts';
import { agentDisposition, callDisposition, skipDispositions } from './disposition.ts';
import { Draft } from './draft.ts';
import { markIncomplete } from './incomplete.ts';
import { mute as setMuted, wasThere } from './legs.ts';
import { addConsult } from './machines.ts';
import { decideParties, partyAdded, partyDeleted, partyMoved, partyState } from './party-events.ts';
import { toPublish } from './publish-order.ts';
import { queued, unqueued } from './queues.ts';
import { type Call, type CallKey, type Conversation, callKey, type Leg, newConversation } from './state.ts';
import type { Anomaly, StepContext } from './step-context.ts';

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
  | { readonly kind: 'look-again' }
  /** The conversation is found gone. */
  | { readonly kind: 'gone'; readonly at: EngageMicros; readonly why?: 'lost-conversation' | 'too-long' };

export interface Step {
  readonly state: Conversation;
  readonly changes: readonly Change[];
  /** What was not as expected. */
  readonly anomalies: readonly Anomaly[];
  /** Nothing can happen any more: the conversation may be forgotten. */
  readonly done: boolean;
}

/** The first step of a conversation. */
export function begin(input: CallCreated | Queued, context: StepContext): Step {
  const call = callOf(input, context.now);
  const state = newConversation(call, context.now);
  return input.kind === 'queued' ? next(state, input, context) : next(state, { kind: 'look-again' }, context);
}

/**
 * One step: ends the waits that are over, applies the input, and says what is published of it.
 *
 * @rule What was to be waited for before an input is decided before the input.
 * @test conversation/interleavings.test.ts
 */
export function next(state: Conversation, input: ConversationInput, context: StepContext): Step {
  const draft = new Draft(state, context);
  if (input.kind !== 'look-again') {
    draft.state.touchedAt = context.now;
    endWaits(draft, input.at);
    apply(draft, input);
  }
  endWaits(draft);
  if (input.kind !== 'gone') holdLastEnd(draft);
  skipDispositions(draft);
  const done = updateRetention(draft);
  const changes = toPublish(draft);
  keepForDispositions(draft);
  return { state: draft.state, changes, anomalies: draft.anomalies, done };
}

const incompleteBy = { 'lost-conversation': 'gap', 'too-long': 'too-long' } as const;

function apply(draft: Draft, input: Exclude<ConversationInput, { kind: 'look-again' }>): void {
  switch (input.kind) {
    case 'gone':
      draft.note(input.why ?? 'lost-conversation');
      markIncomplete(draft, input.why === undefined ? 'shed' : incompleteBy[input.why]);
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
    const wasOnlyQueued = isOnlyQueued(known);
    fillIn(known, input);
    if (wasOnlyQueued) consultFor(draft, known, input);
    return;
  }
  const call = addCall(draft, input);
  if (call !== undefined) consultFor(draft, call, input);
}

/** A queue named it before anything else did: nobody has taken part in it yet, and what it is comes only now. */
function isOnlyQueued(call: Call): boolean {
  const named = call.parties.length + call.removed.length + call.left;
  return named === 0 && call.consultOf === undefined && call.queuedOnly === true;
}

/**
 * @rule A call is a consultation if the main call that it names, by CallUUID or by ConnID, is one of this conversation.
 * @scenario consult-completed, consult-in-consult-reconnected
 */
function consultFor(draft: Draft, call: Call, input: CallCreated): void {
  const main = mainOf(draft, input);
  if (main === undefined || main === call.key) return;
  setMainCall(call, main);
  addConsult(draft, call.key, main);
}

function mainOf(draft: Draft, input: CallCreated): CallKey | undefined {
  const { calls } = draft.state;
  const byUuid = input.origCall === undefined ? undefined : draft.call(callKey(input.site, input.origCall));
  if (byUuid !== undefined) return byUuid.key;
  const { origConnId } = input;
  if (origConnId === undefined) return undefined;
  return calls.find((call) => call.site === input.site && call.connIds.includes(origConnId))?.key;
}

function callData(draft: Draft, call: Call, input: CallData): void {
  setData(call, input);
  if (input.links !== undefined) decideParties(draft, () => 'lasts');
  if (input.disposition !== undefined) callDisposition(draft, call, input.disposition, input.at);
}

function mute(draft: Draft, input: Muted): void {
  const legs = draft.openLegs().filter((leg) => isOf(leg, input) && wasThere(leg, input.at));
  const leg = legs.find((candidate) => candidate.kind === 'user') ?? legs[0];
  if (leg === undefined) draft.note('no-leg');
  else setMuted(draft, leg, input.muted, input.at);
}

/** Whether a mute button is for a leg that is known: else it may be for one that comes later. */
export function knowsLegOf(state: Conversation, input: Muted): boolean {
  return state.legs.some((leg) => isOf(leg, input) && wasThere(leg, input.at));
}

function isOf(leg: Leg, { dn, site }: Muted): boolean {
  return leg.dn === dn && leg.site === site;
}
