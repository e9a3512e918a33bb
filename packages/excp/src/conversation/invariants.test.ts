import { voiceEventKinds } from '@exec/common/genesys-cloud';
import { asId, type CallUuid, type EmployeeId, type PartyUuid } from '@exec/common/ids';
import { engageMicros, streamMs } from '@exec/common/instants';
import { callTypes, causes, partyFlags, partyStates, partyTypes } from '@exec/engage-link/wire';
import { arrivals, produce, record, scenarios } from '@exec/simulators/scenarios';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngageEvent } from '../events/engage-events.ts';
import type { ModelInput } from '../events/snapshots.ts';
import { violations } from '../testing/invariants.ts';
import { mappingOf } from '../testing/mapping.ts';
import { Player, replay } from '../testing/replay.ts';

const production = produce(scenarios.slice(0, 3));
const map = mappingOf(production);
const site = production.sites[0];
const agents = production.agents.filter((agent) => agent.mapped);

const call = fc.constantFrom('C1', 'C2', 'C3').map((id) => asId<CallUuid>(id));
const party = fc.constantFrom('P1', 'P2', 'P3', 'P4', 'P5').map((id) => asId<PartyUuid>(id));
const dn = fc.constantFrom(...agents.slice(0, 3).map((agent) => agent.dn), '8000', '+999', '');
const cause = fc.option(fc.constantFrom(...causes), { nil: undefined, freq: 1 });
const flags = fc.option(fc.subarray([...partyFlags]), { nil: undefined, freq: 1 });
const queue = fc.constantFrom('VQ_Sales', 'VQ_Other');
const stay = fc.option(fc.constantFrom('S1', 'S2', 'S3'), { nil: undefined });
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const disposition = optional(fc.constantFrom('Sale', 'Complaint', 'unheard of'));
const connId = optional(fc.constantFrom('0000000000000001', '0000000000000002'));
const links = optional(fc.subarray(['L1', 'L2']));
const siteName = fc.oneof(
  { weight: 15, arbitrary: fc.constant(production.sites[0]) },
  { weight: 1, arbitrary: fc.constant(production.sites[1]) },
);
const state = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('Alerting' as const, 'Connected' as const, 'Held' as const) },
  { weight: 1, arbitrary: fc.constantFrom(...partyStates) },
);

const begin = Date.UTC(2026, 0, 5, 8);
/** Microseconds by which an event is earlier than it is stored; now and then an absurd time. */
const at = fc.oneof(
  { weight: 50, arbitrary: fc.integer({ min: -100_000, max: 3_000_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(begin * 1000, -begin * 1000) },
);

function event<K extends EngageEvent['kind']>(
  kind: K,
  more: {
    [F in Exclude<keyof Extract<EngageEvent, { kind: K }>, 'kind' | 'site' | 'at'>]: fc.Arbitrary<unknown>;
  },
) {
  return fc.record({
    kind: fc.constant(kind),
    site: siteName,
    at,
    ...more,
  }) as unknown as fc.Arbitrary<EngageEvent>;
}

function weighted<T>(weight: number, arbitrary: fc.Arbitrary<T>) {
  return { weight, arbitrary };
}

const anyEvent: fc.Arbitrary<ModelInput> = fc.oneof(
  weighted(
    3,
    event('call-created', {
      call,
      connId,
      type: fc.constantFrom(...callTypes),
      ani: optional(fc.constant('+111')),
      dnis: optional(fc.constant('+222')),
      dialed: fc.constant(undefined),
      origCall: optional(call),
      origConnId: connId,
      disposition,
      links,
    }),
  ),
  weighted(
    2,
    event('call-data', {
      call,
      type: optional(fc.constantFrom(...callTypes)),
      connId,
      ani: fc.constant(undefined),
      dnis: fc.constant(undefined),
      disposition,
      links,
    }),
  ),
  weighted(
    12,
    event('party-added', {
      call,
      party,
      dn,
      cause,
      type: fc.constantFrom(...partyTypes),
      state,
      agentId: optional(fc.constantFrom(...agents.slice(0, 3).map((agent) => agent.loginCode), 'nobody')),
      flags,
      ref: optional(party),
      ctrl: optional(party),
    }),
  ),
  weighted(12, event('party-state', { call, party, dn, cause, state, flags })),
  weighted(2, event('party-moved', { call, party, dn, cause, newCall: call, ctrl: optional(party) })),
  weighted(
    5,
    event('party-deleted', { call, party, dn, cause, ref: optional(party), ctrl: optional(party) }),
  ),
  weighted(1, event('call-deleted', { call, cause, into: optional(call) })),
  weighted(
    4,
    event('queued', {
      call,
      queue,
      connId,
      type: fc.constantFrom(...callTypes),
      ani: fc.constant(undefined),
      dnis: fc.constant(undefined),
      stay,
      skills: optional(fc.constant(['English', 'no such skill'])),
    }),
  ),
  weighted(3, event('diverted', { call, queue, stay, target: optional(dn) })),
  weighted(1, event('abandoned', { call, queue, stay, target: fc.constant(undefined) })),
  weighted(
    1,
    event('agent-login', {
      dn,
      agentId: fc.constantFrom('7', '8'),
      employeeId: fc.constant(asId<EmployeeId>('E1')),
    }),
  ),
  weighted(1, event('agent-logout', { dn })),
  weighted(2, event('disposition', { dn, call: optional(call), connId, value: fc.constant('Sale') })),
  weighted(2, event('mute', { dn, call: optional(call), connId, muted: fc.boolean() })),
);

/** A customer talks to an agent, who consults another one: the middle of a life, so that much can go wrong. */
const prelude: EngageEvent[] = [
  { ...started('C1'), type: 'Inbound' },
  { ...joined('C1', 'P1', '+999'), type: 'External', state: 'Connected' },
  {
    ...joined('C1', 'P2', agents[0]?.dn ?? ''),
    type: 'Extension',
    state: 'Held',
    agentId: agents[0]?.loginCode,
  },
  { ...started('C2'), type: 'Consult', origCall: asId<CallUuid>('C1') },
  { ...joined('C2', 'P3', agents[0]?.dn ?? ''), type: 'Extension', state: 'Dialing' },
  {
    ...joined('C2', 'P4', agents[1]?.dn ?? ''),
    type: 'Extension',
    state: 'Connected',
    agentId: agents[1]?.loginCode,
  },
  { ...started('C3'), type: 'Internal' },
];

function started(id: string) {
  return { kind: 'call-created', site, at: engageMicros(begin * 1000), call: asId<CallUuid>(id) } as const;
}

function joined(id: string, who: string, number: string) {
  const ids = { call: asId<CallUuid>(id), party: asId<PartyUuid>(who), dn: number };
  return { kind: 'party-added', site, at: engageMicros(begin * 1000), ...ids } as const;
}

const snapshot: fc.Arbitrary<ModelInput> = fc.oneof(
  fc
    .record({
      session: fc.constantFrom('one', 'two'),
      complete: fc.boolean(),
      parties: fc.array(fc.tuple(party, dn, state), { maxLength: 3 }),
      call,
    })
    .map(({ parties, call: id, ...rest }) => ({
      kind: 'calls-found' as const,
      site,
      since: streamMs(begin + 1_000_000),
      ...rest,
      calls: [
        {
          created: { ...started(id), type: 'Inbound' as const },
          parties: parties.map(([who, number, now]) => ({
            ...joined(id, who, number),
            type: 'Extension' as const,
            state: now,
          })),
        },
      ],
    })),
  fc.record({ queue, calls: fc.subarray(['C1', 'C2']) }).map(({ queue: name, calls }) => ({
    kind: 'queues-found' as const,
    site,
    since: streamMs(begin + 1_000_000),
    queues: [{ queue: name, calls: calls.map((id) => asId<CallUuid>(id)) }],
  })),
  fc.record({ dn, agentId: optional(fc.constantFrom('7', agents[0]?.loginCode ?? '')) }).map((one) => ({
    kind: 'agents-found' as const,
    site,
    since: streamMs(begin),
    dns: [one],
  })),
);

describe('whatever comes', () => {
  it('keeps the invariants of every leg, and ends every wait', () => {
    const settings = { sites: production.sites, lostMs: 3_600_000, afterCallWorkRequired: true };
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.oneof(weighted(30, anyEvent), weighted(1, snapshot)),
            fc.oneof(fc.constant(0), fc.nat(4_000)),
          ),
          {
            minLength: 30,
            maxLength: 150,
          },
        ),
        (items) => {
          const player = new Player({ map, settings });
          let now = begin;
          for (const item of prelude) player.play(item, now);
          for (const [item, passed] of items) {
            now += passed;
            player.play('at' in item ? { ...item, at: engageMicros(now * 1000 - item.at) } : item, now);
          }
          player.rest(now + 20_000_000);
          expect(violations(player.events)).toEqual([]);
          expect(player.left).toBe(0);
          for (const { kind } of player.events) seen.set(kind, (seen.get(kind) ?? 0) + 1);
        },
      ),
      { numRuns: 800 },
    );
    // Every kind of event comes out of it, or the input would prove nothing.
    expect([...voiceEventKinds].filter((kind) => !seen.has(kind))).toEqual([]);
  });

  it('holds for real scenarios with events left out, repeated and out of order', () => {
    const all = produce(scenarios.filter((scenario) => !scenario.solo));
    const { recorded } = record(all, { everyMs: 500 });
    const orderly = arrivals(recorded, { seed: 1, skewMs: 2_000 });
    fc.assert(
      fc.property(fc.array(fc.nat(999), { minLength: 200, maxLength: 200 }), (dice) => {
        const damaged = orderly.flatMap((arrival, index) => {
          const die = dice[index % dice.length] ?? 0;
          if (die < 60) return [];
          if (die < 120) return [arrival, arrival];
          return [arrival];
        });
        for (const [index, die] of dice.entries()) {
          const [one, two] = [(index * 7) % damaged.length, (index * 7 + 1 + (die % 5)) % damaged.length];
          const [a, b] = [damaged[one], damaged[two]];
          if (die < 400 || a === undefined || b === undefined) continue;
          damaged[one] = { at: a.at, recorded: b.recorded };
          damaged[two] = { at: b.at, recorded: a.recorded };
        }
        const { events } = replay(damaged, { map: mappingOf(all), restMs: 100_000_000 });
        expect(violations(events)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});

describe('an orderly day', () => {
  it('keeps the invariants too, and leaves nothing behind', () => {
    const all = produce(scenarios.filter((scenario) => !scenario.solo));
    const { recorded } = record(all, { everyMs: 500 });
    const { events, left } = replay(arrivals(recorded, { seed: 7 }), {
      map: mappingOf(all),
      restMs: 100_000_000,
    });
    expect(violations(events)).toEqual([]);
    expect(left).toBe(0);
    expect(site).toBeDefined();
  });
});
