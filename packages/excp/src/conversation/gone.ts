/** A party leaves a call: whether its leg ends, how, or what has to be awaited before that can be told. */
import type { Cause } from '@exec/engage-link/wire';
import { cancelConsult, initiatorLeft, running, targetEnded } from './consult.ts';
import { type Draft, isOpen, isPresent } from './draft.ts';
import { end, follow } from './legs.ts';
import type { Call, Disconnect, Leaving, Leg, Party } from './state.ts';
import { isTransferCause, knownTarget, transferTo } from './transfer.ts';

export function partyGone(
  draft: Draft,
  call: Call,
  party: Party,
  cause: Cause | undefined,
  at: number,
): void {
  call.parties = call.parties.filter((other) => other !== party);
  const leg = draft.leg(party.leg);
  if (leg === undefined || !isOpen(leg)) return;
  const places = draft.places(leg);
  if (places.length === 0) leaveLast(draft, call, leg, cause, at);
  else if (leg.home === call.key) leaveHome(draft, call, leg, cause, at);
  settleLeavers(draft, call);
}

/** The party is still in another call: an agent who consults, or who has been moved. */
function leaveHome(draft: Draft, call: Call, leg: Leg, cause: Cause | undefined, at: number): void {
  if (othersIn(draft, call, leg).length === 0) goOnElsewhere(draft, leg, at);
  else if (!initiatorLeft(draft, call, leg, cause, at)) {
    const target = isTransferCause(cause) ? knownTarget(draft, leg, at, true) : undefined;
    if (target !== undefined) transferTo(draft, leg, target, at);
    else wait(draft, leg, isTransferCause(cause) ? 'transfer' : 'unsure', at, 'Self');
  }
}

function leaveLast(draft: Draft, call: Call, leg: Leg, cause: Cause | undefined, at: number): void {
  if (leg.leaving !== undefined) return;
  if (leg.failed === true || cause === 'Busy') {
    finish(draft, leg, 'Error', at);
    call.left++;
    return;
  }
  if (isConsulted(draft, leg)) leaveConsult(draft, call, leg, cause, at);
  else if (leg.alerting) leaveUnanswered(draft, call, leg, cause, at);
  else leaveAnswered(draft, call, leg, cause, at);
}

function leaveAnswered(draft: Draft, call: Call, leg: Leg, cause: Cause | undefined, at: number): void {
  const others = othersIn(draft, call, leg);
  const first = others.length > 0 || call.left === 0;
  call.left++;
  if (leg.kind === 'ivr' && (isTransferCause(cause) || cause === 'Route' || cause === 'Redirect')) {
    finish(draft, leg, 'Transfer', at);
    return;
  }
  const canHandOver = leg.kind === 'user' || leg.kind === 'phone';
  if (canHandOver && others.length > 0) {
    if (initiatorLeft(draft, call, leg, cause, at)) return;
    const said = isTransferCause(cause);
    const plain =
      cause === 'Normal' || cause === 'Abandoned' || (!said && others.filter(isTalking).length > 1);
    const target = plain ? undefined : knownTarget(draft, leg, at, said);
    if (target !== undefined) return transferTo(draft, leg, target, at);
    if (!plain) return wait(draft, leg, said ? 'transfer' : 'unsure', at, said ? 'Transfer' : 'Self');
  }
  finish(draft, leg, first ? 'Self' : 'Peer', at);
}

/** Nobody has talked on this leg: it never counts as the party that left first. */
function leaveUnanswered(draft: Draft, call: Call, leg: Leg, cause: Cause | undefined, at: number): void {
  const offered = call.type === 'Inbound' || call.routed;
  switch (cause) {
    case 'Redirect':
    case 'Forward':
    case 'Coverage':
    case 'Route':
    case 'ACD':
      return finish(draft, leg, 'Transfer', at);
    case 'NoAnswer':
    case 'Reject':
      return finish(draft, leg, offered ? 'Transfer' : 'Error', at);
    case 'Abandoned':
    case 'Normal':
      return finish(draft, leg, 'Peer', at);
    case 'Transfer':
    case 'SingleStepTransfer':
    case 'Conference':
      return wait(draft, leg, 'moving', at, 'Transfer');
    case 'Busy':
    case 'Empty':
    case undefined:
      if (othersIn(draft, call, leg).length === 0) finish(draft, leg, 'Peer', at);
      else wait(draft, leg, 'unanswered', at, offered ? 'Transfer' : 'Peer');
  }
}

/** The consulted party left its call: given up, or about to take part in the main call. */
function leaveConsult(draft: Draft, call: Call, leg: Leg, cause: Cause | undefined, at: number): void {
  const unanswered = leg.alerting;
  if (isTransferCause(cause) || cause === 'Conference' || completedFor(draft, leg))
    return wait(draft, leg, 'moving', at, 'Peer');
  if (unanswered && (cause === 'NoAnswer' || cause === 'Reject')) return finish(draft, leg, 'Error', at);
  if (unanswered && cause !== undefined && cause !== 'Empty' && cause !== 'Normal' && cause !== 'Abandoned')
    return finish(draft, leg, 'Transfer', at);
  const how: Disconnect = unanswered ? 'Peer' : call.parties.length > 0 && call.left === 0 ? 'Self' : 'Peer';
  if (!unanswered) call.left++;
  if (cause === 'Normal' || cause === 'Abandoned') return finish(draft, leg, how, at);
  wait(draft, leg, 'consult', at, how);
}

/** The leg goes on in the other call of its party, with the state it has there; its consultation is over. */
export function goOnElsewhere(draft: Draft, leg: Leg, at: number): void {
  const place = draft.places(leg)[0];
  if (place === undefined) return;
  delete leg.leaving;
  const before = leg.home;
  leg.home = place.call.key;
  for (const consult of running(draft))
    if (consult.main === before && consult.initiator === leg.key) cancelConsult(draft, consult, at);
  for (const consult of draft.state.consults)
    if (consult.main === before && consult.call === leg.home) consult.phase = 'over';
  follow(draft, leg, place.party.state, at);
}

/** Ends the leg; a consultation that waited for it is given up. */
export function finish(draft: Draft, leg: Leg, how: Disconnect, at: number): void {
  end(draft, leg, how, at);
  targetEnded(draft, leg, at);
}

/** After a party has left: those whose end was unclear and who have nobody left to transfer. */
export function settleLeavers(draft: Draft, call: Call): void {
  if (draft.state.legs.some((leg) => isPresent(leg) && leg.kind !== 'queue' && isIn(draft, leg, call)))
    return;
  for (const leg of draft.state.legs) {
    const leaving = leg.leaving;
    if (leaving === undefined || leg.home !== call.key) continue;
    if (leaving.why === 'unsure') resolve(draft, leg, leaving.otherwise);
    else if (leaving.why === 'unanswered') resolve(draft, leg, 'Peer');
  }
}

/** Ends a leg that was left open, at the time its party left; or lets it go on where its party still is. */
export function resolve(draft: Draft, leg: Leg, how: Disconnect): void {
  const leaving = leg.leaving;
  if (leaving === undefined) return;
  if (draft.places(leg).length > 0 && leaving.why !== 'queue') goOnElsewhere(draft, leg, leaving.at);
  else finish(draft, leg, how, leaving.at);
}

function wait(draft: Draft, leg: Leg, why: Leaving['why'], at: number, otherwise: Disconnect): void {
  leg.leaving = { why, at, until: draft.waitEnd, otherwise };
}

/** Legs that take part in a call, besides one, and have not left; a queue counts while the call waits in it. */
function othersIn(draft: Draft, call: Call, leg: Leg): Leg[] {
  return draft.state.legs.filter((other) => other !== leg && isPresent(other) && isIn(draft, other, call));
}

function isIn(draft: Draft, leg: Leg, call: Call): boolean {
  if (leg.kind === 'queue') return leg.home === call.key;
  return draft.places(leg).some((place) => place.call === call);
}

function isTalking(leg: Leg): boolean {
  return leg.kind !== 'queue' && !leg.alerting;
}

function isConsulted(draft: Draft, leg: Leg): boolean {
  return running(draft).some((consult) => consult.target === leg.key) || completedFor(draft, leg);
}

/** The transfer to this party is complete, but the main call has not named it yet. */
function completedFor(draft: Draft, leg: Leg): boolean {
  return draft.state.consults.some(
    (consult) => consult.target === leg.key && consult.phase === 'over' && leg.home === consult.call,
  );
}
