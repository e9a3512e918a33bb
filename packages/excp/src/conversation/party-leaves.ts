/** A party leaves a call: what its leg was, and what others do; `leaving.ts` decides what that means. */
import type { EngageMicros } from '@exec/common/instants';
import { countLeft, removeParty } from './calls.ts';
import { type Draft, isOpen, isPresent } from './draft.ts';
import { type Departure, type HandingOver, transferSign } from './leaving.ts';
import { follow, moveHome } from './legs.ts';
import { hasJoined, initiatorLeft, running, toLeaving } from './machines.ts';
import { type Parting, toUndecided } from './party-joins.ts';
import type { Call, Leg, Party } from './state.ts';
import { awaitsQueue, knownTarget, wasSentToRouting } from './transfer.ts';

/**
 * @rule Self is who leaves first, or whom the event names; who is left behind ends as Peer.
 * @scenario agent-hangs-up, inbound-queue-call, conference-of-many, supervisor-joins
 */
export function partyGone(draft: Draft, call: Call, party: Party, how: Parting): void {
  removeParty(call, party);
  const leg = draft.leg(party.leg);
  if (leg === undefined || !isOpen(leg)) {
    // One who has no leg here may still have talked: the agent in his consultation, the half on another site.
    if (party.type !== 'RoutingPoint' && party.type !== 'Queue' && !isListener(party)) countLeft(call);
  } else if (draft.places(leg).length === 0) leave(draft, call, party, leg, how);
  else if (leg.home === call.key) goOnElsewhere(draft, leg, how.at);
  endWhenNobodyStays(draft, call);
}

function leave(draft: Draft, call: Call, party: Party, leg: Leg, how: Parting): void {
  if (leg.leaving !== undefined) return;
  const departure = departureOf(draft, call, party, leg, how);
  if (departure !== 'as-initiator')
    toLeaving(draft, leg, { kind: 'left', wait: draft.wait(how.at), how: departure }, call);
}

/** `as-initiator`: by leaving it has completed a consultation of its own, and has ended with that. */
function departureOf(
  draft: Draft,
  call: Call,
  party: Party,
  leg: Leg,
  how: Parting,
): Departure | 'as-initiator' {
  const { cause, at } = how;
  if (leg.failed === true || (leg.alerting && cause === 'Busy')) return { as: 'failed' };
  if (awaitsMain(draft, leg)) return { as: 'transferred' };
  const wasOffered = call.type === 'Inbound' || call.routedAt !== undefined;
  const others = othersIn(draft, call, leg);
  const isAlone = others.length === 0 && call.routedAt === undefined;
  if (isConsulted(draft, leg)) {
    // He has consulted somebody himself, and hands the consultation over to him.
    if (hasJoined(draft, call, leg) && initiatorLeft(draft, call, leg, cause, at)) return 'as-initiator';
    const side = selfOrPeer(call, party, how, call.parties.length);
    return { as: 'consulted', cause, isAlerting: leg.alerting, wasOffered, isAlone, side };
  }
  if (leg.alerting) return { as: 'unanswered', cause, wasOffered, isAlone };
  const isIvr = leg.kind === 'ivr';
  const side = selfOrPeer(call, party, how, others.filter((other) => !isObserver(draft, call, other)).length);
  const leavesOthers = others.length > 0 || hasOtherHalf(call, party);
  if (!leavesOthers || (leg.kind !== 'user' && leg.kind !== 'phone'))
    return { as: 'answered', cause, isIvr, side, handsOver: undefined };
  decideConsulted(draft, leg);
  if (initiatorLeft(draft, call, leg, cause, at)) return 'as-initiator';
  return { as: 'answered', cause, isIvr, side, handsOver: handingOver(draft, leg, how, others) };
}

function handingOver(draft: Draft, leg: Leg, { cause, at }: Parting, others: readonly Leg[]): HandingOver {
  const sign = transferSign(cause, wasSentToRouting(draft, leg), others.filter(isTalking).length);
  const target = sign === 'plain' ? undefined : knownTarget(draft, leg, at, sign === 'said');
  if (target === undefined) return { sign };
  return { sign, target: { leg: target.key, queueMayCome: awaitsQueue(draft, leg, target, at) } };
}

/** Whoever the leaving party consults has to be known now. */
function decideConsulted(draft: Draft, leg: Leg): void {
  for (const consult of draft.state.consults) {
    const second = consult.initiator === leg.key ? draft.call(consult.call) : undefined;
    for (const party of [...(second?.parties ?? [])])
      if (second !== undefined && party.undecided !== undefined) {
        const left = toUndecided(draft, second, party, { kind: 'needed' });
        if (left !== undefined) partyGone(draft, second, party, left);
      }
  }
}

/** Self if CtrlParty is this party. Without CtrlParty: the first to leave is Self, the last is Peer. */
function selfOrPeer(call: Call, party: Party, how: Parting, others: number): 'Self' | 'Peer' {
  if (how.ctrl !== undefined) return how.ctrl === party.id ? 'Self' : 'Peer';
  return others > 0 || call.left === 0 ? 'Self' : 'Peer';
}

/** The party is still in another call. */
function goOnElsewhere(draft: Draft, leg: Leg, at: EngageMicros): void {
  const place = draft.places(leg)[0];
  if (place === undefined) return;
  toLeaving(draft, leg, { kind: 'goes-on' });
  moveHome(leg, place.call);
  follow(draft, leg, place.party.state, at);
}

/** After a party has left: those whose end was unclear, and who have nobody left to transfer. */
export function endWhenNobodyStays(draft: Draft, call: Call): void {
  if (draft.state.legs.some((leg) => isPresent(leg) && leg.kind !== 'queue' && isIn(draft, leg, call)))
    return;
  for (const leg of draft.state.legs) {
    if (leg.leaving === undefined || leg.home !== call.key) continue;
    const isLinked = call.parties.some(mayBeOtherHalf);
    toLeaving(draft, leg, { kind: 'nobody-stays', isLinked });
  }
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
  return call.parties.some((other) => other !== party && mayBeOtherHalf(other));
}

function mayBeOtherHalf({ link, undecided }: Party): boolean {
  return link === true || undecided?.why === 'link';
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
