/** Events that wait for their call: who is offered when, and what it costs. */

import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { Call, Party } from '../conversation/state.ts';
import { defaultSettings } from '../conversation/step-context.ts';
import type { EngageEvent, Queued } from '../events/engage-events.ts';
import { callOf, conversationOf, second } from '../testing/parts.ts';
import { ConversationIndex } from './conversation-index.ts';
import { awaitsParties, EarlyEvents, sitesOfParties, type Waiter } from './early-events.ts';
import { explains } from './early-names.ts';
import type { Effects } from './effects.ts';

const site = 's';
const start = streamMs(0);
const at = 1;
const call = (name: string) => asId<CallUuid>(name);

const queued = (name: string): EngageEvent =>
  ({ kind: 'queued', site, at, call: call(name), queue: '8000' }) as EngageEvent;
const joined = (name: string): EngageEvent =>
  ({
    ...{ kind: 'party-added', site, at, call: call(name), party: asId<PartyUuid>('p') },
    ...{ dn: '1000', type: 'Extension', state: 'Connected' },
  }) as EngageEvent;
const created = (name: string, more: object): EngageEvent =>
  ({ kind: 'call-created', site, at, call: call(name), type: 'Consult', ...more }) as EngageEvent;
const muted = (more: object): EngageEvent =>
  ({ kind: 'mute', site, at, dn: '1000', muted: true, ...more }) as EngageEvent;

/** What of a conversation counts here: its calls, with connections and links, and the DNs of its legs. */
function conversation(calls: Readonly<Record<string, object>>, dns: readonly string[] = []) {
  return {
    calls: Object.entries(calls).map(([name, more]) => ({
      ...{ key: `${site}/${name}`, site, connIds: [], links: [], ...more },
    })),
    legs: dns.map((dn) => ({ site, dn })),
  } as never;
}

/** Offers what may be explained; `take`: which of them no longer wait. Answers the IDs of those offered, in order. */
function offered(early: EarlyEvents, take: (waiter: Waiter) => boolean = () => false): string[] {
  const ids: string[] = [];
  // biome-ignore lint/correctness/useYield: what is offered here has no effects
  function* offer(waiter: Waiter): Effects<boolean> {
    ids.push(waiter.id);
    return take(waiter);
  }
  Array.from(early.retry(offer));
  return ids;
}

const unlinked = { linked: () => [] };

it.each<[string, EngageEvent, ReturnType<typeof conversation>, boolean]>([
  ['an event of a call', queued('A'), conversation({ A: {} }), true],
  ['an event of a call, when another call is known', queued('A'), conversation({ B: {} }), false],
  ['an event of one of two calls', joined('B'), conversation({ A: {}, B: {} }), true],
  [
    'a consultation, when its main call is known',
    created('C', { origCall: 'A' }),
    conversation({ A: {} }),
    true,
  ],
  [
    'a consultation that names its main call by connection',
    created('C', { origConnId: '7' }),
    conversation({ A: { connIds: ['7'] } }),
    true,
  ],
  [
    'what an agent did, named by connection',
    muted({ connId: '7' }),
    conversation({ A: { connIds: ['7'] } }),
    true,
  ],
  [
    'what an agent did, named by another connection',
    muted({ connId: '8' }),
    conversation({ A: { connIds: ['7'] } }, ['1000']),
    false,
  ],
  [
    'what an agent did, named by no connection and no call',
    muted({ connId: undefined, call: undefined }),
    conversation({ A: {} }, ['1000']),
    true,
  ],
  ['what an agent did, named by nothing but the DN', muted({}), conversation({ A: {} }, ['1000']), true],
  ['what an agent did at another DN', muted({}), conversation({ A: {} }, ['1001']), false],
])('%s is offered again: %#', (_, event, known, expected) => {
  const early = new EarlyEvents(2_000);
  early.add('1-1', event, start);
  early.lookAgain(() => explains(known, unlinked));
  expect(offered(early)).toEqual(expected ? ['1-1'] : []);
  // Once for each change.
  expect(offered(early)).toEqual([]);
});

it('an event of the other half of a call is offered again when this half is known', () => {
  const early = new EarlyEvents(2_000);
  early.add('1-1', queued('A'), start);
  const linked = (link: string) => (link === 'L' ? (['s/A'] as never) : []);
  early.lookAgain(() => explains(conversation({ B: { links: ['L'] } }), { linked }));
  expect(offered(early)).toEqual(['1-1']);
});

it('what is taken may explain others, which follow at once and in the order of arrival', () => {
  const early = new EarlyEvents(2_000);
  early.add('1-1', queued('C'), start);
  early.add('1-2', joined('C'), start);
  early.add('1-3', created('C', { origCall: 'A' }), start);
  early.lookAgain(() => explains(conversation({ A: {} }), unlinked));
  const ids = offered(early, ({ id }) => {
    early.lookAgain(() => explains(conversation({ C: {} }), unlinked));
    return id !== '1-1';
  });
  // The one that is not taken is offered after each change, and no more once nothing changes.
  expect(ids).toEqual(['1-3', '1-1', '1-2', '1-1']);
  expect([...early.waiters].map(({ id }) => id)).toEqual(['1-1']);
});

it('a connection that is far ahead costs nothing: of ten thousand that wait only those of the call are looked at', () => {
  const early = new EarlyEvents(2_000);
  for (let n = 0; n < 10_000; n++) expect(early.add(`1-${n}`, queued(`Q${n}`), start)).toBe(true);
  early.lookAgain(() => explains(conversation({ Q77: {} }), unlinked));
  expect(offered(early, () => true)).toEqual(['1-77']);
  expect([...early.waiters]).toHaveLength(9_999);
});

it('waits end when they are due, or a little later while the call may still come', () => {
  const early = new EarlyEvents(2_000);
  early.add('1-1', queued('A'), start);
  early.add('1-2', queued('B'), start);
  expect(early.firstDue).toBe(2_000);
  expect(early.takeExpired(streamMs(1_999), () => false)).toEqual([]);
  expect(early.takeExpired(streamMs(2_000), ({ id }) => id === '1-2').map(({ id }) => id)).toEqual(['1-1']);
  expect(early.firstDue).toBe(2_250);
  // Not for ever.
  expect(early.takeExpired(streamMs(30_000), () => true).map(({ id }) => id)).toEqual(['1-2']);
  expect(early.firstDue).toBeUndefined();
});

describe('the call of a queue event', () => {
  const waitMs = 2_000;
  const of = { site: 'site', call: call('M'), queue: '7000', at: second(10) };
  const event: Queued = { kind: 'queued', ...of, type: 'Inbound' };
  const callM = (o: Partial<Call> = {}) =>
    callOf({ key: 'site/M', uuid: call('M'), seen: streamMs(9_000), ...o });
  const half = callOf({ key: 'x/N', site: 'x', uuid: call('N'), links: ['L1'] });
  const party: Party = {
    ...{ id: asId<PartyUuid>('P'), dn: '1', type: 'Extension', state: 'Connected' },
    ...{ at: second(1), seen: streamMs(1), flags: [] },
  };
  function indexOf(...calls: readonly Call[]): ConversationIndex {
    const index = new ConversationIndex(defaultSettings);
    for (const one of calls) index.keep(conversationOf({ key: one.key, calls: [one] }));
    return index;
  }

  it.each<[string, readonly Call[], readonly string[], readonly string[]]>([
    ['is named by its own site', [callM()], ['site', 'x', 'y'], ['site']],
    ['is named by its own site where there is no other', [callM({ links: ['L1'] })], ['site'], ['site']],
    ['that is not known is named by its own site', [], ['site', 'x'], ['site']],
    [
      'that lacks its other half is named by the others too',
      [callM({ links: ['L1'] })],
      ['x', 'site', 'y'],
      ['site', 'x', 'y'],
    ],
    [
      'that has its other half is named by its own site',
      [callM({ links: ['L1'] }), half],
      ['site', 'x'],
      ['site'],
    ],
    [
      'that has one of two halves is named by its own site',
      [callM({ links: ['L2', 'L1'] }), half],
      ['site', 'x'],
      ['site'],
    ],
  ])('%s', (_, calls, sites, wanted) => {
    expect(sitesOfParties(indexOf(...calls), sites, event)).toEqual(wanted);
  });

  const one = ['site'];
  const two = ['site', 'x'];
  const early = 10_999;
  it.each<[string, readonly Call[], readonly string[], number, boolean, boolean]>([
    ['is not known: nothing is waited for here', [], one, early, false, false],
    ['has ended', [callM({ endedAt: second(9) })], one, early, false, false],
    ['has nobody in it yet', [callM()], one, early, false, true],
    ['has nobody in it yet, and all is known, though it is young', [callM()], one, early, true, true],
    ['has nobody in it for so long, but more may come', [callM()], one, 11_000, false, true],
    ['has nobody in it for so long, and all is known', [callM()], one, 11_000, true, false],
    ['has somebody in it', [callM({ parties: [party] })], one, early, false, false],
    ['had somebody in it', [callM({ left: 1 })], one, early, false, false],
    [
      'has somebody in it, and no link to another site',
      [callM({ parties: [party] })],
      two,
      early,
      false,
      false,
    ],
    [
      'has somebody in it, and its other half is missing',
      [callM({ parties: [party], links: ['L1'] })],
      two,
      early,
      false,
      true,
    ],
    [
      'has somebody in it, and a link that nobody watches',
      [callM({ parties: [party], links: ['L1'] })],
      one,
      early,
      false,
      false,
    ],
    [
      'has nobody in it, but its other half is there',
      [callM({ links: ['L1'] }), half],
      two,
      early,
      false,
      false,
    ],
  ])('%s', (_, calls, sites, now, caughtUp, waits) => {
    const settings = { ...defaultSettings, sites, waitMs };
    const context = { now: streamMs(now), caughtUp: () => caughtUp };
    expect(awaitsParties(indexOf(...calls), settings, event, 5, context)).toBe(waits);
  });

  it('is asked of all that may still name it, at the time and the place of the event', () => {
    const asked: unknown[] = [];
    const caughtUp = (...o: unknown[]) => asked.push(o) > 0;
    const settings = { ...defaultSettings, sites: two, waitMs };
    const context = { now: streamMs(60_000), caughtUp };
    expect(awaitsParties(indexOf(callM({ links: ['L1'] })), settings, event, 5, context)).toBe(false);
    expect(asked).toEqual([
      ['site', 'calls', second(10), 5],
      ['x', 'calls', second(10), 5],
    ]);
  });
});
