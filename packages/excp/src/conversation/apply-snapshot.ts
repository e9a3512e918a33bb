/** After a start or a gap: what snapshots say is compared with what is known, and the difference is published. */

import type { CallUuid } from '@exec/common/ids';
import type { EngageMicros, StreamMs } from '@exec/common/instants';
import type { CallCreated, PartyAdded } from '../events/engage-events.ts';
import { addParty, closeCall, removeParty, setPartyState } from './calls.ts';
import { type Draft, isOpen } from './draft.ts';
import { markIncomplete } from './incomplete.ts';
import { establish, follow, followAudio } from './legs.ts';
import { cancelConsults, endLeg, running } from './machines.ts';
import { attach } from './party-events.ts';
import { endWhenNobodyStays } from './party-leaves.ts';
import { type Call, callKey, type Party } from './state.ts';

/** All of them are compared only when the other connections have caught up. */
interface OfSnapshot {
  readonly site: string;
  /** Time of discovery. */
  readonly at: EngageMicros;
  /** Stream time before the snapshot was asked for: what events said since then is newer. */
  readonly since: StreamMs;
}

/** A live call as the resynchronisation names it, with its parties at their original times. */
export interface CallFound extends OfSnapshot {
  readonly kind: 'call-found';
  /** False: says nothing about parties that it does not name. */
  readonly reliable?: boolean | undefined;
  readonly created: CallCreated;
  readonly parties: readonly PartyAdded[];
}

/** Whether a call waits in a queue, as the snapshot of the queue's address says. */
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

/**
 * @rule A snapshot adds the parties that it names, ends those that it does not name, and changes nothing that is newer.
 * @scenario found-at-start, found-on-hold, ended-in-gap, changed-in-gap
 */
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
  if (found.reliable === false) return;
  const named = new Set(found.parties.map((party) => party.party));
  for (const party of [...call.parties])
    if (!named.has(party.id) && party.seen < found.since) lose(draft, call, party, found.at);
  endWhenNobodyStays(draft, call);
}

function addFound(draft: Draft, call: Call, input: PartyAdded, foundAt: EngageMicros): void {
  const party: Party = {
    id: input.party,
    dn: input.dn,
    type: input.type,
    state: input.state,
    at: input.at,
    foundAt,
    seen: draft.context.now,
    agentId: input.agentId,
    // How it came about is not known: nothing before the discovery is invented.
    flags: input.flags ?? [],
  };
  markIncomplete(draft, 'gap');
  if (addParty(draft, call, party)) attach(draft, call, party);
}

function update(draft: Draft, call: Call, party: Party, input: PartyAdded, at: EngageMicros): void {
  const leg = draft.leg(party.leg);
  const changed = party.state !== input.state;
  setPartyState(party, { state: input.state, flags: input.flags ?? [] });
  if (leg === undefined || leg.home !== call.key) return;
  if (changed) follow(draft, leg, input.state, at);
  followAudio(draft, leg, party, at);
}

/** Left while nobody listened. */
function lose(draft: Draft, call: Call, party: Party, at: EngageMicros): void {
  const leg = draft.leg(party.leg);
  markIncomplete(draft, 'gap');
  removeParty(call, party);
  if (leg === undefined || !isOpen(leg) || draft.places(leg).length > 0) return;
  if (leg.leaving !== undefined) return;
  endLeg(draft, leg, 'System', at);
}

/**
 * @rule A queue's snapshot begins and ends stays as events would, at the time of discovery.
 * @scenario found-in-queue, ended-in-gap
 */
export function queueFound(draft: Draft, found: QueueFound): void {
  const key = callKey(found.site, found.call);
  const call = draft.call(key);
  const stays = draft.state.legs.filter(
    (leg) => leg.kind === 'queue' && leg.site === found.site && leg.dn === found.queue && leg.home === key,
  );
  if (stays.some((leg) => leg.seen >= found.since)) return;
  const leg = stays.find(isOpen);
  if (!found.present) {
    if (leg === undefined || leg.leaving !== undefined) return;
    markIncomplete(draft, 'gap');
    endLeg(draft, leg, 'System', found.at);
    return;
  }
  const queueId = draft.context.lookups.queue(found.site, found.queue);
  if (leg !== undefined || call === undefined || call.endedAt !== undefined || queueId === undefined) return;
  markIncomplete(draft, 'gap');
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

/**
 * @rule A call that a complete snapshot does not name has ended: its legs end as System at the time of discovery.
 * @scenario ended-in-gap
 */
export function callMissing(draft: Draft, missing: CallMissing): void {
  const call = draft.call(callKey(missing.site, missing.call));
  if (call === undefined || call.endedAt !== undefined || call.seen >= missing.since) return;
  markIncomplete(draft, 'gap');
  const { at } = missing;
  for (const party of [...call.parties]) lose(draft, call, party, at);
  closeCall(call, at);
  const ofCall = running(draft).filter((consult) => consult.main === call.key || consult.call === call.key);
  cancelConsults(draft, ofCall, at);
  for (const leg of draft.state.legs)
    if (isOpen(leg) && leg.home === call.key && draft.places(leg).length === 0)
      endLeg(draft, leg, 'System', at);
}
