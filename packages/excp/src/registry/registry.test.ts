/** What each input answers; what it means for a conversation is told by the tests of the conversation. */

import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { engageMicros, laterBy, streamMs } from '@exec/common/instants';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import type { Conversation } from '../conversation/state.ts';
import { defaultSettings } from '../conversation/step-context.ts';
import type { EngageEvent } from '../events/engage-events.ts';
import type { ModelInput } from '../events/snapshots.ts';
import { lookupsOf } from '../mapping/lookups.ts';
import { mappingOf } from '../testing/mapping.ts';
import { conversationOf, legOf, second } from '../testing/parts.ts';
import type { Effect } from './effects.ts';
import { ConversationRegistry } from './registry.ts';

const production = produce([scenarioNamed('hold'), scenarioNamed('inbound-queue-call')]);
const lookups = lookupsOf(mappingOf(production));
const [agent] = production.agents;
const [site] = production.sites;
const begin = streamMs(Date.UTC(2026, 0, 5, 8));

function registryOf(settings: Partial<typeof defaultSettings> = {}) {
  const registry = new ConversationRegistry({
    settings: { ...defaultSettings, sites: [], ...settings },
    lookups: () => lookups,
  });
  let count = 0;
  return {
    registry,
    accept: (item: ModelInput, at: number = begin, by?: string) =>
      registry.accept(item, streamMs(at), `${at}-${++count}`, by),
  };
}

/** Those that are not text. */
function conversationsOf(registry: ConversationRegistry): Conversation[] {
  return [...registry.kept()].flatMap(([, kept]) => (typeof kept === 'string' ? [] : [kept]));
}

const of = (call: string) => ({ site, at: engageMicros(begin * 1000), call: asId<CallUuid>(call) });
const created = (call: string): EngageEvent => ({ kind: 'call-created', ...of(call), type: 'Inbound' });
const joins = (call: string): EngageEvent => ({
  ...{ kind: 'party-added', ...of(call), party: asId<PartyUuid>(`${call}-P`) },
  ...{ dn: agent?.dn ?? '', type: 'Extension', state: 'Connected', agentId: agent?.loginCode },
});
const leaves = (call: string): EngageEvent => ({
  ...{ kind: 'party-deleted', ...of(call), party: asId<PartyUuid>(`${call}-P`) },
  ...{ dn: agent?.dn ?? '', cause: 'Normal', ctrl: asId<PartyUuid>(`${call}-P`) },
});
const ends = (call: string): EngageEvent => ({ kind: 'call-deleted', ...of(call) });

/** In short: what became of which entry, conversation or DN. */
function said(effects: readonly Effect[]): string[] {
  return effects.map(nameOf);
}

function nameOf(effect: Effect): string {
  switch (effect.type) {
    case 'conversation':
      return `${effect.conversation.key}: ${effect.changes.map(({ change }) => change).join(' ') || '-'}${effect.forgotten ? ', forgotten' : ''}`;
    case 'entry-done':
      return `done ${effect.id.slice(effect.id.indexOf('-') + 1)}`;
    case 'agent':
      return `agent ${effect.key}`;
    case 'anomaly':
      return effect.anomaly;
    case 'call-left-out':
      return `left out ${effect.call}`;
    case 'fault':
      return `fault ${effect.calls.join(' ')}`;
  }
}

describe('an input of the registry answers', () => {
  it('what its conversation did, and that it is dealt with', () => {
    const { accept } = registryOf();
    expect(said(accept(created('A')))).toEqual([`${site}/A: -`, 'done 1']);
    expect(said(accept(joins('A')))).toEqual([`${site}/A: established`, 'done 2']);
  });

  it('nothing while an event waits for its call; both when the call comes', () => {
    const { accept } = registryOf();
    expect(said(accept(joins('A')))).toEqual([]);
    expect(said(accept(created('A')))).toEqual([
      `${site}/A: -`,
      `${site}/A: established`,
      'done 1',
      'done 2',
    ]);
  });

  it('that an event waited in vain, when its time is over and its connection has told everything', () => {
    const { registry, accept } = registryOf();
    accept(joins('A'));
    const due = registry.nextDue ?? begin;
    for (const awaited of registry.awaited()) registry.caughtUp(awaited, begin);
    expect(said(registry.advance(laterBy(due, -1)))).toEqual([]);
    expect(said(registry.advance(due))).toEqual(['unknown-call', 'done 1']);
    expect(registry.nextDue).toBeUndefined();
  });

  it('whom to ask whether it has more to tell, until that is answered', () => {
    const { registry, accept } = registryOf();
    accept(joins('A'));
    const [first, ...others] = registry.awaited();
    expect([first?.connection, others]).toEqual(['calls', []]);
    if (first !== undefined) registry.caughtUp(first, begin);
    expect(registry.awaited()).toEqual([]);
    accept(joins('B'), begin + 1);
    expect(registry.awaited().map(({ connection }) => connection)).toEqual(['calls']);
  });

  it('nothing of an event whose connection does not answer, for half a minute', () => {
    const { registry, accept } = registryOf();
    accept(joins('A'));
    for (let now = begin; now < begin + 30_000; now = laterBy(now, 250))
      expect(said(registry.advance(now))).toEqual([]);
    expect(registry.awaited().map(({ connection }) => connection)).toEqual(['calls']);
    expect(said(registry.advance(laterBy(begin, 30_000)))).toEqual(['unknown-call', 'done 1']);
  });

  describe('of a leg whose end waits for the queues, for the next holder of the lease', () => {
    /** The next holder, to whom nothing new is told. */
    function nextHolder() {
      const first = registryOf();
      first.accept(created('A'));
      first.accept(joins('A'));
      first.accept(leaves('A'));
      const { registry } = registryOf();
      expect(said(registry.load(conversationsOf(first.registry), []))).toEqual([]);
      return registry;
    }

    it('as soon as its question is answered', () => {
      const registry = nextHolder();
      for (const awaited of registry.awaited()) registry.caughtUp(awaited, begin);
      expect(said(registry.reconsider())).toEqual([`${site}/A: ended`]);
    });

    it('after half a minute, though answers that prove nothing are all that comes', () => {
      const registry = nextHolder();
      const effects: Effect[] = [];
      for (let now = begin; now < begin + 31_000 && effects.length === 0; now = laterBy(now, 20))
        effects.push(
          ...registry
            .caughtUp({ site: site ?? '', connection: 'queues', place: 0 }, now)
            .filter((effect) => effect.type === 'conversation' && effect.changes.length > 0),
        );
      expect(said(effects)).toEqual([`${site}/A: ended`]);
    });
  });

  it('who works at a DN', () => {
    const { accept } = registryOf();
    const login = {
      kind: 'agent-login',
      site,
      at: engageMicros(begin * 1000),
      dn: '5001',
      agentId: '7',
    } as const;
    expect(said(accept(login))).toEqual([`agent ${site}/5001`, 'done 1']);
    const found = {
      kind: 'agents-found',
      site,
      since: streamMs(begin + 1),
      dns: [{ dn: '5001', agentId: '8' }],
    } as const;
    expect(said(accept(found, begin + 2))).toEqual([`agent ${site}/5001`, 'done 2']);
  });

  describe('who somebody at a telephone is', () => {
    const someone = { ...joins('A'), agentId: undefined } as EngageEvent;
    const login: EngageEvent = {
      ...{ kind: 'agent-login', site: site ?? '', at: engageMicros((begin - 5_000) * 1_000) },
      ...{ dn: agent?.dn ?? '', agentId: agent?.loginCode ?? '' },
    };

    it('when that becomes known, looked at once', () => {
      const { registry, accept } = registryOf();
      accept(created('A'));
      expect(said(accept(someone))).toEqual([`${site}/A: -`, 'done 2']);
      expect(said(registry.reconsider())).toEqual([]);
      accept(login);
      expect(said(registry.reconsider())).toEqual([`${site}/A: established`]);
      expect(said(registry.reconsider())).toEqual([]);
    });

    it('when it becomes known that nobody works there', () => {
      const { registry, accept } = registryOf();
      for (const event of [created('A'), someone]) accept(event);
      accept({ kind: 'agent-logout', site: site ?? '', at: login.at, dn: agent?.dn ?? '' });
      expect(said(registry.reconsider())).toEqual([`${site}/A: -`]);
    });

    it('and does not look at what waits for something else', () => {
      const { registry, accept } = registryOf();
      for (const event of [created('A'), joins('A'), leaves('A'), login]) accept(event);
      expect(said(registry.reconsider())).toEqual([]);
    });
  });

  it('that a call is left out, when too many are open, and later that it is over', () => {
    const { accept } = registryOf({ openMost: 1 });
    accept(created('A'));
    expect(said(accept(created('B')))).toEqual([`left out ${site}/B`, 'done 2']);
    expect(said(accept(joins('B')))).toEqual(['call-ended', 'done 3']);
  });

  it('what made the model fail, with the entry that waited and its call', () => {
    const { accept } = registryOf();
    const bad = {
      ...joins('A'),
      get dn(): string {
        throw new Error('a getter');
      },
    } as EngageEvent;
    accept(bad);
    const effects = accept(created('A'));
    expect(said(effects)).toEqual([
      `${site}/A: -`,
      'lost-conversation',
      `${site}/A: -, forgotten`,
      `fault ${site}/A`,
      'done 1',
      'done 2',
    ]);
    const [, , lost, fault] = effects;
    for (const effect of [lost, fault]) expect(effect).toMatchObject({ about: { ids: [`${begin}-1`] } });
  });

  it('what made the model fail at the end of a wait, with the entry that waited', () => {
    const { registry, accept } = registryOf();
    const bad = {
      ...{ kind: 'queued', ...of('A'), type: 'Inbound' },
      get queue(): string {
        throw new Error('a getter');
      },
    } as EngageEvent;
    accept(bad);
    for (const awaited of registry.awaited()) registry.caughtUp(awaited, begin);
    const effects = registry.advance(registry.nextDue ?? begin);
    expect(said(effects)).toEqual(['done 1', `fault ${site}/A`]);
    expect(effects[1]).toMatchObject({ about: { ids: [`${begin}-1`] } });
  });

  it('the end of a conversation that is given up from outside, about the entry that it names', () => {
    const { registry, accept } = registryOf();
    accept(created('A'));
    accept(joins('A'));
    const about = { ids: ['7-7'], item: ends('A') };
    const effects = registry.abandon(`${site}/A`, new RangeError('Invalid time value'), about);
    expect(said(effects)).toEqual(['lost-conversation', `${site}/A: ended, forgotten`, `fault ${site}/A`]);
    expect(effects).toMatchObject([{}, { about }, { about, reason: expect.stringContaining('RangeError') }]);
    expect(said(accept(ends('A')))).toEqual(['call-ended', 'done 3']);
  });
});

it.each([
  [
    'from where it began, where an earlier holder has written that',
    5,
    [{ site: 'site', connection: 'queues', place: 5 }],
  ],
  ['not where it has not', undefined, []],
] as const)('a connection that something waits for is asked %s', (_, place, wanted) => {
  const { registry } = registryOf();
  const wait = { why: 'queue', at: second(9), until: streamMs(90_000), otherwise: 'Peer' } as const;
  const leaving = place === undefined ? wait : { ...wait, place };
  registry.load([conversationOf({ legs: [legOf('queue', 'q', { leaving })] })], []);
  expect(registry.awaited()).toEqual(wanted);
});

describe('calls that are linked', () => {
  it.each([
    ['the earlier one goes on', 1, 2, 'A', 'B'],
    ['the earlier one goes on, whichever was heard of first', 2, 1, 'B', 'A'],
  ])('%s', (_what, first, second, stays, goes) => {
    const { registry, accept } = registryOf();
    const linked = (call: string, seconds: number) =>
      ({
        ...created(call),
        at: engageMicros((begin + seconds * 1_000) * 1_000),
        links: ['L'],
      }) as EngageEvent;
    accept(linked('A', first));
    accept(linked('B', second));
    expect(registry.conversation(`${site}/${stays}`)?.calls.map(({ key }) => key)).toEqual([
      ...[`${site}/${stays}`, `${site}/${goes}`],
    ]);
    expect(registry.conversation(`${site}/${goes}`)).toBeUndefined();
  });
});

describe('a call that goes on at another site, whose half there is heard of late', () => {
  const [here = '', there = ''] = production.sites;
  const seconds = (n: number) => engageMicros((begin + n * 1_000) * 1_000);
  const late = laterBy(begin, 16_000);
  /** The half here: known, in a queue, when its site was cut off. */
  const half: EngageEvent = { ...created('A'), at: seconds(0) } as EngageEvent;
  const caller: EngageEvent = {
    ...{ kind: 'party-added', ...of('A'), at: seconds(0), party: asId<PartyUuid>('A-C') },
    ...{ dn: '+441', type: 'External', state: 'Connected' },
  };
  const linked = {
    ...{ kind: 'call-created', site: there, call: asId<CallUuid>('B'), type: 'Inbound' },
    ...{ at: seconds(6), links: ['L'] },
  } as EngageEvent;
  const other = (party: string, dn: string, type: 'External' | 'Extension') =>
    ({
      ...{ kind: 'party-added', site: there, call: asId<CallUuid>('B'), party: asId<PartyUuid>(party) },
      ...{
        dn,
        type,
        state: 'Connected',
        at: seconds(6),
        agentId: type === 'Extension' ? agent?.loginCode : undefined,
      },
    }) as EngageEvent;
  const found = {
    ...{ kind: 'calls-found', site: here, since: late, session: 'one:1', complete: true },
    calls: [
      {
        created: { ...half, links: ['L'] },
        parties: [caller, { ...caller, party: asId<PartyUuid>('A-B'), dn: '2001', at: seconds(6) }],
      },
    ],
  } as ModelInput;
  const keysOf = (registry: ConversationRegistry) =>
    conversationsOf(registry).map(({ calls }) => calls.map(({ key }) => key));

  it('of a known call, by a snapshot', () => {
    const { registry, accept } = registryOf({ sites: production.sites });
    accept(half);
    accept(caller);
    accept(linked, begin + 6_000);
    accept(found, begin + 7_000);
    expect(keysOf(registry)).toEqual([[`${here}/A`, `${there}/B`]]);
  });

  it('while its site tells nothing: nothing is published of it before', () => {
    const { registry, accept } = registryOf({ sites: production.sites });
    accept(half);
    accept(caller);
    const before = [
      ...accept(linked, begin + 6_000),
      ...accept(other('B-A', '+441', 'External'), begin + 6_000),
      ...accept(other('B-P', agent?.dn ?? '', 'Extension'), begin + 6_000),
    ];
    for (let now = laterBy(begin, 6_000); now < late; now = laterBy(now, 100)) {
      for (const awaited of registry.awaited())
        if (awaited.site === there) before.push(...registry.caughtUp(awaited, now));
      before.push(...registry.reconsider(), ...registry.advance(now));
    }
    expect(before.flatMap((effect) => (effect.type === 'conversation' ? effect.changes : []))).toEqual([]);
    accept(found, late);
    expect(keysOf(registry)).toEqual([[`${here}/A`, `${there}/B`]]);
    for (let now = late; now < late + 60_000; now = laterBy(now, 100)) {
      for (const awaited of registry.awaited()) registry.caughtUp(awaited, now);
      registry.reconsider();
      registry.advance(now);
    }
    const [conversation] = conversationsOf(registry);
    // The agent works there, where nobody is mapped: a telephone, and one caller.
    expect(conversation?.legs.map(({ kind }) => kind)).toEqual(['external', 'phone']);
  });
});

it('a queue event waits for its call beyond what an instance heard that has just begun to watch', () => {
  const { registry, accept } = registryOf();
  const later = (ms: number) => laterBy(begin, ms);
  const queue = production.queues.find((one) => one.site === site && one.mapped)?.number ?? '';
  const queued: EngageEvent = { kind: 'queued', ...of('A'), queue, type: 'Inbound' };
  accept(queued, begin, 'old');
  accept({ kind: 'diverted', ...of('A'), queue }, begin, 'old');
  // The call ended before the other instance came; what it hears is newer, and so is its answer.
  const found = {
    kind: 'calls-found',
    site: site ?? '',
    since: later(2_500),
    session: 'new:1',
    calls: [],
  } as const;
  accept({ ...found, complete: false }, later(2_500), 'new');
  accept({ ...found, complete: true }, later(2_600), 'new');
  accept({ ...created('B'), at: engageMicros(later(3_000) * 1_000) }, later(3_000), 'new');
  for (const awaited of registry.awaited()) registry.caughtUp(awaited, later(3_100), 'new');
  expect(said([...registry.reconsider(), ...registry.advance(later(4_000))])).toEqual([]);
  // The old one was behind in reading what it had been told of the call.
  const late = [created('A'), joins('A')].flatMap((item) => accept(item, later(5_000), 'old'));
  const changes = late.flatMap((effect) => (effect.type === 'conversation' ? effect.changes : []));
  expect(changes.flatMap((one) => (one.change === 'established' ? one.is.kind : []))).toEqual([
    'user',
    'queue',
  ]);
});

describe('a call of which a part was lost', () => {
  const shed = (call: string) => ({ kind: 'call-shed', site: site ?? '', call }) as const;

  it('is closed where it is known', () => {
    const { registry, accept } = registryOf();
    accept(created('A'));
    accept(joins('A'));
    expect(said(registry.drop(shed('A'), begin, '9-9'))).toEqual([
      'done 9',
      'lost-conversation',
      `${site}/A: ended`,
    ]);
    expect(said(registry.drop(shed('A'), begin, '9-10'))).toEqual(['done 10']);
  });

  it('that nobody knows needs nothing', () => {
    const { registry } = registryOf();
    expect(said(registry.drop(shed('X'), begin, '9-9'))).toEqual(['done 9']);
  });

  it('is closed as of then, not before what is known', () => {
    const { registry, accept } = registryOf();
    accept(created('A'), begin + 5_000);
    registry.drop(shed('A'), begin, '9-9');
    expect(registry.now).toBe(begin + 5_000);
  });
});

describe('a snapshot of calls', () => {
  const secondsBefore = (seconds: number) => engageMicros((begin - seconds * 1_000) * 1_000);
  const found = (seconds: number, more: Partial<Extract<EngageEvent, { kind: 'call-created' }>> = {}) => {
    const party = { ...joins('A'), at: secondsBefore(seconds) };
    const call = { ...created('A'), at: secondsBefore(seconds), ...more };
    return {
      ...{ kind: 'calls-found', site: site ?? '', since: begin, session: 'one:1', complete: true },
      calls: [{ created: call, parties: [party] }],
    } as ModelInput;
  };
  /** 2 s after the snapshot all connections have told everything. */
  const compared = ({ registry }: ReturnType<typeof registryOf>) => {
    const effects = [];
    for (let now = begin; now < begin + 60_000; now = laterBy(now, 500)) {
      for (const awaited of registry.awaited()) registry.caughtUp(awaited, now);
      effects.push(...registry.reconsider(), ...registry.advance(now));
    }
    return said(effects);
  };
  const established = [`${site}/A: -`, `${site}/A: established`];

  it('takes over an old call at once', () => {
    const one = registryOf();
    expect(said(one.accept(found(3)))).toEqual(established);
  });

  it('takes over a young call when its own events have had their time', () => {
    const one = registryOf();
    expect(said(one.accept(found(1)))).toEqual([]);
    expect(compared(one)).toEqual([...established, 'done 1']);
  });

  it('takes over a call of just that age at once', () => {
    expect(said(registryOf().accept(found(2)))).toEqual(established);
  });

  it('takes over no call that has ended meanwhile', () => {
    const one = registryOf({ openMost: 0 });
    one.accept(created('A'));
    expect(said(one.accept(found(3)))).toEqual([]);
  });

  it('leaves a known call as it is until it is compared', () => {
    const one = registryOf();
    one.accept(created('A'));
    expect(said(one.accept(found(3)))).toEqual([]);
    expect(compared(one)).toEqual([`${site}/A: established`, 'done 2']);
  });
});
