/** Virtual queues: one leg for each stay of a call in a mapped queue. */

import { latest } from '@exec/common/instants';
import type { Queued, Unqueued } from '../events/engage-events.ts';
import { type Draft, isOpen } from './draft.ts';
import { establish } from './legs.ts';
import { endLeg, legIsNew, toLeaving } from './machines.ts';
import type { Call, Leg } from './state.ts';

/**
 * @rule Each stay of a call in a mapped queue is a leg of its own.
 * @scenario inbound-queue-call, two-queues-at-once, moved-to-second-queue, unmapped-queue
 */
export function queued(draft: Draft, call: Call, input: Queued): void {
  const { lookups } = draft.context;
  const queueId = lookups.queue(input.site, input.queue);
  if (queueId === undefined) return;
  if (draft.state.legs.some((leg) => isStay(leg, input) && (input.stay !== undefined || isOpen(leg)))) {
    draft.note('repeated-stay');
    return;
  }
  const found = draft.state.legs.find((leg) => isFoundStay(leg, call, input));
  if (found !== undefined) {
    found.stay = input.stay;
    return;
  }
  const skillIds = lookups.skills(input.skills ?? []);
  const customer = draft.state.legs.find((leg) => leg.kind === 'external' && leg.at <= input.at);
  const consult = draft.consultOf(call);
  const leg = establish(draft, {
    key: `q:${input.stay ?? `${call.uuid}/${input.queue}`}`,
    is: { kind: 'queue', queueId, ...(skillIds.length === 0 ? {} : { skillIds }) },
    call,
    dn: input.queue,
    at: input.at,
    alerting: false,
    inbound: call.type !== 'Outbound',
    invitedBy: consult?.initiator ?? (customer ?? draft.state.legs[0])?.key,
    ani: input.ani ?? call.ani,
    dnis: input.dnis ?? call.dnis,
    stay: input.stay,
  });
  if (leg === undefined) return;
  legIsNew(draft, leg, input.at);
  // It comes late: how the stay ended may still come, but nothing else does.
  if (call.endedAt !== undefined && isOpen(leg))
    toLeaving(draft, leg, {
      kind: 'call-ended',
      why: 'queue',
      wait: draft.wait(latest(input.at, call.endedAt)),
      otherwise: 'Peer',
    });
}

/**
 * @rule A stay ends as Transfer when the queue hands the call to a number, as System when another queue took it, as Peer when it is abandoned.
 * @scenario inbound-queue-call, two-queues-at-once, abandon-in-queue
 */
export function unqueued(draft: Draft, call: Call, input: Unqueued): void {
  const leg = stayOf(draft, call, input);
  if (leg === undefined) {
    if (draft.context.lookups.queue(input.site, input.queue) !== undefined) draft.note('unknown-stay');
    return;
  }
  if (input.kind === 'abandoned') endLeg(draft, leg, 'Peer', input.at);
  else endLeg(draft, leg, input.target === undefined ? 'System' : 'Transfer', input.at);
}

/**
 * By the identity of the stay; without one by call and queue. A consultation that was completed meanwhile may be
 * named by the main call, so the queue alone decides where no stay of that call is open.
 */
function stayOf(draft: Draft, call: Call, input: Unqueued): Leg | undefined {
  const open = draft.state.legs.filter(
    (leg) => leg.kind === 'queue' && isOpen(leg) && leg.site === input.site,
  );
  if (input.stay !== undefined) {
    const exact = open.find((leg) => leg.stay === input.stay);
    if (exact !== undefined) return exact;
  }
  const sameQueue = open.filter(
    (leg) => leg.dn === input.queue && (leg.stay === undefined || input.stay === undefined),
  );
  return sameQueue.find((leg) => leg.home === call.key) ?? sameQueue[0];
}

/** A snapshot named it while the event was still on its way: it did not say which stay it is. */
function isFoundStay(leg: Leg, call: Call, input: Queued): boolean {
  if (leg.kind !== 'queue' || leg.site !== input.site || leg.dn !== input.queue) return false;
  return isOpen(leg) && leg.home === call.key && leg.stay === undefined && input.at <= leg.at;
}

function isStay(leg: Leg, input: Queued): boolean {
  if (leg.kind !== 'queue' || leg.site !== input.site || leg.dn !== input.queue) return false;
  return leg.stay === input.stay;
}
