/** After a switch-over: a consultation is in the conversation of its main call, whoever of the two is heard of first. */

import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { engageMicros, streamMs } from '@exec/common/instants';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import type { CallCreated, PartyAdded } from '../events/engage-events.ts';
import type { CallsFound, ModelInput } from '../events/snapshots.ts';
import { violations } from '../testing/invariants.ts';
import { mappingOf } from '../testing/mapping.ts';
import { Player } from '../testing/replay.ts';
import { mainsFirst } from './main-call.ts';

const production = produce([scenarioNamed('consult-completed')]);
const map = mappingOf(production);
const [site] = production.sites;
const [first, second] = production.agents;
/** Stream time at which the connections are back, milliseconds. */
const back = streamMs(Date.UTC(2026, 0, 5, 8));

function created(call: string, atMs: number, more: Partial<CallCreated> = {}): CallCreated {
  const ids = { call: asId<CallUuid>(call), connId: `conn-${call}` };
  return { kind: 'call-created', site, at: engageMicros(atMs * 1000), ...ids, type: 'Inbound', ...more };
}

function party(call: string, id: string, atMs: number, more: Partial<PartyAdded>): PartyAdded {
  const ids = { call: asId<CallUuid>(call), party: asId<PartyUuid>(id) };
  const usual = { dn: '', type: 'Extension', state: 'Connected' } as const;
  return { kind: 'party-added', site, at: engageMicros(atMs * 1000), ...ids, ...usual, ...more };
}

const agent = (one: typeof first) => ({ dn: one?.dn ?? '', agentId: one?.loginCode });

/** The main call: a customer and an agent, who has put it on hold. */
const main = (atMs: number) => ({
  created: created('M', atMs),
  parties: [
    party('M', 'M1', atMs, { dn: '+49301', type: 'External' }),
    party('M', 'M2', atMs, { ...agent(first), state: 'Held' }),
  ],
});

/** The agent consults another one. */
const consult = (atMs: number, of: Partial<CallCreated>) => ({
  created: created('C', atMs, { type: 'Consult', ...of }),
  parties: [party('C', 'C1', atMs, agent(first)), party('C', 'C2', atMs, agent(second))],
});

const byUuid = { origCall: asId<CallUuid>('M') };
const byConn = { origConnId: 'conn-M' };

function found(calls: CallsFound['calls'], complete = true, session = 'one:1'): ModelInput {
  return { kind: 'calls-found', site, since: back, session, complete, calls };
}

function play(items: readonly (readonly [atMs: number, item: ModelInput])[]): Player {
  const player = new Player({ map, settings: { sites: [] } });
  for (const [at, item] of items) player.play(item, at);
  player.rest(back + 60_000);
  expect(violations(player.events)).toEqual([]);
  return player;
}

/** CallUUID of each conversation that was told. */
function conversations(player: Player): string[] {
  const named = player.events.map(({ event }) =>
    'sourceConfiguration' in event ? event.sourceConfiguration.interactionId : undefined,
  );
  return [...new Set(named.filter((call) => call !== undefined))];
}

const [old, young] = [back - 60_000, back - 500];

describe('a consultation is told in the conversation of its main call', () => {
  it.each([
    ['OrigCallUUID', byUuid],
    ['PreviousConnID', byConn],
  ])('when the resync names it before the main call (%s)', (_, of) => {
    for (const at of [old, young]) {
      const player = play([[back + 10, found([consult(at, of), main(at)])]]);
      expect(conversations(player)).toEqual(['M']);
      expect(player.events.map(({ kind }) => kind)).toContain('consultTransferEvents');
    }
  });

  it('when the main call comes in a later part of the resync', () => {
    const player = play([
      [back + 10, found([consult(old, byUuid)], false)],
      [
        back + 20,
        { ...party('C', 'C2', back, agent(second)), kind: 'party-state', state: 'Held' } as ModelInput,
      ],
      [back + 900, found([main(old)])],
    ]);
    expect(conversations(player)).toEqual(['M']);
    // What came for it meanwhile has waited as well.
    expect(player.anomalies.get('unknown-call')).toBeUndefined();
  });

  it.each([
    ['OrigCallUUID', byUuid],
    ['PreviousConnID', byConn],
  ])('when it begins live while its main call, made in the gap, is still to be compared (%s)', (_, of) => {
    const live = consult(back + 50, of);
    const player = play([
      [back + 10, found([main(young)])],
      [back + 60, live.created],
      ...live.parties.map((one) => [back + 61, one] as const),
    ]);
    expect(conversations(player)).toEqual(['M']);
  });

  it('when it begins live before a slow resync has named its main call', () => {
    const live = consult(back + 50, byUuid);
    const player = play([
      [back + 5, found([], false)],
      [back + 60, live.created],
      ...live.parties.map((one) => [back + 61, one] as const),
      [back + 9_000, found([main(old)])],
    ]);
    expect(conversations(player)).toEqual(['M']);
  });

  it('when a queue told of it before anything else did', () => {
    const { created: begun, parties } = main(old);
    const live = consult(back + 50, byUuid);
    const [queue] = production.queues;
    const queued = {
      kind: 'queued',
      site,
      at: engageMicros(back * 1000),
      call: asId<CallUuid>('C'),
      queue: queue?.number ?? '',
    };
    const player = play([
      ...[begun, ...parties].map((one) => [old, one] as const),
      [back + 10, { ...queued, type: 'Consult' } as ModelInput],
      // Longer than an event of a queue waits for its call.
      [back + 2_500, live.created],
      ...live.parties.map((one) => [back + 2_600, one] as const),
    ]);
    const open = player.events.filter(({ kind }) => kind === 'userEstablishedEvents');
    expect(new Set(open.map(({ event }) => event.conversationId)).size).toBe(1);
  });

  it('when nobody ever names its main call it is told alone', () => {
    const live = consult(back + 50, byUuid);
    const player = play([[back + 60, live.created], ...live.parties.map((one) => [back + 61, one] as const)]);
    expect(conversations(player)).toEqual(['C']);
  });
});

describe('a resync that is not reliable', () => {
  it('ends no call and no party that it does not name', () => {
    const { created: begun, parties } = main(old);
    const ended = (reliable?: false) => {
      const player = new Player({ map, settings: { sites: [] } });
      for (const item of [begun, ...parties]) player.play(item, old);
      player.play({ ...found([]), reliable } as ModelInput, back + 10);
      player.play(
        { ...found([{ created: begun, parties: [] }], true, 'two:1'), reliable } as ModelInput,
        back + 20,
      );
      player.rest(back + 60_000);
      return player.events.filter(({ kind }) => kind === 'communicationEndedEvents').length;
    };
    expect(ended()).toBe(2);
    expect(ended(false)).toBe(0);
  });
});

describe('two sites that are found at once', () => {
  it('keep their calls apart, although their resyncs have the same number', () => {
    const [near, far] = production.sites;
    const of = (name: string, one: ReturnType<typeof main>) => ({
      created: { ...one.created, site: name },
      parties: one.parties.map((member) => ({ ...member, site: name })),
    });
    const player = new Player({ map, settings: { sites: production.sites } });
    const here = of(near, main(old));
    for (const item of [here.created, ...here.parties]) player.play(item, old);
    const part = (name: string, calls: CallsFound['calls'], complete: boolean) =>
      ({ kind: 'calls-found', site: name, since: back, session: 'one:1', complete, calls }) as const;
    player.play(part(near, [here], false), back + 1);
    player.play(part(far, [], true), back + 2);
    player.play(part(near, [], true), back + 3);
    player.rest(back + 60_000);
    expect(player.events.filter(({ kind }) => kind === 'communicationEndedEvents')).toEqual([]);
  });
});

describe('the order of found calls', () => {
  it('has each consultation behind its main call, through chains and circles', () => {
    const name = (call: string, more: Partial<CallCreated> = {}) => ({
      created: created(call, old, more),
      parties: [],
    });
    const orig = (call: string) => ({ origCall: asId<CallUuid>(call) });
    const order = mainsFirst([
      name('3', orig('2')),
      name('x', orig('y')),
      name('2', { origConnId: 'conn-1' }),
      name('y', orig('x')),
      name('1'),
      name('self', orig('self')),
    ]).map(({ created: { call } }) => call);
    expect(order.toSorted()).toEqual(['1', '2', '3', 'self', 'x', 'y']);
    expect(order.indexOf(asId('1'))).toBeLessThan(order.indexOf(asId('2')));
    expect(order.indexOf(asId('2'))).toBeLessThan(order.indexOf(asId('3')));
  });
});
