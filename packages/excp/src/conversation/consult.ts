/** Consultations: begun when the consulted party is there, then completed, merged into a conference, or given up. */
import { type Draft, isOpen, isPresent } from './draft.ts';
import { end } from './legs.ts';
import type { Call, Consult, Leg, Party } from './state.ts';
import { isTransferCause, objectOf } from './transfer.ts';

/** Called whenever the one who consults, or the one who is consulted, has become known. */
export function beginConsult(draft: Draft, consult: Consult, at: number, target?: Leg): void {
  if (target !== undefined) consult.target = target.key;
  if (consult.phase !== 'waiting') return;
  const initiator = draft.leg(consult.initiator);
  const called = draft.leg(consult.target);
  if (initiator === undefined || called === undefined || !isPresent(initiator) || !isPresent(called)) return;
  const object = objectOf(draft, initiator, called);
  if (object === undefined) return;
  consult.object = object.key;
  consult.phase = 'begun';
  tell(draft, consult, 'consult-begun', Math.max(at, called.at));
}

/** The consulted party takes part in the main call: completion or conference. */
export function joinMain(draft: Draft, main: Call, leg: Leg, party: Party): void {
  const consult = draft.state.consults.find(
    (candidate) => candidate.main === main.key && candidate.target === leg.key && candidate.phase !== 'over',
  );
  if (consult === undefined) return;
  const initiator = draft.leg(consult.initiator);
  if (initiator === undefined || !isOpen(initiator)) consult.phase = 'over';
  else if (party.cause === 'Conference') mergeConsult(draft, consult, party.at);
  else if (initiator.leaving !== undefined) completeConsult(draft, consult, initiator, initiator.leaving.at);
  else {
    consult.phase = consult.phase === 'begun' ? 'joined' : consult.phase;
    consult.joinedAt = party.at;
    consult.until = draft.waitEnd;
  }
}

/**
 * The one who consults leaves the main call while others stay in it.
 * Answers whether that completed the transfer.
 */
export function initiatorLeft(
  draft: Draft,
  main: Call,
  leg: Leg,
  cause: Party['cause'],
  at: number,
): boolean {
  const consult = running(draft).find(
    (candidate) => candidate.main === main.key && candidate.initiator === leg.key,
  );
  if (consult === undefined) return false;
  const said = isTransferCause(cause);
  if (consult.phase !== 'joined' && !said) return false;
  completeConsult(draft, consult, leg, at);
  return true;
}

export function completeConsult(draft: Draft, consult: Consult, initiator: Leg, at: number): void {
  if (consult.phase === 'begun' || consult.phase === 'joined') {
    tell(draft, consult, 'consult-progressed', at);
    tell(draft, consult, 'consult-ended', at);
  }
  consult.phase = 'over';
  end(draft, initiator, 'TransferConsult', at);
}

/** All three stay: a conference. */
export function mergeConsult(draft: Draft, consult: Consult, at: number): void {
  if (consult.phase === 'begun' || consult.phase === 'joined') {
    tell(draft, consult, 'consult-progressed', at);
    tell(draft, consult, 'consult-ended', at);
  }
  consult.phase = 'over';
}

/** Given up: the consulted party has gone, or the main call has. */
export function cancelConsult(draft: Draft, consult: Consult, at: number): void {
  if (consult.phase === 'begun' || consult.phase === 'joined') tell(draft, consult, 'consult-ended', at);
  // Another party may be called in the same consultation.
  consult.phase = 'waiting';
  delete consult.target;
  delete consult.until;
}

/** The leg of a consulted party has ended before it took part in the main call. */
export function targetEnded(draft: Draft, leg: Leg, at: number): void {
  for (const consult of running(draft)) if (consult.target === leg.key) cancelConsult(draft, consult, at);
}

/** The agent takes the main call back: a consulted party that has left its call is not going to return. */
export function retrieved(draft: Draft, main: Call, leg: Leg, at: number): void {
  for (const consult of running(draft)) {
    if (consult.main !== main.key || consult.initiator !== leg.key) continue;
    const target = draft.leg(consult.target);
    if (consult.phase === 'joined') mergeConsult(draft, consult, consult.joinedAt ?? at);
    else if (target?.leaving?.why === 'consult') {
      end(draft, target, target.leaving.otherwise, target.leaving.at);
      cancelConsult(draft, consult, at);
    }
  }
}

export function running(draft: Draft): Consult[] {
  return draft.state.consults.filter((consult) => consult.phase === 'begun' || consult.phase === 'joined');
}

function tell(
  draft: Draft,
  consult: Consult,
  change: 'consult-begun' | 'consult-progressed' | 'consult-ended',
  at: number,
): void {
  const { initiator, target, object } = consult;
  if (initiator === undefined || target === undefined || object === undefined) return;
  draft.changes.push({ change, at, initiating: initiator, target, object });
}
