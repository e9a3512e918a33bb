/** A call ends: its parties leave, its queue legs end with it, its consultations are settled. */
import { cancelConsult, running } from './consult.ts';
import { type Draft, isOpen } from './draft.ts';
import { finish, goOnElsewhere, resolve, settleLeavers } from './gone.ts';
import type { CallDeleted } from './inputs.ts';
import { type Call, callKey, type Party } from './state.ts';

export function callDeleted(draft: Draft, call: Call, input: CallDeleted): void {
  if (call.endedAt !== undefined) return draft.note('repeated-call');
  const into = input.into === undefined ? undefined : draft.call(callKey(call.site, input.into));
  const goesOn = into !== undefined && into.endedAt === undefined && into !== call;
  for (const party of [...call.parties]) {
    if (party.undecided !== undefined) {
      party.undecided.later.push({ state: 'gone', at: input.at });
      continue;
    }
    if (goesOn) moveOut(draft, call, party.leg, input.at);
    else drop(draft, call, party, input.at);
  }
  call.parties = call.parties.filter((party) => party.undecided !== undefined);
  call.endedAt = input.at;
  settleConsults(draft, call, goesOn, input.at);
  settleLeavers(draft, call);
  for (const leg of draft.state.legs) {
    if (leg.home !== call.key || !isOpen(leg)) continue;
    if (leg.kind === 'queue') endQueue(draft, call, leg.key, input.at, goesOn);
    else if (leg.leaving?.why === 'consult' && !goesOn) resolve(draft, leg, leg.leaving.otherwise);
    else if (leg.leaving === undefined && draft.places(leg).length === 0 && call.parties.length === 0)
      finish(draft, leg, 'Peer', input.at);
  }
}

/** A party whose leaving nobody told: who left first is not known, so nobody did. */
function drop(draft: Draft, call: Call, party: Party, at: number): void {
  const leg = draft.leg(party.leg);
  if (leg === undefined) return;
  call.parties = call.parties.filter((other) => other !== party);
  if (draft.places(leg).length === 0 && leg.leaving === undefined)
    finish(draft, leg, leg.failed === true ? 'Error' : 'Peer', at);
}

/** A party of a call that was merged into another: it will be named there, unless it is there already. */
function moveOut(draft: Draft, call: Call, key: string | undefined, at: number): void {
  const leg = draft.leg(key);
  call.parties = call.parties.filter((party) => party.leg !== key || key === undefined);
  if (leg === undefined || !isOpen(leg) || draft.places(leg).length > 0) return;
  leg.leaving ??= { why: 'moving', at, until: draft.waitEnd, otherwise: 'Peer' };
}

/** The main call is gone: those who consult go on by themselves. The consultation is gone: it is given up. */
function settleConsults(draft: Draft, call: Call, goesOn: boolean, at: number): void {
  for (const consult of running(draft)) {
    if (consult.main === call.key && !goesOn) {
      const initiator = draft.leg(consult.initiator);
      if (initiator !== undefined && isOpen(initiator) && initiator.home === call.key)
        goOnElsewhere(draft, initiator, at);
      else cancelConsult(draft, consult, at);
    } else if (consult.call === call.key && !goesOn && consult.phase === 'begun') {
      const target = draft.leg(consult.target);
      if (target?.leaving?.why === 'moving') continue;
      if (target !== undefined && isOpen(target))
        finish(draft, target, target.leaving?.otherwise ?? 'Peer', at);
      else cancelConsult(draft, consult, at);
    }
  }
}

/** The queue itself may still tell how the stay ended; a merged call waits on in the other one. */
function endQueue(draft: Draft, call: Call, key: string, at: number, goesOn: boolean): void {
  const leg = draft.leg(key);
  if (leg === undefined || leg.leaving !== undefined) return;
  if (goesOn) {
    const into = draft.state.calls.find((other) => other.endedAt === undefined && other.key !== call.key);
    if (into !== undefined) leg.home = into.key;
  } else if (draft.world.caughtUp(call.site, 'queues', at)) finish(draft, leg, 'Peer', at);
  else leg.leaving = { why: 'queue', at, until: draft.waitEnd, otherwise: 'Peer' };
}
