/** While the end of the last leg is held for a queue that may still say something: what comes after that end. */

import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { type EngageMicros, engageMicros } from '@exec/common/instants';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { expect, it } from 'vitest';
import type { ModelInput } from '../events/snapshots.ts';
import { mappingOf } from '../testing/mapping.ts';
import { Player } from '../testing/replay.ts';

const production = produce([scenarioNamed('disposition-unmapped')]);
const map = mappingOf(production);
const [site] = production.sites;
const [agent] = production.agents;
const start = Date.UTC(2026, 0, 5, 8);
const call = asId<CallUuid>('M');

/** One call of an agent; each step some milliseconds after the other. The queues have said nothing yet. */
function play(dispositions: readonly string[]): Player {
  const player = new Player({ map, settings: { severalSites: false } });
  let now = start;
  const step = (item: (at: EngageMicros) => ModelInput): void => {
    now += 50;
    player.play(item(engageMicros(now * 1000)), now);
  };
  const of = (party: string, at: EngageMicros) => ({ site, call, party: asId<PartyUuid>(party), at });
  const dn = agent?.dn ?? '';
  step((at) => ({ kind: 'call-created', site, call, connId: 'conn-M', at, type: 'Inbound' }));
  step((at) => ({ kind: 'party-added', ...of('P', at), dn: '+49301', type: 'External', state: 'Connected' }));
  step((at) => ({
    kind: 'party-added',
    ...of('Q', at),
    dn,
    type: 'Extension',
    state: 'Connected',
    agentId: agent?.loginCode,
  }));
  step((at) => ({ kind: 'party-deleted', ...of('P', at), dn: '+49301' }));
  step((at) => ({ kind: 'party-deleted', ...of('Q', at), dn }));
  step((at) => ({ kind: 'call-deleted', site, call, at }));
  for (const value of dispositions) step((at) => ({ kind: 'disposition', site, call, dn, value, at }));
  expect(kinds(player)).not.toContain('communicationDispositionAppliedEvents');
  expect(
    kinds(player).filter((kind) => kind === 'communicationEndedEvents'),
    'of the customer alone',
  ).toHaveLength(1);
  player.answer();
  player.rest(now + 60_000);
  return player;
}

const kinds = (player: Player): string[] => player.events.map(({ kind }) => kind);

it('a disposition that comes meanwhile is sent after the end', () => {
  const player = play(['Sale']);
  expect(kinds(player).slice(-2)).toEqual([
    'communicationEndedEvents',
    'communicationDispositionAppliedEvents',
  ]);
});

it('one disposition is taken after the end, however early a second one comes', () => {
  const player = play(['Sale', 'Complaint', 'Sale']);
  expect(kinds(player).slice(-2)).toEqual([
    'communicationEndedEvents',
    'communicationDispositionAppliedEvents',
  ]);
  expect(player.anomalies.get('late-disposition')).toBe(1);
});
