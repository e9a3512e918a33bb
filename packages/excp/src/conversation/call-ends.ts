/** A call ends: its parties leave, its queue legs and its consultations end with it. */

import type { EngageMicros } from '@exec/common/instants';
import type { CallDeleted } from '../events/engage-events.ts';
import { dropParty, endCall } from './calls.ts';
import { type Draft, isOpen } from './draft.ts';
import { moveHome } from './legs.ts';
import { endLeg, initiatorOf, toConsult, toLeaving } from './machines.ts';
import { toUndecided } from './party-joins.ts';
import { endWhenNobodyStays } from './party-leaves.ts';
import { type Call, type Consult, callKey, type Leg } from './state.ts';

/**
 * @rule A call that ends takes its parties with it, as System where no event says who left first.
 * @scenario call-dropped, consult-customer-hangs-up, merge-of-two-calls
 */
export function callDeleted(draft: Draft, call: Call, input: CallDeleted): void {
  if (call.endedAt !== undefined) {
    draft.note('repeated-call');
    return;
  }
  const { at } = input;
  const into = input.into === undefined ? undefined : draft.call(callKey(call.site, input.into));
  const goesOn = into !== undefined && into.endedAt === undefined && into !== call;
  const dropped = call.parties.some((party) => party.leg !== undefined);
  for (const party of [...call.parties]) {
    if (party.undecided !== undefined) {
      toUndecided(draft, call, party, { kind: 'call-ended', at });
      continue;
    }
    dropParty(call, party);
    const leg = draft.leg(party.leg);
    if (leg === undefined || !isOpen(leg) || draft.places(leg).length > 0 || leg.leaving !== undefined)
      continue;
    if (goesOn)
      toLeaving(draft, leg, { kind: 'call-ended', why: 'moving', wait: draft.wait(at), otherwise: 'Peer' });
    // No event says who left first, so nobody did: the switch ended it.
    else endLeg(draft, leg, leg.failed === true ? 'Error' : 'System', at);
  }
  endCall(call, at);
  endConsults(draft, call, goesOn ? into : undefined, at);
  endWhenNobodyStays(draft, call);
  for (const leg of draft.state.legs) {
    if (leg.home !== call.key || !isOpen(leg)) continue;
    if (leg.kind === 'queue') endQueue(draft, call, leg, at, goesOn ? into : undefined, dropped);
    else if (!goesOn) toLeaving(draft, leg, { kind: 'consult-over' });
  }
}

/** The main call is gone, or the consultation is: both end it, unless the one goes on in the other. */
function endConsults(draft: Draft, call: Call, into: Call | undefined, at: EngageMicros): void {
  for (const { call: key } of [...draft.state.consults]) {
    const main = draft.consult(key)?.main;
    if (main === call.key && into === undefined) toConsult(draft, key, { kind: 'main-ended', at });
    const consult = draft.consult(key);
    if (key !== call.key || consult === undefined) continue;
    const initiator = initiatorOf(draft, consult);
    const intoMain = into?.key === consult.main;
    toConsult(draft, key, {
      kind: 'call-ended',
      at,
      intoMain,
      initiator,
      reached: reachedOf(draft, consult),
    });
  }
}

function reachedOf(draft: Draft, consult: Consult): 'open' | 'moving' | 'gone' {
  const reached = draft.leg(consult.reached);
  if (reached?.leaving?.why === 'moving') return 'moving';
  return reached !== undefined && isOpen(reached) ? 'open' : 'gone';
}

/** The queue itself may still say how the stay ended; a merged call waits on in the other one. */
function endQueue(
  draft: Draft,
  call: Call,
  leg: Leg,
  at: EngageMicros,
  into: Call | undefined,
  dropped: boolean,
): void {
  if (leg.leaving !== undefined) return;
  const how = dropped ? 'System' : 'Peer';
  if (into !== undefined) moveHome(leg, into);
  else if (draft.context.caughtUp(call.site, 'queues', at, draft.context.place)) endLeg(draft, leg, how, at);
  else toLeaving(draft, leg, { kind: 'call-ended', why: 'queue', wait: draft.wait(at), otherwise: how });
}
