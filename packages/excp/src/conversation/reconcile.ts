/** After a start or a gap: what snapshots tell is compared with what is known, and the difference is told. */
import type { CallUuid } from '@exec/common/ids';
import type { CallCreated, PartyAdded } from '../intake/inputs.ts';
import { attach } from './attach.ts';
import { cancelConsult, endLeg, running } from './consult.ts';
import { type Draft, isOpen } from './draft.ts';
import { partyGone, removeParty, settleLeavers } from './gone.ts';
import { establish, follow, followAudio } from './legs.ts';
import { type Call, callKey, limits, type Party } from './state.ts';

/** All of them are compared only when what other connections may still tell has come. */
interface OfSnapshot {
  readonly site: string;
  /** Time of discovery, microseconds. */
  readonly at: number;
  /** Stream time (ms) before the snapshot was asked for: what events told since then is newer. */
  readonly since: number;
}

/** A live call as the resynchronisation names it, with its parties at their original times. */
export interface CallFound extends OfSnapshot {
  readonly kind: 'call-found';
  readonly created: CallCreated;
  readonly parties: readonly PartyAdded[];
}

/** Whether a call waits in a queue, as the snapshot of the queue's address tells. */
export interface QueueFound extends OfSnapshot {
  readonly kind: 'queue-found';
  readonly queue: string;
  readonly call: CallUuid;
  readonly present: boolean;
}

/** A known call that a complete resynchronisation did not name. */
export interface CallMissing extends OfSnapshot {
  readonly kind: 'call-missing';
  readonly call: CallUuid;
}

export function reconcile(draft: Draft, found: CallFound): void {
  const call = draft.call(callKey(found.site, found.created.call));
  if (call === undefined) {
    draft.note('unknown-call');
    return;
  }
  if (call.endedAt !== undefined) {
    draft.note('call-ended');
    return;
  }
  for (const party of found.parties) {
    const known = call.parties.find((candidate) => candidate.id === party.party);
    if (known !== undefined) {
      if (known.seen < found.since) update(draft, call, known, party, found.at);
    } else if (!call.removed.includes(party.party)) addFound(draft, call, party, found.at);
  }
  const named = new Set(found.parties.map((party) => party.party));
  for (const party of [...call.parties])
    if (!named.has(party.id) && party.seen < found.since) lose(draft, call, party, found.at);
  settleLeavers(draft, call);
}

function addFound(draft: Draft, call: Call, input: PartyAdded, foundAt: number): void {
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
    foundAt,
    seen: draft.world.now,
    agentId: input.agentId,
    // How it came about is not known: nothing before the discovery is invented.
    flags: input.flags ?? [],
  };
  call.parties.push(party);
  attach(draft, call, party);
}

function update(draft: Draft, call: Call, party: Party, input: PartyAdded, at: number): void {
  const leg = draft.leg(party.leg);
  const changed = party.state !== input.state;
  party.state = input.state;
  party.flags = input.flags ?? [];
  if (leg === undefined || leg.home !== call.key) return;
  if (changed) follow(draft, leg, input.state, at);
  followAudio(draft, leg, party, at);
}

/** Left while nobody listened. */
function lose(draft: Draft, call: Call, party: Party, at: number): void {
  const leg = draft.leg(party.leg);
  removeParty(call, party);
  if (leg === undefined || !isOpen(leg) || draft.places(leg).length > 0) return;
  if (leg.leaving !== undefined) return;
  endLeg(draft, leg, 'System', at);
}

export function queueFound(draft: Draft, found: QueueFound): void {
  const key = callKey(found.site, found.call);
  const call = draft.call(key);
  const stays = draft.state.legs.filter(
    (leg) => leg.kind === 'queue' && leg.site === found.site && leg.dn === found.queue && leg.home === key,
  );
  if (stays.some((leg) => leg.seen >= found.since)) return;
  const leg = stays.find(isOpen);
  if (!found.present) {
    if (leg !== undefined && leg.leaving === undefined) endLeg(draft, leg, 'System', found.at);
    return;
  }
  const queueId = draft.world.facts.queue(found.site, found.queue);
  if (leg !== undefined || call === undefined || call.endedAt !== undefined || queueId === undefined) return;
  const customer = draft.state.legs.find((candidate) => candidate.kind === 'external');
  establish(draft, {
    key: `q:${call.uuid}/${found.queue}`,
    is: { kind: 'queue', queueId },
    call,
    dn: found.queue,
    at: found.at,
    alerting: false,
    inbound: call.type !== 'Outbound',
    invitedBy: (customer ?? draft.state.legs[0])?.key,
    ani: call.ani,
    dnis: call.dnis,
  });
}

/** The call has ended while nobody listened. */
export function callMissing(draft: Draft, missing: CallMissing): void {
  const call = draft.call(callKey(missing.site, missing.call));
  if (call === undefined || call.endedAt !== undefined || call.seen >= missing.since) return;
  const { at } = missing;
  for (const party of [...call.parties])
    if (party.undecided !== undefined) partyGone(draft, call, party, { cause: 'Normal', at });
    else lose(draft, call, party, at);
  call.parties = [];
  call.endedAt = at;
  for (const consult of running(draft))
    if (consult.main === call.key || consult.call === call.key) cancelConsult(draft, consult, at);
  for (const leg of draft.state.legs)
    if (isOpen(leg) && leg.home === call.key && draft.places(leg).length === 0)
      endLeg(draft, leg, 'System', at);
}
