/** Transfers without consultation: what a call may have been handed to, who is handed over, and how that ends. */
import { type EngageMicros, engageLaterBy } from '@exec/common/instants';
import type { Destination, Transferred } from './changes.ts';
import { type Draft, isPresent } from './draft.ts';
import { isTransferCause } from './leaving.ts';
import type { Disconnect, Leg } from './state.ts';

/** Whether a leg can be handed a call, or hand one over. */
export function canReceive(leg: Leg): boolean {
  return leg.kind === 'user' || leg.kind === 'phone' || leg.kind === 'queue';
}

/**
 * What a party that leaves at `at` hands its call to, if that is known already.
 * `said`: a cause says that it is a transfer; without it only a target that nobody talks to yet counts.
 */
export function knownTarget(draft: Draft, leg: Leg, at: EngageMicros, said: boolean): Leg | undefined {
  const since = leg.answeredAt ?? leg.at;
  const recent = engageLaterBy(at, -draft.context.settings.waitMs);
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
export function ofSameHands(draft: Draft, leg: Leg, target: Leg): boolean {
  if (target.consult === undefined || target.consult === leg.consult) return true;
  return draft.state.consults.some(
    (consult) => consult.call === target.consult && consult.initiator === leg.key,
  );
}

/**
 * The queue that a party that left at `at` sent its call to, when that queue has delivered it to `target` before it
 * was known who left: the connection of the queues was ahead.
 */
function queueBetween(draft: Draft, leg: Leg, target: Leg, at: EngageMicros): Leg | undefined {
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
export function awaitsQueue(draft: Draft, leg: Leg, target: Leg, at: EngageMicros): boolean {
  return (
    target.kind !== 'queue' &&
    wasSentToRouting(draft, leg) &&
    queueBetween(draft, leg, target, at) === undefined &&
    !draft.context.caughtUp(leg.site, 'queues', target.at, leg.leaving?.place ?? draft.context.place)
  );
}

/**
 * What is published of a transfer, and how the leg that hands over ends.
 *
 * @rule A transfer without consultation names the leg that hands over, the one that is handed over, and where it goes.
 * @scenario transfer-to-agent, transfer-to-queue, transfer-to-number, transfer-to-unmapped-queue
 * @param at event time of the transfer, microseconds
 */
export function transferOf(
  draft: Draft,
  leg: Leg,
  target: Leg,
  at: EngageMicros,
): { readonly change: Transferred | undefined; readonly how: Disconnect } {
  const object = objectOf(draft, leg, target);
  const between =
    target.kind === 'user' ? queueBetween(draft, leg, target, leg.leaving?.at ?? at) : undefined;
  const sentTo = between ?? target;
  const destination = destinationOf(sentTo);
  const change: Transferred | undefined =
    object === undefined || destination === undefined
      ? undefined
      : {
          change: 'transferred',
          at,
          initiating: leg.key,
          object: object.key,
          target: target.key,
          destination,
        };
  return { change, how: disconnectBy(sentTo) };
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
