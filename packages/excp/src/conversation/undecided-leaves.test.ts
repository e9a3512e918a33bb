/**
 * Who leaves before it is decided what he is: when that has to be decided at once, because another party leaves or he goes
 * on in another call, all that is published is what it would be if he had been known from the beginning.
 */
import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { type EngageMicros, engageMicros } from '@exec/common/instants';
import type { Cause } from '@exec/engage-link/wire';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { expect, it } from 'vitest';
import type { EngageEvent } from '../events/engage-events.ts';
import { violations } from '../testing/invariants.ts';
import { mappingOf } from '../testing/mapping.ts';
import { Player } from '../testing/replay.ts';

const production = produce([scenarioNamed('hold')]);
const map = mappingOf(production);
const [site] = production.sites;
const [agent] = production.agents;
const start = Date.UTC(2026, 0, 5, 8);
const expert = '5999';

type Row = readonly [ms: number, event: (at: EngageMicros) => EngageEvent];

const named = (call: string) => ({ site, call: asId<CallUuid>(call) });
const of = (call: string, party: string) => ({ ...named(call), party: asId<PartyUuid>(`${call}-${party}`) });
const dnOf = (party: string) => (party === 'A' ? (agent?.dn ?? '') : party === 'B' ? expert : '+49301');

const joins = (ms: number, call: string, party: string, ref?: string): Row => [
  ms,
  (at) => ({
    ...{ kind: 'party-added', ...of(call, party), at, dn: dnOf(party), state: 'Connected' },
    type: party === 'P' ? 'External' : 'Extension',
    ...(party === 'A' ? { agentId: agent?.loginCode } : {}),
    ...(ref === undefined ? {} : { ref: of(ref, party).party }),
  }),
];
const leaves = (ms: number, call: string, party: string, cause: Cause): Row => [
  ms,
  (at) => ({ kind: 'party-deleted', ...of(call, party), at, dn: dnOf(party), cause }),
];
const begins = (ms: number, call: string, main?: string): Row => [
  ms,
  (at) => ({
    ...{ kind: 'call-created', ...named(call), at, type: main === undefined ? 'Inbound' : 'Consult' },
    ...(main === undefined ? {} : { origCall: asId<CallUuid>(main) }),
  }),
];

const deleted = (ms: number, call: string): Row => [
  ms,
  (at) => ({ kind: 'call-deleted', ...named(call), at }),
];

/** An agent talks to a customer and consults somebody at a telephone of which nothing is known. */
const consults: readonly Row[] = [
  ...[begins(0, 'M'), joins(10, 'M', 'P'), joins(20, 'M', 'A')],
  ...[begins(200, 'S', 'M'), joins(210, 'S', 'A'), joins(300, 'S', 'B')],
];

function published(rows: readonly Row[], isKnown: boolean) {
  const player = new Player({ map, settings: { sites: [] } });
  const heard = isKnown
    ? [[-1_000, (at) => ({ kind: 'agent-logout', site, dn: expert, at })] as Row, ...rows]
    : rows;
  for (const [ms, event] of heard) player.play(event(engageMicros((start + ms) * 1000)), start + ms);
  player.rest(start + 40_000);
  expect(violations(player.events)).toEqual([]);
  return player.events.map(({ kind, event }) => ({ kind, event }));
}

const cases: readonly (readonly [title: string, rows: readonly Row[]])[] = [
  [
    'the agent who consulted him leaves after him',
    [...consults, leaves(500, 'S', 'B', 'Normal'), leaves(600, 'M', 'A', 'Normal')],
  ],
  [
    'he goes on in the main call, and leaves that',
    [
      ...[...consults, leaves(500, 'S', 'B', 'Transfer'), joins(510, 'M', 'B', 'S')],
      ...[leaves(520, 'M', 'A', 'Transfer'), leaves(900, 'M', 'B', 'Normal')],
    ],
  ],
  [
    'he hangs up, and is called into the main call',
    [
      ...[...consults, leaves(500, 'S', 'B', 'Normal'), joins(700, 'M', 'B')],
      leaves(900, 'M', 'B', 'Normal'),
    ],
  ],
  [
    'his call ends after him, and nobody needs to know who he is',
    [...consults, leaves(500, 'S', 'B', 'Normal'), deleted(550, 'S')],
  ],
];

it.each(cases)('%s', (_, rows) => {
  expect(published(rows, false)).toEqual(published(rows, true));
});
