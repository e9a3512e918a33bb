/** Parties of a call: added, changed, moved to another call, gone. */

import type { PartyAdded, PartyDeleted, PartyMoved, PartyStateChanged } from '../intake/inputs.ts';
import { attach, decide, isSilent, noteLater } from './attach.ts';
import { joinMain, retrieved } from './consult.ts';
import type { Draft } from './draft.ts';
import { partyGone, removeParty } from './gone.ts';
import { follow, followAudio } from './legs.ts';
import { type Call, limits, type Party } from './state.ts';

export function partyAdded(draft: Draft, call: Call, input: PartyAdded): void {
  const known = call.parties.find((party) => party.id === input.party);
  if (known !== undefined) {
    draft.note('repeated-party');
    changeState(draft, call, known, input);
    return;
  }
  if (call.parties.length >= limits.partiesOfCall) {
    draft.note('too-large');
    return;
  }
  const party: Party = {
    id: input.party,
    dn: input.dn,
    type: input.type,
    state: input.state,
    at: input.at,
    seen: draft.world.now,
    agentId: input.agentId,
    cause: input.cause,
    ctrl: input.ctrl,
    ref: input.ref,
    flags: input.flags ?? [],
  };
  call.parties.push(party);
  attach(draft, call, party);
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
  input: Pick<PartyStateChanged, 'state' | 'flags' | 'at'>,
): void {
  party.seen = draft.world.now;
  if (party.undecided !== undefined) {
    noteLater(draft, party, input.state, input);
    return;
  }
  const silentBefore = isSilent(party);
  const stateBefore = party.state;
  party.state = input.state;
  if (input.flags !== undefined) party.flags = input.flags;
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

/** A listener who may speak from now on takes part from now on, not from when he began to listen. */
function speakUp(draft: Draft, call: Call, party: Party, at: number): void {
  const here: Party = { ...party, at };
  call.parties = call.parties.map((other) => (other === party ? here : other));
  attach(draft, call, here);
}

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
    seen: draft.world.now,
    cause: input.cause,
    ctrl: input.ctrl ?? party.ctrl,
  };
  to.parties.push(moved);
  if (leg === undefined) {
    if (party.type === 'RoutingPoint' || party.type === 'Queue') to.routedAt = input.at;
    return;
  }
  leg.home = to.key;
  delete leg.leaving;
  joinMain(draft, to, leg, { ...moved, at: input.at });
}

export function partyDeleted(draft: Draft, call: Call, input: PartyDeleted): void {
  const party = find(call, input.party, input.dn);
  if (party === undefined) {
    draft.note('unknown-party');
    return;
  }
  if (party.undecided !== undefined) {
    noteLater(draft, party, 'gone', input);
    const last = party.undecided.later.at(-1);
    if (last?.state !== 'gone') decideAndLeave(draft, call, party, input.at);
    return;
  }
  partyGone(draft, call, party, input);
}

/** Looks again at every party that is not decided yet. `atLast`: the wait of those that are due is over. */
export function decideParties(draft: Draft, overdue: (party: Party) => boolean): void {
  for (const call of draft.state.calls)
    for (const party of [...call.parties]) {
      const undecided = party.undecided;
      if (undecided === undefined) continue;
      decide(draft, call, party, overdue(party));
      if (party.undecided !== undefined) continue;
      const last = undecided.later.at(-1);
      if (last?.state === 'gone') partyGone(draft, call, party, last);
    }
}

function decideAndLeave(draft: Draft, call: Call, party: Party, at: number): void {
  decide(draft, call, party, true);
  partyGone(draft, call, party, { at });
}

/** By PartyUUID, else by number where that is unique. */
function find(call: Call, id: string, dn: string): Party | undefined {
  const exact = call.parties.find((party) => party.id === id);
  if (exact !== undefined || dn === '') return exact;
  const sameNumber = call.parties.filter((party) => party.dn === dn);
  return sameNumber.length === 1 ? sameNumber[0] : undefined;
}
