/** Transfers without consultation: who left, what the call was handed to, and how the leg that left ends. */
import type { Cause } from '@exec/engage-link/wire';
import type { Destination } from './changes.ts';
import { type Draft, isOpen, isPresent } from './draft.ts';
import { end } from './legs.ts';
import type { Disconnect, Leg } from './state.ts';

export function isTransferCause(cause: Cause | undefined): boolean {
  return cause === 'Transfer' || cause === 'SingleStepTransfer';
}

/** Whether a leg can be handed a call, or hand one over. */
function canReceive(leg: Leg): boolean {
  return leg.kind === 'user' || leg.kind === 'phone' || leg.kind === 'queue';
}

/**
 * What a party that leaves at `at` hands its call to, if that is known already.
 * `said`: a cause tells that it is a transfer; without it only a target that nobody talks to yet counts.
 */
export function knownTarget(draft: Draft, leg: Leg, at: number, said: boolean): Leg | undefined {
  const since = leg.answeredAt ?? leg.at;
  const recent = at - draft.world.settings.waitMs * 1000;
  return draft.state.legs.findLast((target) => {
    if (target === leg || !canReceive(target) || target.at < since || !ofSameHands(draft, leg, target))
      return false;
    if (!isPresent(target) || target.cause === 'Conference') return false;
    if (target.kind === 'queue') return true;
    const unspokenTo = target.alerting || (target.answeredAt ?? 0) > recent;
    return (said && (target.by === leg.key || isTransferCause(target.cause))) || unspokenTo;
  });
}

/** A party called in a consultation is a target only for the one who consults. */
function ofSameHands(draft: Draft, leg: Leg, target: Leg): boolean {
  if (target.consult === undefined || target.consult === leg.consult) return true;
  return draft.state.consults.some(
    (consult) => consult.call === target.consult && consult.initiator === leg.key,
  );
}

/**
 * The queue that a party that left at `at` sent its call to, when that queue has delivered it to `target` before it
 * was known who left: the connection of the queues was ahead.
 */
function queueBetween(draft: Draft, leg: Leg, target: Leg, at: number): Leg | undefined {
  const since = leg.answeredAt ?? leg.at;
  return draft.state.legs.findLast(
    (queue) =>
      queue.kind === 'queue' &&
      queue.at >= since &&
      queue.at <= target.at &&
      (queue.endedAt ?? 0) > at &&
      ofSameHands(draft, leg, queue),
  );
}

/** Whether the party sent its call to a routing point before it left. */
export function wasSentToRouting(draft: Draft, leg: Leg): boolean {
  const routedAt = draft.call(leg.home)?.routedAt;
  return routedAt !== undefined && routedAt >= (leg.answeredAt ?? leg.at);
}

/** Whether a queue may have been between the party that left at `at` and `target` that is not known yet. */
export function awaitsQueue(draft: Draft, leg: Leg, target: Leg, at: number): boolean {
  return (
    target.kind !== 'queue' &&
    wasSentToRouting(draft, leg) &&
    queueBetween(draft, leg, target, at) === undefined &&
    !draft.world.caughtUp(leg.site, 'queues', target.at)
  );
}

/** A new leg: perhaps what a party that has left was waiting to be transferred to. */
export function newTarget(draft: Draft, target: Leg, at: number): void {
  if (!canReceive(target)) return;
  for (const leg of draft.state.legs) {
    const leaving = leg.leaving;
    if (leaving === undefined || leg === target || !isOpen(leg) || !ofSameHands(draft, leg, target)) continue;
    if (leaving.why === 'unanswered') end(draft, leg, 'Transfer', leaving.at);
    else if (leaving.why !== 'transfer' && leaving.why !== 'unsure') continue;
    else if (awaitsQueue(draft, leg, target, leaving.at))
      leg.leaving = { ...leaving, towards: leaving.towards ?? target.key };
    else transferTo(draft, leg, target, Math.max(at, leaving.at));
  }
}

/** Hands the call over and ends the leg. */
export function transferTo(draft: Draft, leg: Leg, target: Leg, at: number): void {
  const object = objectOf(draft, leg, target);
  const between =
    target.kind === 'user' ? queueBetween(draft, leg, target, leg.leaving?.at ?? at) : undefined;
  const sentTo = between ?? target;
  const destination = destinationOf(sentTo);
  if (object !== undefined && destination !== undefined)
    draft.changes.push({
      change: 'transferred',
      at,
      initiating: leg.key,
      object: object.key,
      target: target.key,
      destination,
    });
  end(draft, leg, disconnectBy(sentTo), at);
}

/** The party that is handed over: the customer, else whoever else is in the conversation. */
export function objectOf(draft: Draft, initiator: Leg, target: Leg): Leg | undefined {
  const others = draft.state.legs.filter(
    (leg) => isPresent(leg) && leg !== initiator && leg !== target && leg.kind !== 'queue',
  );
  const main = others.filter((leg) => leg.consult === undefined || leg.consult !== target.consult);
  return main.find((leg) => leg.kind === 'external') ?? main[0];
}

function destinationOf(target: Leg): Destination | undefined {
  if (target.userId !== undefined) return { kind: 'user', userId: target.userId };
  if (target.queueId !== undefined) return { kind: 'queue', queueId: target.queueId };
  return target.dn === '' ? undefined : { kind: 'phone', number: target.dn };
}

function disconnectBy(target: Leg): Disconnect {
  if (target.kind === 'user') return 'TransferUser';
  return target.kind === 'queue' ? 'TransferACD' : 'Transfer';
}
