/**
 * Runs the machines of consultations (`consult.ts`) and of leaving legs (`leaving.ts`): gives them what they have to
 * know, keeps their states, carries out their effects. Nothing else writes these states.
 */
import { type EngageMicros, latest } from '@exec/common/instants';
import { countLeft, setMainCall } from './calls.ts';
import {
  type ConsultEffect,
  type ConsultInput,
  type Initiator,
  isRunning,
  nextConsult,
  type Readiness,
} from './consult.ts';
import { type Draft, isOpen, isPresent, writable } from './draft.ts';
import { isTransferCause, type LeavingEffect, type LeavingInput, nextLeaving } from './leaving.ts';
import { markEnded } from './legs.ts';
import type { Call, CallKey, Consult, Conversation, Disconnect, Leaving, Leg, Party } from './state.ts';
import { awaitsQueue, canReceive, objectOf, ofSameHands, transferOf } from './transfer.ts';

export function addConsult(draft: Draft, call: CallKey, main: CallKey): void {
  draft.state.consults.push({ call, main, phase: 'waiting' });
}

export function dropConsults(state: Conversation): void {
  state.consults = [];
}

/** @param call the consultation's own call */
export function toConsult(draft: Draft, call: CallKey, input: ConsultInput): void {
  const { consults } = draft.state;
  const index = consults.findIndex((consult) => consult.call === call);
  const consult = consults[index];
  if (consult === undefined) return;
  const { state, effects } = nextConsult(consult, input);
  consults[index] = state;
  for (const effect of effects) carryOutConsult(draft, state, effect);
}

function carryOutConsult(draft: Draft, consult: Consult, effect: ConsultEffect): void {
  const { call } = consult;
  switch (effect.kind) {
    case 'publish':
      draft.changes.push(effect.change);
      return;
    case 'complete':
      completeConsult(draft, consult, effect.at);
      return;
    case 'move-inner':
      toAll(draft, { kind: 'outer-over', call, main: effect.to });
      return;
    case 'set-main': {
      const own = draft.call(call);
      if (own !== undefined) setMainCall(own, effect.main);
      return;
    }
    case 'hand-on': {
      const { from, at } = effect;
      const to = draft.leg(effect.to);
      if (from !== undefined && to !== undefined && isOpen(to))
        toAll(draft, { kind: 'handed-on', from, to: to.key, at });
      return;
    }
    case 'end-initiator': {
      const initiator = draft.leg(consult.initiator);
      if (initiator !== undefined) end(draft, initiator, 'TransferConsult', effect.at);
      return;
    }
    case 'release-reached': {
      const reached = draft.leg(consult.reached);
      if (reached !== undefined) toLeaving(draft, reached, { kind: 'consult-over' });
      return;
    }
    case 'end-reached': {
      const reached = draft.leg(consult.reached);
      if (reached !== undefined)
        endLeg(draft, reached, reached.leaving?.otherwise ?? 'Peer', reached.leaving?.at ?? effect.at);
      return;
    }
    case 'give-up':
      toConsult(draft, call, { kind: 'given-up', at: effect.at });
      return;
    case 'begin-next':
      for (const other of [...draft.state.consults]) tryBegin(draft, other.call, effect.at);
      return;
  }
}

function toAll(draft: Draft, input: ConsultInput): void {
  for (const { call } of [...draft.state.consults]) toConsult(draft, call, input);
}

/** The one who consults has become known. */
export function initiatorFound(draft: Draft, consult: Consult, leg: Leg, at: EngageMicros): void {
  toConsult(draft, consult.call, { kind: 'initiator-known', leg: leg.key });
  tryBegin(draft, consult.call, at);
}

/** A leg is new: it may be consulted, or be what a party that has left was waiting to be transferred to. */
export function legIsNew(draft: Draft, leg: Leg, at: EngageMicros): void {
  const consult = draft.state.consults.find((candidate) => candidate.call === leg.consult);
  if (consult !== undefined) {
    const isQueue = leg.kind === 'queue';
    toConsult(draft, consult.call, {
      kind: 'leg-joined',
      leg: leg.key,
      isQueue,
      target: targetOf(draft, consult),
    });
    tryBegin(draft, consult.call, at);
  }
  newTarget(draft, leg, at);
}

function targetOf(draft: Draft, consult: Consult): 'none' | 'queue' | 'party' {
  const target = draft.leg(consult.target);
  if (target === undefined || !isOpen(target)) return 'none';
  return target.kind === 'queue' ? 'queue' : 'party';
}

function tryBegin(draft: Draft, call: CallKey, at: EngageMicros): void {
  const consult = draft.state.consults.find((candidate) => candidate.call === call);
  if (consult === undefined) return;
  const target = draft.leg(consult.target);
  const begin = latest(at, target?.at ?? at);
  toConsult(draft, call, { kind: 'may-begin', at: begin, ...readiness(draft, consult, target) });
}

function readiness(draft: Draft, consult: Consult, target: Leg | undefined): Readiness {
  const anotherRuns = draft.state.consults.some(isRunning);
  const initiator = draft.leg(consult.initiator);
  if (initiator === undefined || target === undefined || !isOpen(initiator) || !isPresent(target))
    return { anotherRuns, object: undefined, leftAt: undefined };
  const { leaving } = initiator;
  const isLeaving = leaving?.why === 'transfer' || leaving?.why === 'unsure';
  return {
    anotherRuns,
    object: objectOf(draft, initiator, target)?.key,
    leftAt: isLeaving ? leaving.at : undefined,
  };
}

/** The consulted party takes part in the main call: completion or conference. */
export function joinMain(draft: Draft, main: Call, leg: Leg, party: Party): void {
  const consult = goingOn(draft).find(
    (candidate) => candidate.main === main.key && candidate.reached === leg.key,
  );
  if (consult === undefined) return;
  toConsult(draft, consult.call, {
    kind: 'joined-main',
    at: party.at,
    until: draft.wait(party.at).until,
    isConference: party.cause === 'Conference',
    initiator: initiatorOf(draft, consult),
  });
}

export function initiatorOf(draft: Draft, consult: Consult): Initiator {
  const leg = draft.leg(consult.initiator);
  if (leg === undefined || !isOpen(leg)) return { is: 'gone' };
  return leg.leaving === undefined ? { is: 'present' } : { is: 'leaving', leftAt: leg.leaving.at };
}

/**
 * The one who consults leaves the main call while others stay in it.
 * @returns whether that completed the transfer
 */
export function initiatorLeft(
  draft: Draft,
  main: Call,
  leg: Leg,
  cause: Party['cause'],
  at: EngageMicros,
): boolean {
  const consult = goingOn(draft).find(
    (candidate) => candidate.main === main.key && candidate.initiator === leg.key,
  );
  if (consult === undefined) return false;
  const isTransfer = isTransferCause(cause);
  const bothOpen = areBothOpen(draft, consult);
  toConsult(draft, consult.call, { kind: 'initiator-left', at, isTransfer, bothOpen });
  return !isOpen(leg);
}

function completeConsult(draft: Draft, consult: Consult, at: EngageMicros): void {
  toConsult(draft, consult.call, { kind: 'completed', at, bothOpen: areBothOpen(draft, consult) });
}

function areBothOpen(draft: Draft, consult: Consult): boolean {
  return [draft.leg(consult.object), draft.leg(consult.reached ?? consult.target)].every(
    (leg) => leg !== undefined && isOpen(leg),
  );
}

/** The agent takes the main call back: a consulted party that has left its call is not going to return. */
export function retrieved(draft: Draft, main: Call, leg: Leg, at: EngageMicros): void {
  for (const consult of running(draft))
    if (consult.main === main.key && consult.initiator === leg.key)
      toConsult(draft, consult.call, { kind: 'retrieved', at });
}

/** Nobody is left in the conversation, or it is closed: its consultations have ended. */
export function cancelConsults(draft: Draft, consults: readonly Consult[], at: EngageMicros): void {
  for (const { call } of consults) toConsult(draft, call, { kind: 'cancelled', at });
}

export function running(draft: Draft): Consult[] {
  return draft.state.consults.filter(isRunning);
}

/**
 * With those that run, the ones that wait for another one's end: a consultation within a consultation. Nothing is
 * published of them, but they are completed and merged like the others.
 */
function goingOn(draft: Draft): Consult[] {
  const runs = draft.state.consults.some(isRunning);
  return draft.state.consults.filter(
    (consult) => isRunning(consult) || (runs && consult.phase === 'waiting' && consult.target !== undefined),
  );
}

/** Whether somebody who was consulted by this leg, about this call, has come into the call. */
export function hasJoined(draft: Draft, main: Call, leg: Leg): boolean {
  return draft.state.consults.some(
    (consult) => consult.phase === 'joined' && consult.main === main.key && consult.initiator === leg.key,
  );
}

/** @param call the call that the party has left, where it has just left one: it counts there */
export function toLeaving(draft: Draft, leg: Leg, input: LeavingInput, call?: Call): void {
  const { state, effects } = nextLeaving(leg.leaving, input);
  keepLeaving(leg, state);
  for (const effect of effects) carryOutLeaving(draft, leg, effect, call);
}

function keepLeaving(leg: Leg, state: Leaving | undefined): void {
  if (state === undefined) delete writable(leg).leaving;
  else writable(leg).leaving = state;
}

function carryOutLeaving(draft: Draft, leg: Leg, effect: LeavingEffect, call: Call | undefined): void {
  switch (effect.kind) {
    case 'end':
      endLeg(draft, leg, effect.how, effect.at);
      return;
    case 'hand-over': {
      const target = draft.leg(effect.to);
      if (target !== undefined) handOver(draft, leg, target, effect.at);
      return;
    }
    case 'count':
      if (call !== undefined) countLeft(call);
      return;
    case 'release':
      draft.released.add(leg.key);
      return;
  }
}

/** The leg that leaves hands the call to a target: by completing its consultation with it, or without one. */
function handOver(draft: Draft, leg: Leg, target: Leg, at: EngageMicros): void {
  const consult = goingOn(draft).find(
    ({ initiator, target: first, reached }) =>
      initiator === leg.key && (first === target.key || reached === target.key),
  );
  if (consult !== undefined) {
    completeConsult(draft, consult, at);
    return;
  }
  const { change, how } = transferOf(draft, leg, target, at);
  if (change !== undefined) draft.changes.push(change);
  end(draft, leg, how, at);
}

/** A new leg: perhaps what a party that has left was waiting to be transferred to. */
function newTarget(draft: Draft, target: Leg, at: EngageMicros): void {
  if (!canReceive(target)) return;
  for (const leg of draft.state.legs) {
    const { leaving } = leg;
    if (leaving === undefined || leg === target || !isOpen(leg) || !ofSameHands(draft, leg, target)) continue;
    // What was there before the one who left took part is heard of late: the call was not handed to it.
    if (target.at < (leg.answeredAt ?? leg.at)) continue;
    const queueMayCome = awaitsQueue(draft, leg, target, leaving.at);
    toLeaving(draft, leg, { kind: 'target', leg: target.key, at, queueMayCome });
  }
}

/** Ends a leg, and the consultation that it was called in; before it where nothing is left afterwards. */
export function endLeg(draft: Draft, leg: Leg, how: Disconnect, at: EngageMicros): void {
  if (draft.openLegs().every((other) => other === leg)) cancelConsults(draft, running(draft), at);
  end(draft, leg, how, at);
  toAll(draft, { kind: 'leg-ended', leg: leg.key, at });
}

function end(draft: Draft, leg: Leg, how: Disconnect, at: EngageMicros): void {
  if (!isOpen(leg)) return;
  toLeaving(draft, leg, { kind: 'ended' });
  markEnded(draft, leg, how, at);
}
