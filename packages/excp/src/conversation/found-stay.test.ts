/** A stay in a queue that a snapshot told of before the queue itself did: one stay, which the late event names. */

import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { engageMicros, streamMs } from '@exec/common/instants';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { expect, it } from 'vitest';
import { mappingOf } from '../testing/mapping.ts';
import { Player } from '../testing/replay.ts';

const production = produce([scenarioNamed('disposition-unmapped')]);
const [site] = production.sites;
const queue = production.queues[0]?.number ?? '';
const start = Date.UTC(2026, 0, 5, 8);
const call = asId<CallUuid>('M');

it.each([
  ['of before the discovery is the stay that was found', 500, 1],
  ['of after the discovery is another stay', 6_500, 2],
] as const)('a queue event %s', (_, happened, stays) => {
  const player = new Player({ map: mappingOf(production), settings: { sites: [] } });
  const time = (ms: number) => engageMicros((start + ms) * 1000);
  player.play({ kind: 'call-created', site, call, connId: 'conn-M', at: time(0), type: 'Inbound' }, start);
  player.play(
    {
      ...{ kind: 'party-added', site, call, party: asId<PartyUuid>('P'), at: time(10) },
      ...{ dn: '+49301', type: 'External', state: 'Connected' },
    },
    start + 10,
  );
  player.play(
    { kind: 'queues-found', site, since: streamMs(start + 1_000), queues: [{ queue, calls: [call] }] },
    start + 1_000,
  );
  player.rest(start + 6_000);
  const of = { site, queue, call, stay: 'stay-1' };
  player.play({ kind: 'queued', type: 'Inbound', ...of, at: time(happened) }, start + 7_000);
  player.play({ kind: 'diverted', ...of, at: time(8_000), target: '4711' }, start + 8_000);
  player.play({ kind: 'call-deleted', site, call, at: time(9_000) }, start + 9_000);
  player.rest(start + 60_000);
  const begun = player.events.filter(({ kind }) => kind === 'routingEstablishedEvents');
  expect(begun).toHaveLength(stays);
  const first = begun[0]?.event as { communicationId?: string };
  const end = player.events.find(
    ({ kind, event }) =>
      kind === 'communicationEndedEvents' &&
      (event as { communicationId?: string }).communicationId === first.communicationId,
  );
  expect(end?.event).toMatchObject({ disconnectType: stays === 1 ? 'Transfer' : 'System' });
});
