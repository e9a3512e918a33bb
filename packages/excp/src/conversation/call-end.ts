/** A call ends: its parties leave, its queue legs end with it, its consultations are settled. */

import type { CallDeleted } from '../intake/inputs.ts';
import { cancelConsult, completeConsult, endLeg, running } from './consult.ts';
import { type Draft, isOpen } from './draft.ts';
import { settleLeavers, wait } from './gone.ts';
import { type Call, callKey, type Leg } from './state.ts';

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
      party.undecided.later.push({ state: 'gone', at });
      continue;
    }
    call.parties = call.parties.filter((other) => other !== party);
    const leg = draft.leg(party.leg);
    if (leg === undefined || !isOpen(leg) || draft.places(leg).length > 0 || leg.leaving !== undefined)
      continue;
    if (goesOn) wait(draft, leg, 'moving', at, 'Peer');
    // Nobody told who left first, so nobody did: the switch ended it.
    else endLeg(draft, leg, leg.failed === true ? 'Error' : 'System', at);
  }
  call.endedAt = at;
  settleConsults(draft, call, goesOn ? into : undefined, at);
  settleLeavers(draft, call);
  for (const leg of draft.state.legs) {
    if (leg.home !== call.key || !isOpen(leg)) continue;
    if (leg.kind === 'queue') endQueue(draft, call, leg, at, goesOn ? into : undefined, dropped);
    else if (leg.leaving?.why === 'consult' && !goesOn)
      endLeg(draft, leg, leg.leaving.otherwise, leg.leaving.at);
  }
}

/** The main call is gone, or the consultation is: both end it, unless the one goes on in the other. */
function settleConsults(draft: Draft, call: Call, into: Call | undefined, at: number): void {
  for (const consult of draft.state.consults) {
    if (consult.main === call.key && into === undefined) {
      cancelConsult(draft, consult, at);
      consult.phase = 'over';
    }
    if (consult.call !== call.key || !running(draft).includes(consult)) continue;
    const initiator = draft.leg(consult.initiator);
    if (into?.key === consult.main) {
      if (initiator?.leaving !== undefined) completeConsult(draft, consult, initiator, initiator.leaving.at);
    } else if (consult.phase === 'begun') giveUp(draft, consult, at);
  }
}

function giveUp(draft: Draft, consult: Parameters<typeof cancelConsult>[1], at: number): void {
  const reached = draft.leg(consult.reached);
  if (reached?.leaving?.why === 'moving') return;
  if (reached !== undefined && isOpen(reached))
    endLeg(draft, reached, reached.leaving?.otherwise ?? 'Peer', reached.leaving?.at ?? at);
  if (consult.phase === 'begun') cancelConsult(draft, consult, at);
}

/** The queue itself may still tell how the stay ended; a merged call waits on in the other one. */
function endQueue(
  draft: Draft,
  call: Call,
  leg: Leg,
  at: number,
  into: Call | undefined,
  dropped: boolean,
): void {
  if (leg.leaving !== undefined) return;
  const how = dropped ? 'System' : 'Peer';
  if (into !== undefined) leg.home = into.key;
  else if (draft.world.caughtUp(call.site, 'queues', at)) endLeg(draft, leg, how, at);
  else wait(draft, leg, 'queue', at, how);
}
