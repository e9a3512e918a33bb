/**
 * What comes late, or at a time at which its leg was not there: a mute button, hold and retrieve, attached data. The leg
 * that was there at the time of the event takes it, once, before its end; nothing else does, and nothing comes after an end.
 */

import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { type EngageMicros, engageMicros } from '@exec/common/instants';
import type { PartyState } from '@exec/engage-link/wire';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import type { ModelInput } from '../events/snapshots.ts';
import { violations } from '../testing/invariants.ts';
import { mappingOf } from '../testing/mapping.ts';
import { Player } from '../testing/replay.ts';
import type { Anomaly } from './step-context.ts';

const production = produce([scenarioNamed('disposition-unmapped')]);
const map = mappingOf(production);
const [site] = production.sites;
const [agent] = production.agents;
const dn = agent?.dn ?? '';
const start = Date.UTC(2026, 0, 5, 8);
/** Milliseconds after the start of the call. */
type Time = number;
/** An item with its own time; stored then, or later. */
type Row = readonly [happened: Time, item: (at: EngageMicros) => ModelInput, stored?: Time];

const named = (call: string) => ({ site, call: asId<CallUuid>(call) });
const party = (call: string, id: string) => ({ ...named(call), party: asId<PartyUuid>(`${call}-${id}`) });

const created = (call: string) => (at: EngageMicros) =>
  ({ kind: 'call-created', ...named(call), connId: `conn-${call}`, at, type: 'Inbound' }) as const;
const customer = (call: string) => (at: EngageMicros) =>
  ({
    kind: 'party-added',
    ...party(call, 'P'),
    at,
    dn: '+49301',
    type: 'External',
    state: 'Connected',
  }) as const;
const joins =
  (call: string, id = 'Q') =>
  (at: EngageMicros): ModelInput => ({
    kind: 'party-added',
    ...party(call, id),
    at,
    dn,
    type: 'Extension',
    state: 'Connected',
    agentId: agent?.loginCode,
  });
const leaves =
  (call: string, id = 'Q') =>
  (at: EngageMicros): ModelInput => ({
    ...{ kind: 'party-deleted', ...party(call, id), at, dn: id === 'P' ? '+49301' : dn },
    ...{ cause: 'Normal' },
  });
const deleted = (call: string) => (at: EngageMicros) =>
  ({ kind: 'call-deleted', ...named(call), at }) as const;
const mute =
  (muted: boolean, of: { readonly call?: CallUuid } = { call: asId<CallUuid>('M') }) =>
  (at: EngageMicros): ModelInput => ({ kind: 'mute', site, dn, muted, at, ...of });
const becomes =
  (state: PartyState) =>
  (at: EngageMicros): ModelInput => ({ kind: 'party-state', ...party('M', 'Q'), at, dn, state });
const data =
  (disposition?: string) =>
  (at: EngageMicros): ModelInput => ({
    kind: 'call-data',
    ...named('M'),
    at,
    ...(disposition === undefined ? {} : { disposition }),
  });
/** Names no call: it belongs to what the agent at the telephone did last. */
const byTelephone = (value: string) => (at: EngageMicros) =>
  ({ kind: 'disposition', site, dn, at, value }) as const;
const disposed = (at: EngageMicros): ModelInput => ({
  kind: 'disposition',
  ...named('M'),
  at,
  dn,
  value: 'Sale',
});
/** A call without anything to do with it: time goes on, and what is held back is sent. */
const rest = (at: EngageMicros) =>
  ({ kind: 'agent-logout', site, dn: '9999', agentId: 'nobody', at }) as const;

/** What is published of the agent's legs, by the number of the leg. */
function published(player: Player): string[] {
  const legs = new Map<string, number>();
  return player.events.flatMap(({ kind, event }) => {
    const fields = event as Record<string, unknown>;
    const leg = String(fields.communicationId);
    if (kind === 'userEstablishedEvents') legs.set(leg, legs.size + 1);
    const number = legs.get(leg);
    if (number === undefined) return [];
    if (kind === 'holdUpdatedEvents') return [`${number} ${fields.held === true ? 'held' : 'retrieved'}`];
    if (kind === 'audioUpdatedEvents') return [`${number} ${fields.canSpeak === true ? 'unmuted' : 'muted'}`];
    return [`${number} ${kind.replace(/^(communication|user)/, '').replace(/Events$/, '')}`];
  });
}

function play(rows: readonly Row[]): Player {
  const player = new Player({ map, settings: { sites: [] } });
  const stored = rows.map(([happened, item, at = happened]) => ({
    at,
    item: item(engageMicros((start + happened) * 1000)),
  }));
  player.playAll(stored.toSorted((a, b) => a.at - b.at).map(({ at, item }) => ({ item, at: start + at })));
  player.rest(start + 120_000);
  expect(violations(player.events)).toEqual([]);
  return player;
}

const talk: readonly Row[] = [
  [0, created('M')],
  [10, customer('M')],
  [20, joins('M')],
];
/** The agent is the last to leave, at 1,000 ms: that end is held back until the queues have caught up. */
const end: readonly Row[] = [
  [990, leaves('M', 'P')],
  [1_000, leaves('M')],
  [1_002, deleted('M')],
];
const ended = ['1 Established', '1 Ended'];
const mutedThenEnded = ['1 Established', '1 muted', '1 Ended'];

type Case = readonly [
  title: string,
  rows: readonly Row[],
  published: readonly string[],
  anomalies?: readonly Anomaly[],
];

/** A connection that comes long after another: the machine stood still, or Redis took long for what it told. */
const lateBy = (late: Time, rows: readonly Row[]): Row[] =>
  rows.map(([happened, item]) => [happened, item, happened + late]);

const cases: readonly Case[] = [
  [
    'a disposition that comes long before the call that it belongs to',
    [[1_003, disposed], ...lateBy(8_000, [...talk, ...end])],
    ['1 Established', '1 DispositionApplied', '1 Ended'],
  ],
  ['a mute in its time', [...talk, [500, mute(true)], ...end], mutedThenEnded],
  ['the same mute twice', [...talk, [500, mute(true)], [500, mute(true)], ...end], mutedThenEnded],
  [
    'a mute of before the end that comes while the end is held back',
    [...talk, ...end, [900, mute(true), 1_200]],
    mutedThenEnded,
  ],
  [
    'a mute of after the end that comes while the end is held back',
    [...talk, ...end, [1_100, mute(true), 1_200]],
    ended,
    ['no-leg'],
  ],
  [
    'a mute of before the end that comes when the end was sent',
    [...talk, ...end, [900, mute(true), 9_000]],
    ended,
    ['no-leg'],
  ],
  ['a mute of after the end, much later', [...talk, ...end, [8_000, mute(true), 9_000]], ended, ['no-leg']],
  [
    'a mute that comes a minute after the call',
    [...talk, ...end, [60_000, rest], [900, mute(true), 60_001]],
    ended,
    ['no-leg'],
  ],
  [
    'a mute of the first leg when the agent is back with a second one',
    [...talk, [300, leaves('M')], [5_000, joins('M', 'R')], [200, mute(true), 6_000], [9_000, deleted('M')]],
    ['1 Established', '1 Ended', '2 Established', '2 Ended'],
    ['no-leg'],
  ],
  [
    'a mute of the second leg that comes before the second leg',
    [
      ...talk,
      [300, leaves('M')],
      [5_100, mute(true)],
      [5_000, joins('M', 'R'), 5_300],
      [9_000, deleted('M')],
    ],
    ['1 Established', '1 Ended', '2 Established', '2 muted', '2 Ended'],
  ],
  [
    'a mute without a call goes to the call that the agent has, not to the one before it',
    [
      ...talk,
      ...end,
      [5_000, created('N')],
      [5_010, customer('N')],
      [5_020, joins('N')],
      [6_000, mute(true, {})],
      [9_000, deleted('N')],
    ],
    ['1 Established', '1 Ended', '2 Established', '2 muted', '2 Ended'],
  ],
  [
    'a mute without a call that is older than the call that the agent has',
    [
      ...talk,
      ...end,
      [5_000, created('N')],
      [5_010, customer('N')],
      [5_020, joins('N')],
      [900, mute(true, {}), 6_000],
      [9_000, deleted('N')],
    ],
    ['1 Established', '1 Ended', '2 Established', '2 Ended'],
    ['no-leg'],
  ],
  [
    'hold that comes after its party has left',
    [...talk, ...end, [900, becomes('Held'), 1_200]],
    ended,
    ['call-ended'],
  ],
  [
    'hold and retrieve that come after the end was sent',
    [...talk, ...end, [800, becomes('Held'), 9_000], [900, becomes('Connected'), 9_001]],
    ended,
    ['call-ended'],
  ],
  [
    'hold, twice, and retrieve, twice',
    [
      ...talk,
      [400, becomes('Held')],
      [401, becomes('Held')],
      [500, becomes('Connected')],
      [501, becomes('Connected')],
      ...end,
    ],
    ['1 Established', '1 held', '1 retrieved', '1 Ended'],
  ],
  [
    'a disposition that comes after the end was sent, twice',
    [...talk, ...end, [900, data('Sale'), 9_000], [901, data('Sale'), 9_001]],
    [...ended, '1 DispositionApplied'],
  ],
  [
    'a second disposition after the end',
    [...talk, ...end, [900, data('Sale'), 9_000], [901, data('Complaint'), 9_001]],
    [...ended, '1 DispositionApplied'],
    ['late-disposition'],
  ],
  [
    'a disposition without a call that comes while the end of the newest call is held back',
    [
      ...talk,
      ...end,
      [5_000, created('N')],
      [5_010, customer('N')],
      [5_020, joins('N')],
      [8_990, leaves('N', 'P')],
      [9_000, leaves('N')],
      [9_001, byTelephone('Sale')],
      [9_002, deleted('N')],
    ],
    ['1 Established', '1 Ended', '2 Established', '2 Ended', '2 DispositionApplied'],
  ],
  ['attached data without a disposition', [...talk, ...end, [900, data(), 9_000]], ended],
];

describe('what comes late is published of the leg that was there at its time, before its end, or not at all', () => {
  it.each(cases.map(([title, ...more]) => ({ title, more })))(
    '$title',
    ({ more: [items, expected, anomalies = []] }) => {
      const player = play(items);
      expect(published(player)).toEqual(expected);
      expect([...player.anomalies.keys()]).toEqual(anomalies);
    },
  );
});
