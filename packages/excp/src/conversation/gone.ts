/** A party leaves a call: whether its leg ends, how, or what has to be awaited before that can be told. */
import type { PartyUuid } from '@exec/common/ids';
import type { Cause } from '@exec/engage-link/wire';
import { decide } from './attach.ts';
import { endLeg, handOver, initiatorLeft, running } from './consult.ts';
import { type Draft, isOpen, isPresent } from './draft.ts';
import { follow } from './legs.ts';
import {
  type Call,
  type Disconnect,
  type Leaving,
  type Leg,
  type LegKey,
  limits,
  type Party,
} from './state.ts';
import { awaitsQueue, isTransferCause, knownTarget, wasSentToRouting } from './transfer.ts';

/** How a party left: as far as it is told. */
export interface Parting {
  readonly at: number;
  readonly cause?: Cause | undefined;
  /** The party that made it leave. */
  readonly ctrl?: PartyUuid | undefined;
}

export function partyGone(draft: Draft, call: Call, party: Party, how: Parting): void {
  removeParty(call, party);
  const leg = draft.leg(party.leg);
  if (leg === undefined || !isOpen(leg)) {
    // One who has no leg here may still have talked: the agent in his consultation, the half on another site.
    if (party.type !== 'RoutingPoint' && party.type !== 'Queue' && !isListener(party)) call.left++;
  } else if (draft.places(leg).length === 0) leave(draft, call, party, leg, how);
  else if (leg.home === call.key) goOnElsewhere(draft, leg, how.at);
  settleLeavers(draft, call);
}

export function removeParty(call: Call, party: Party): void {
  call.parties = call.parties.filter((other) => other !== party);
  call.removed = [...call.removed, party.id].slice(-limits.removed);
}

function leave(draft: Draft, call: Call, party: Party, leg: Leg, how: Parting): void {
  if (leg.leaving !== undefined) return;
  if (leg.failed === true || (leg.alerting && how.cause === 'Busy')) {
    call.left++;
    endLeg(draft, leg, 'Error', how.at);
  } else if (awaitsMain(draft, leg)) wait(draft, leg, 'moving', how.at, 'Peer');
  else if (isConsulted(draft, leg)) leaveConsult(draft, call, party, leg, how);
  else if (leg.alerting) leaveUnanswered(draft, call, leg, how);
  else leaveAnswered(draft, call, party, leg, how);
}

function leaveAnswered(draft: Draft, call: Call, party: Party, leg: Leg, how: Parting): void {
  const others = othersIn(draft, call, leg);
  const side = selfOrPeer(call, party, how, others.filter((other) => !isObserver(draft, call, other)).length);
  const { cause, at } = how;
  // Who hands the call on is not the one who ended it.
  if (leg.kind === 'ivr' && (isTransferCause(cause) || cause === 'Route' || cause === 'Redirect')) {
    endLeg(draft, leg, 'Transfer', at);
    return;
  }
  const canHandOver = leg.kind === 'user' || leg.kind === 'phone';
  if (canHandOver && (others.length > 0 || hasOtherHalf(call, party))) {
    decideConsulted(draft, leg);
    if (initiatorLeft(draft, call, leg, cause, at)) return;
    const unsaid = cause === undefined || cause === 'Empty';
    const said = isTransferCause(cause) || (unsaid && wasSentToRouting(draft, leg));
    const plain =
      cause === 'Normal' || cause === 'Abandoned' || (!said && others.filter(isTalking).length > 1);
    const target = plain ? undefined : knownTarget(draft, leg, at, said);
    if (target !== undefined && !awaitsQueue(draft, leg, target, at)) {
      handOver(draft, leg, target, at);
      return;
    }
    if (said) {
      wait(draft, leg, 'transfer', at, 'Transfer', target?.key);
      return;
    }
    if (!plain) {
      call.left++;
      wait(draft, leg, 'unsure', at, side);
      return;
    }
  }
  call.left++;
  endLeg(draft, leg, side, at);
}

/** Whoever the leaving party consults has to be known now. */
function decideConsulted(draft: Draft, leg: Leg): void {
  for (const consult of draft.state.consults) {
    const second = consult.initiator === leg.key ? draft.call(consult.call) : undefined;
    for (const party of second?.parties ?? [])
      if (second !== undefined && party.undecided !== undefined) decide(draft, second, party, true);
  }
}

/** Who made whom leave is taken from the event, else from the order: the first one did, the last one was left. */
function selfOrPeer(call: Call, party: Party, how: Parting, others: number): Disconnect {
  if (how.ctrl !== undefined) return how.ctrl === party.id ? 'Self' : 'Peer';
  return others > 0 || call.left === 0 ? 'Self' : 'Peer';
}

/** Nobody has talked on this leg: it never counts as the party that left first. */
function leaveUnanswered(draft: Draft, call: Call, leg: Leg, how: Parting): void {
  const { at } = how;
  const offered = call.type === 'Inbound' || call.routedAt !== undefined;
  switch (how.cause) {
    case 'Redirect':
    case 'Forward':
    case 'Coverage':
    case 'Route':
    case 'ACD':
      endLeg(draft, leg, 'Transfer', at);
      return;
    case 'NoAnswer':
    case 'Reject':
      endLeg(draft, leg, offered ? 'Transfer' : 'Error', at);
      return;
    case 'Abandoned':
    case 'Normal':
      endLeg(draft, leg, 'Peer', at);
      return;
    case 'Transfer':
    case 'SingleStepTransfer':
    case 'Conference':
      wait(draft, leg, 'moving', at, 'Transfer');
      return;
    case 'Busy':
    case 'Empty':
    case undefined:
      if (othersIn(draft, call, leg).length === 0 && call.routedAt === undefined)
        endLeg(draft, leg, 'Peer', at);
      else wait(draft, leg, 'unanswered', at, offered ? 'Transfer' : 'Peer');
  }
}

/** The consulted party left its call: given up, or about to take part in the main call. */
function leaveConsult(draft: Draft, call: Call, party: Party, leg: Leg, how: Parting): void {
  const { cause, at } = how;
  if (isTransferCause(cause) || cause === 'Conference') {
    wait(draft, leg, 'moving', at, 'Peer');
    return;
  }
  const plain = cause === 'Normal' || cause === 'Abandoned';
  if (leg.alerting && cause !== undefined && cause !== 'Empty' && !plain) {
    leaveUnanswered(draft, call, leg, how);
    return;
  }
  const side = leg.alerting ? 'Peer' : selfOrPeer(call, party, how, call.parties.length > 0 ? 1 : 0);
  if (!leg.alerting) call.left++;
  if (plain) endLeg(draft, leg, side, at);
  else wait(draft, leg, 'consult', at, side);
}

/** The party is still in another call. */
function goOnElsewhere(draft: Draft, leg: Leg, at: number): void {
  const place = draft.places(leg)[0];
  if (place === undefined) return;
  delete leg.leaving;
  leg.home = place.call.key;
  follow(draft, leg, place.party.state, at);
}

/** After a party has left: those whose end was unclear, and who have nobody left to transfer. */
export function settleLeavers(draft: Draft, call: Call): void {
  if (draft.state.legs.some((leg) => isPresent(leg) && leg.kind !== 'queue' && isIn(draft, leg, call)))
    return;
  for (const leg of draft.state.legs) {
    const leaving = leg.leaving;
    if (leaving === undefined || leg.home !== call.key) continue;
    if (leaving.why === 'unsure' && !call.parties.some((party) => party.link === true))
      endLeg(draft, leg, leaving.otherwise, leaving.at);
    else if (leaving.why === 'unanswered') endLeg(draft, leg, 'Peer', leaving.at);
  }
}

export function wait(
  draft: Draft,
  leg: Leg,
  why: Leaving['why'],
  at: number,
  otherwise: Disconnect,
  towards?: LegKey,
): void {
  leg.leaving = { why, at, until: draft.waitEnd, otherwise, ...(towards === undefined ? {} : { towards }) };
}

/** Legs that take part in a call, besides one, and have not left; a queue counts while the call waits in it. */
function othersIn(draft: Draft, call: Call, leg: Leg): Leg[] {
  return draft.state.legs.filter((other) => other !== leg && isPresent(other) && isIn(draft, other, call));
}

function isIn(draft: Draft, leg: Leg, call: Call): boolean {
  if (leg.kind === 'queue') return leg.home === call.key;
  return draft.places(leg).some((place) => place.call === call);
}

/** A supervisor who speaks to the agent alone is nobody to go on with. */
function isObserver(draft: Draft, call: Call, leg: Leg): boolean {
  return draft.places(leg).some((place) => place.call === call && place.party.flags.includes('Audit'));
}

function hasOtherHalf(call: Call, party: Party): boolean {
  return call.parties.some(
    (other) => other !== party && (other.link === true || other.undecided?.why === 'link'),
  );
}

function isListener(party: Party): boolean {
  return party.flags.includes('NoTalk') || party.flags.includes('Audit');
}

function isTalking(leg: Leg): boolean {
  return leg.kind !== 'queue' && !leg.alerting;
}

function isConsulted(draft: Draft, leg: Leg): boolean {
  return running(draft).some((consult) => consult.reached === leg.key && leg.home === consult.call);
}

/** The transfer to this party is complete, but the main call has not named it yet. */
function awaitsMain(draft: Draft, leg: Leg): boolean {
  return draft.state.consults.some(
    (consult) => consult.reached === leg.key && consult.phase === 'over' && leg.home === consult.call,
  );
}
