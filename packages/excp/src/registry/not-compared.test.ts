/**
 * What happens between a snapshot and the moment at which it is compared: an event of the same connection supposes what
 * the snapshot says, and nothing of it may be lost.
 */
import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { engageMicros, laterBy, type StreamMs, streamMs } from '@exec/common/instants';
import type { PartyState } from '@exec/engage-link/wire';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import type { Change } from '../conversation/changes.ts';
import { defaultSettings } from '../conversation/step-context.ts';
import type { EngageEvent, PartyAdded } from '../events/engage-events.ts';
import type { ModelInput } from '../events/snapshots.ts';
import { lookupsOf } from '../mapping/lookups.ts';
import { mappingOf } from '../testing/mapping.ts';
import type { Effect } from './effects.ts';
import { ConversationRegistry } from './registry.ts';

const production = produce([scenarioNamed('transfer-to-agent')]);
const lookups = lookupsOf(mappingOf(production));
const [site] = production.sites;
const [anna, ben] = production.agents;
const queue = production.queues[0]?.number ?? '';
const begin = streamMs(Date.UTC(2026, 0, 5, 8));
const call = asId<CallUuid>('A');

const at = (seconds: number) => ({ site, call, at: engageMicros((begin + seconds * 1_000) * 1_000) });
const party = (who: string) => ({ party: asId<PartyUuid>(who), dn: dnOf(who) });
const dnOf = (who: string) => (who === 'customer' ? '+49301' : ((who === 'anna' ? anna : ben)?.dn ?? ''));
const created: EngageEvent & { kind: 'call-created' } = { kind: 'call-created', ...at(0), type: 'Inbound' };
function added(who: string, seconds: number, state: PartyState): PartyAdded {
  const agentId = who === 'customer' ? undefined : (who === 'anna' ? anna : ben)?.loginCode;
  const type = who === 'customer' ? 'External' : 'Extension';
  return { kind: 'party-added', ...at(seconds), ...party(who), type, state, agentId };
}
const becomes = (who: string, seconds: number, state: PartyState): EngageEvent => ({
  ...{ kind: 'party-state', ...at(seconds), ...party(who), state },
});
const leaves = (who: string, seconds: number, more: object = {}): EngageEvent => ({
  ...{ kind: 'party-deleted', ...at(seconds), ...party(who) },
  ...more,
});
const ends = (seconds: number): EngageEvent => ({ kind: 'call-deleted', ...at(seconds) });
const queued = (seconds: number): EngageEvent => ({ kind: 'queued', ...at(seconds), queue, type: 'Inbound' });
const diverted = (seconds: number): EngageEvent => ({ kind: 'diverted', ...at(seconds), queue, target: '1' });

const when = (seconds: number) => laterBy(begin, seconds * 1_000);
const callsFound = (seconds: number, session: string, parties: readonly PartyAdded[]): ModelInput => ({
  ...{ kind: 'calls-found', site, since: when(seconds), session, complete: true },
  calls: [{ created, parties }],
});
const queuesFound = (seconds: number, calls: readonly CallUuid[]): ModelInput => ({
  ...{ kind: 'queues-found', site, since: when(seconds), queues: [{ queue, calls }] },
});

function played(items: readonly (readonly [seconds: number, by: string, item: ModelInput])[]) {
  const registry = new ConversationRegistry({
    settings: { ...defaultSettings, sites: [] },
    lookups: () => lookups,
  });
  const effects: Effect[] = [];
  let now: StreamMs = begin;
  const pass = (until: StreamMs) => {
    for (; now < until; now = laterBy(now, 100)) {
      for (const awaited of registry.awaited())
        for (const by of ['one', 'two']) effects.push(...registry.caughtUp(awaited, now, by));
      effects.push(...registry.reconsider(), ...registry.advance(now));
    }
  };
  for (const [index, [seconds, by, item]] of items.entries()) {
    pass(when(seconds));
    effects.push(...registry.accept(item, now, `${now}-${index}`, by));
  }
  pass(laterBy(now, 60_000));
  const done = effects.flatMap((effect) => (effect.type === 'entry-done' ? effect.id : []));
  expect(new Set(done).size).toBe(items.length);
  return effects.flatMap((effect) => (effect.type === 'conversation' ? effect.changes.map(inWords) : []));
}

function inWords(change: Change): string {
  if (!('leg' in change)) return change.change;
  const [kind, who = ''] = change.leg.split(':');
  const name = kind === 'q' ? 'queue' : who;
  switch (change.change) {
    case 'established':
      return `${name} established${change.alerting ? '(alerting)' : ''}`;
    case 'ended':
      return `${name} ended:${change.disconnect}`;
    case 'held':
      return `${name} ${change.held ? 'held' : 'retrieved'}`;
    default:
      return `${name} ${change.change}`;
  }
}

const customer = added('customer', 0, 'Connected');
const before = [
  [0, 'one', created],
  [0, 'one', customer],
] as const;
const begun = 'customer established';

describe('an event that the connection tells after its snapshot', () => {
  it('of a party that nobody knew is told after that party', () => {
    const found = callsFound(20, 'one:2', [customer, added('anna', 15, 'Connected')]);
    expect(
      played([
        ...before,
        [20, 'one', found],
        [20.5, 'one', becomes('anna', 20.5, 'Held')],
        [21, 'one', becomes('anna', 21, 'Connected')],
        [30, 'one', leaves('customer', 30, { ctrl: asId<PartyUuid>('customer') })],
        [30, 'one', leaves('anna', 30)],
        [30, 'one', ends(30)],
      ]),
    ).toEqual([
      ...[begun, 'anna established', 'anna held', 'anna retrieved', 'customer ended:Self', 'anna ended:Peer'],
    ]);
  });

  it('ends the call only when it has been told who took part in it', () => {
    const found = callsFound(20, 'one:2', [customer, added('anna', 15, 'Connected')]);
    expect(
      played([
        ...before,
        [20, 'one', found],
        [21, 'one', leaves('customer', 21, { ctrl: asId<PartyUuid>('customer') })],
        [21, 'one', leaves('anna', 21)],
        [21, 'one', ends(21)],
      ]),
    ).toEqual([begun, 'anna established', 'customer ended:Self', 'anna ended:Peer']);
  });

  it('finds a party that was answered meanwhile answered', () => {
    const found = callsFound(20, 'one:2', [customer, added('anna', 10, 'Connected')]);
    expect(
      played([
        ...before,
        [10, 'one', added('anna', 10, 'Alerting')],
        [20, 'one', found],
        [21, 'one', leaves('anna', 21, { cause: 'Transfer', ctrl: asId<PartyUuid>('anna') })],
        [21, 'one', added('ben', 21, 'Alerting')],
        [22, 'one', becomes('ben', 22, 'Connected')],
        [30, 'one', leaves('customer', 30, { ctrl: asId<PartyUuid>('customer') })],
        [30, 'one', leaves('ben', 30)],
        [30, 'one', ends(30)],
      ]),
    ).toEqual(expect.arrayContaining(['anna answered', 'anna ended:TransferUser', 'ben answered']));
  });

  it('ends the call only when who has left meanwhile has been ended', () => {
    expect(
      played([
        ...before,
        [10, 'one', added('anna', 10, 'Connected')],
        [20, 'one', callsFound(20, 'one:2', [customer])],
        [21, 'one', leaves('customer', 21)],
        [21, 'one', ends(21)],
      ]),
    ).toEqual([begun, 'anna established', 'anna ended:System', 'customer ended:Self']);
  });

  it.each([
    ['leaves the queue in which the call was found', diverted(21), 'queue ended:Transfer'],
    ['ends the call that was found in a queue', ends(21), 'queue ended:System'],
  ])('%s', (_, event, last) => {
    const changes = played([
      ...before,
      [20, 'one', queuesFound(20, [call])],
      [21, 'one', event],
      [40, 'one', ends(40)],
    ]);
    expect(changes.filter((one) => one.startsWith('queue'))).toEqual(['queue established', last]);
  });

  it('ends the call only when the stay is over that was found over', () => {
    const changes = played([
      ...before,
      [10, 'one', queued(10)],
      [20, 'one', queuesFound(20, [])],
      [21, 'one', ends(21)],
    ]);
    expect(changes.filter((one) => one.startsWith('queue'))).toEqual([
      'queue established',
      'queue ended:System',
    ]);
  });
});

describe('an event of a connection that did not break', () => {
  const found = callsFound(20, 'two:2', [customer, added('anna', 19, 'Connected')]);

  it('does not wait for the snapshot of another one: it explains it', () => {
    expect(
      played([
        ...before,
        [20, 'two', found],
        [20.2, 'two', becomes('anna', 20.2, 'Held')],
        [20.4, 'one', added('anna', 18, 'Alerting')],
        [20.4, 'one', becomes('anna', 19, 'Connected')],
        [20.6, 'two', ends(20.6)],
      ]),
    ).toEqual([
      begun,
      'anna established(alerting)',
      'anna answered',
      'anna held',
      ...['customer', 'anna'].map((who) => `${who} ended:System`),
    ]);
  });

  it('ends a call only when nothing of it waits', () => {
    expect(
      played([
        ...before,
        [20, 'two', found],
        [20.2, 'two', becomes('anna', 20.2, 'Held')],
        [20.6, 'one', ends(20.6)],
      ]),
    ).toEqual([begun, 'anna established', 'anna held', 'customer ended:System', 'anna ended:System']);
  });
});

it('what waits for a snapshot does not overtake what waits for its call', () => {
  const young = { ...created, at: at(19).at };
  const found = { ...callsFound(20, 'one:2', [customer]), calls: [{ created: young, parties: [customer] }] };
  expect(
    played([
      [20, 'one', queuesFound(20, [call])],
      [20.1, 'one', found as ModelInput],
      [20.2, 'one', added('anna', 20.2, 'Alerting')],
      [20.2, 'one', diverted(20.2)],
      [21.5, 'one', becomes('anna', 21.5, 'Connected')],
      [30, 'one', leaves('customer', 30, { ctrl: asId<PartyUuid>('customer') })],
      [30, 'one', leaves('anna', 30)],
      [30, 'one', ends(30)],
    ]),
  ).toEqual([
    ...[begun, 'queue established', 'anna established(alerting)', 'queue ended:Transfer', 'anna answered'],
    ...['customer ended:Self', 'anna ended:Peer'],
  ]);
});
