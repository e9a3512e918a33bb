/** A call with a customer and an agent for tables of its parties: what they do, and what is published of it. */
import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import type { Draft } from '../conversation/draft.ts';
import { partyAdded, partyDeleted, partyMoved, partyState } from '../conversation/party-events.ts';
import type { Call, Conversation, Leg, Party } from '../conversation/state.ts';
import type { StepContext } from '../conversation/step-context.ts';
import type { PartyAdded, PartyDeleted, PartyMoved, PartyStateChanged } from '../events/engage-events.ts';
import { callOf, draftOf, home, legOf, said, second } from './parts.ts';

const call = asId<CallUuid>('call');
export const partyId = (name: string) => asId<PartyUuid>(name);
export const party = (name: string, o: Partial<Party> = {}): Party => ({
  ...{ id: partyId(name), dn: `dn ${name}`, type: 'Extension', state: 'Connected' },
  ...{ at: second(1), seen: streamMs(1), flags: [] },
  ...o,
});
const of = (name: string) => ({ site: 'site', call, party: partyId(name), dn: `dn ${name}`, at: second(10) });
export const added = (name: string, o: Partial<PartyAdded> = {}): PartyAdded => ({
  ...{ kind: 'party-added', ...of(name), type: 'Extension', state: 'Connected' },
  ...o,
});
export const changed = (name: string, o: Partial<PartyStateChanged> = {}): PartyStateChanged => ({
  ...{ kind: 'party-state', ...of(name), state: 'Held' },
  ...o,
});
export const deleted = (name: string, o: Partial<PartyDeleted> = {}): PartyDeleted => ({
  ...{ kind: 'party-deleted', ...of(name), cause: 'Normal' },
  ...o,
});
export const moved = (name: string, o: Partial<PartyMoved> = {}): PartyMoved => ({
  ...{ kind: 'party-moved', ...of(name), newCall: asId<CallUuid>('other') },
  ...o,
});

export const customer = legOf('external', 'customer');
export const agent = legOf('user', 'agent');
export const here = [party('C', { leg: 'customer', type: 'External' }), party('A', { leg: 'agent' })];

/** Nobody works at any telephone, unless a row says so; all connections have caught up. */
export function played(
  play: (draft: Draft, call: Call) => void,
  o: {
    readonly parties?: readonly Party[];
    readonly legs?: readonly Leg[];
    readonly call?: Partial<Call>;
    readonly others?: readonly Call[];
    readonly more?: Partial<Conversation>;
    readonly context?: Partial<StepContext>;
  } = {},
): Draft {
  const calls = [callOf({ parties: [...(o.parties ?? here)], ...o.call }), ...(o.others ?? [])];
  const draft = draftOf(
    { calls, legs: [...(o.legs ?? [customer, agent])], ...o.more },
    { occupant: () => ({ kind: 'nobody' }), caughtUp: () => true, ...o.context },
  );
  const first = draft.call(home);
  if (first !== undefined) play(draft, first);
  return draft;
}

export const adds = (input: PartyAdded) => (draft: Draft, to: Call) => partyAdded(draft, to, input);
export const changes = (input: PartyStateChanged) => (draft: Draft, at: Call) => partyState(draft, at, input);
export const leaves = (input: PartyDeleted) => (draft: Draft, from: Call) => partyDeleted(draft, from, input);
export const moves = (input: PartyMoved) => (draft: Draft, from: Call) => {
  const to = draft.call('site/other');
  if (to !== undefined) partyMoved(draft, from, to, input);
};

export const reported = (draft: Draft) => [...said(draft.changes), ...draft.anomalies];
export const who = (draft: Draft, key = home) =>
  draft.call(key)?.parties.map((one) => `${one.id}=${one.leg ?? '-'}`);
