/** Parties of a call: added, changed, moved to another call, gone. */

import type { EngageMicros, StreamMs } from '@exec/common/instants';
import type { PartyAdded, PartyDeleted, PartyMoved, PartyStateChanged } from '../events/engage-events.ts';
import {
  addParty,
  removeParty,
  replaceParty,
  seeParty,
  setPartyState,
  setRouted,
  takeOver,
} from './calls.ts';
import { type Draft, isOpen } from './draft.ts';
import { attachLeg, follow, followAudio, moveHome } from './legs.ts';
import { initiatorFound, joinMain, retrieved, toLeaving } from './machines.ts';
import { isSilent, join, lookAgain, toUndecided } from './party-joins.ts';
import { partyGone } from './party-leaves.ts';
import type { Call, Leg, Party } from './state.ts';

/**
 * @rule A party that is added again is the same party: its state is taken over.
 * @test conversation/invariants.test.ts: holds for real scenarios with events left out, repeated and out of order
 */
export function partyAdded(draft: Draft, call: Call, input: PartyAdded): void {
  const known = call.parties.find((party) => party.id === input.party);
  if (known !== undefined) {
    draft.note('repeated-party');
    changeState(draft, call, known, input);
    return;
  }
  const party: Party = {
    id: input.party,
    dn: input.dn,
    type: input.type,
    state: input.state,
    at: input.at,
    seen: draft.context.now,
    agentId: input.agentId,
    cause: input.cause,
    ctrl: input.ctrl,
    ref: input.ref,
    flags: input.flags ?? [],
  };
  if (addParty(draft, call, party)) attach(draft, call, party);
}

/**
 * @rule A party that joins continues the leg that it has in another call, or gets one of its own; listeners get none.
 * @scenario conference, conference-by-move, consult-completed, supervisor-silent, supervisor-coaches, ivr-call
 */
export function attach(draft: Draft, call: Call, party: Party): void {
  if (party.type === 'RoutingPoint' || party.type === 'Queue') {
    setRouted(call, party.at);
    return;
  }
  decideTwins(draft, call, party);
  if (continueLeg(draft, call, party)) return;
  if (isSilent(party)) return;
  join(draft, call, party);
}

/** The same party in another call may not be decided yet: now it has to be. */
function decideTwins(draft: Draft, call: Call, party: Party): void {
  for (const other of draft.state.calls) {
    if (other === call || other.site !== call.site) continue;
    for (const twin of [...other.parties])
      if (twin.undecided !== undefined && (twin.dn === party.dn || twin.id === party.ref)) {
        const left = toUndecided(draft, other, twin, { kind: 'needed' });
        if (left !== undefined) partyGone(draft, other, twin, left);
      }
  }
}

/**
 * The same party in a further call of the conversation: the agent who consults, or a party that goes on in
 * another call after a transfer, a conference or a move.
 */
function continueLeg(draft: Draft, call: Call, party: Party): boolean {
  const leg = sameParty(draft, call, party);
  if (leg === undefined) return false;
  const consult = draft.consultOf(call);
  if (consult !== undefined && leg.home === consult.main && leg.leaving === undefined) {
    // In the consultation the agent is no participant of his own: his leg is that of the main call.
    initiatorFound(draft, consult, leg, party.at);
    return true;
  }
  attachLeg(leg, call, party);
  toLeaving(draft, leg, { kind: 'goes-on' });
  follow(draft, leg, party.state, party.at);
  followAudio(draft, leg, party, party.at);
  joinMain(draft, call, leg, party);
  return true;
}

function sameParty(draft: Draft, call: Call, party: Party): Leg | undefined {
  const candidates = draft.state.legs.filter(
    (leg) =>
      isOpen(leg) && leg.kind !== 'queue' && leg.site === call.site && leg.dn === party.dn && party.dn !== '',
  );
  return candidates.find((leg) => {
    const places = draft.places(leg);
    if (places.some((place) => place.call.key === call.key)) return false;
    if (leg.home === call.key) return false;
    return (
      related(draft, call, leg) ||
      places.some((place) => place.party.id === party.id || place.party.id === party.ref)
    );
  });
}

/** Whether the call of the leg is the consultation of this one, the other way round, or has been merged. */
function related(draft: Draft, call: Call, leg: Leg): boolean {
  const home = draft.call(leg.home);
  if (home === undefined) return true;
  return home.consultOf === call.key || call.consultOf === home.key || leg.leaving?.why === 'moving';
}

export function partyState(draft: Draft, call: Call, input: PartyStateChanged): void {
  const party = find(call, input.party, input.dn);
  if (party === undefined) {
    draft.note('unknown-party');
    return;
  }
  changeState(draft, call, party, input);
}

function changeState(
  draft: Draft,
  call: Call,
  party: Party,
  input: Pick<PartyAdded, 'state' | 'flags' | 'at' | 'cause' | 'ctrl'>,
): void {
  seeParty(party, draft.context.now);
  if (party.undecided !== undefined) {
    const { state, at, cause, ctrl } = input;
    toUndecided(draft, call, party, { kind: 'passed', what: { state, at, cause, ctrl } });
    return;
  }
  const silentBefore = isSilent(party);
  const stateBefore = party.state;
  setPartyState(party, input);
  const leg = draft.leg(party.leg);
  if (leg === undefined) {
    if (silentBefore && !isSilent(party)) speakUp(draft, call, party, input.at);
    return;
  }
  if (leg.home === call.key) {
    if (input.state === 'Connected') retrieved(draft, call, leg, input.at);
    if (input.state !== stateBefore || input.state === 'Connected') follow(draft, leg, input.state, input.at);
  }
  if (input.flags !== undefined) followAudio(draft, leg, party, input.at);
}

/**
 * @rule A listener who may speak from now on takes part from now on, not from when he began to listen.
 * @scenario supervisor-joins
 */
function speakUp(draft: Draft, call: Call, party: Party, at: EngageMicros): void {
  const here: Party = { ...party, at };
  replaceParty(call, party, here);
  attach(draft, call, here);
}

/**
 * @rule A party that is moved to another call goes on there with the leg that it has.
 * @scenario consult-completed-by-move, conference-by-move, merge-by-move
 */
export function partyMoved(draft: Draft, call: Call, to: Call, input: PartyMoved): void {
  const party = find(call, input.party, input.dn);
  if (party === undefined) {
    draft.note('unknown-party');
    return;
  }
  removeParty(call, party);
  const leg = draft.leg(party.leg);
  const there = leg === undefined ? undefined : draft.places(leg).find((place) => place.call === to);
  // An agent who consults is in both calls already.
  if (there !== undefined) return;
  const moved: Party = {
    ...party,
    seen: draft.context.now,
    cause: input.cause,
    ctrl: input.ctrl ?? party.ctrl,
  };
  takeOver(to, moved);
  if (leg === undefined) {
    if (party.type === 'RoutingPoint' || party.type === 'Queue') setRouted(to, input.at);
    return;
  }
  moveHome(leg, to);
  toLeaving(draft, leg, { kind: 'goes-on' });
  joinMain(draft, to, leg, { ...moved, at: input.at });
}

export function partyDeleted(draft: Draft, call: Call, input: PartyDeleted): void {
  const party = find(call, input.party, input.dn);
  if (party === undefined) {
    draft.note('unknown-party');
    return;
  }
  if (party.undecided !== undefined) {
    const { at, cause, ctrl } = input;
    const left = toUndecided(draft, call, party, {
      kind: 'passed',
      what: { state: 'gone', at, cause, ctrl },
    });
    if (left !== undefined) partyGone(draft, call, party, left);
    return;
  }
  partyGone(draft, call, party, input);
}

/** What the clocks say of a wait: over, to be asked about again at a stream time, or neither. */
export type WaitVerdict = 'over' | 'lasts' | { readonly until: StreamMs };

/** Looks again at every party that is not decided yet. */
export function decideParties(draft: Draft, verdict: (party: Party, call: Call) => WaitVerdict): void {
  for (const call of draft.state.calls)
    for (const party of [...call.parties]) {
      if (party.undecided === undefined) continue;
      const left = decideParty(draft, call, party, verdict(party, call));
      if (left !== undefined) partyGone(draft, call, party, left);
    }
}

function decideParty(draft: Draft, call: Call, party: Party, verdict: WaitVerdict) {
  if (verdict === 'over') return toUndecided(draft, call, party, { kind: 'wait-over' });
  if (verdict !== 'lasts') toUndecided(draft, call, party, { kind: 'postponed', until: verdict.until });
  return lookAgain(draft, call, party);
}

/** By PartyUUID, else by number where that is unique. */
function find(call: Call, id: string, dn: string): Party | undefined {
  const exact = call.parties.find((party) => party.id === id);
  if (exact !== undefined || dn === '') return exact;
  const sameNumber = call.parties.filter((party) => party.dn === dn);
  return sameNumber.length === 1 ? sameNumber[0] : undefined;
}
