/** Waits that end: for what a call was handed to, for who stays in a consultation, and what is asked of which connection. */
import { asId, type PartyUuid } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import { callOf, draftOf, home, legOf, said, second } from '../testing/parts.ts';
import { endWaits, isMet } from './deadlines.ts';
import type { Consult, Leaving, Leg, Party } from './state.ts';
import { defaultSettings, type StepContext } from './step-context.ts';

/** Now is stream time 60,000. */
const leaving = (o: Partial<Leaving> = {}): Leaving => ({
  ...{
    why: 'transfer',
    at: second(9),
    since: streamMs(59_000),
    until: streamMs(60_000),
    otherwise: 'Transfer',
  },
  ...o,
});
const customer = legOf('external', 'c');
const target = legOf('phone', 't', { at: second(11) });

function waited(
  o: Partial<Leaving>,
  context: Partial<StepContext> = {},
  to: Partial<Leg> = {},
  eventTime?: number,
): readonly unknown[] {
  const legs = [customer, legOf('user', 'a', { leaving: leaving(o) }), { ...target, ...to }];
  const draft = draftOf({ legs }, context);
  endWaits(draft, eventTime === undefined ? undefined : second(eventTime));
  return [...said(draft.changes), draft.leg('a')?.leaving?.until];
}
const caughtUp = { caughtUp: () => true };
const handedOver = ['a>t transferred', 'a ended', undefined];
const inTime = { towards: 't', until: streamMs(70_000) };

describe('a leg that has left, and of which it is known what it hands over to,', () => {
  it.each<[string, readonly unknown[], readonly unknown[]]>([
    ['hands over when no queue can have been between', waited(inTime, caughtUp), handedOver],
    ['waits while one may have been', waited(inTime), [70_000]],
    ['waits a little longer while one may have been', waited({ towards: 't' }), [60_250]],
    [
      'is looked at the more rarely the longer it waits',
      waited({ towards: 't', since: streamMs(44_000) }),
      [64_000],
    ],
    ['is looked at when half a minute is over', waited({ towards: 't', since: streamMs(31_000) }), [61_000]],
    ['hands over after half a minute', waited({ towards: 't', since: streamMs(30_000) }), handedOver],
    [
      'only ends when that has ended',
      waited({ towards: 't' }, caughtUp, { endedAt: second(12) }),
      ['a ended', undefined],
    ],
    [
      'only ends when that has left',
      waited({ towards: 't' }, caughtUp, { leaving: leaving({ why: 'moving', until: streamMs(70_000) }) }),
      ['a ended', undefined],
    ],
    ['only ends when that is not known', waited({ towards: 'x' }, caughtUp), ['a ended', undefined]],
    ['waits on, in time, without it', waited({ ...inTime, towards: 'x' }, caughtUp), [70_000]],
  ])('%s', (_, got, wanted) => {
    expect(got).toEqual(wanted);
  });

  it('asks how far the queues of its site are: up to what it hands over to, from where its wait began', () => {
    const asked: unknown[] = [];
    const context: Partial<StepContext> = { caughtUp: (...o) => asked.push(o) > 0 };
    waited({ ...inTime, place: 5 }, context);
    waited(inTime, context);
    expect(asked).toEqual([
      ['site', 'queues', second(11), 5],
      ['site', 'queues', second(11), Number.POSITIVE_INFINITY],
    ]);
  });

  it('does so at the time of the later of the two', () => {
    const draft = draftOf(
      { legs: [customer, legOf('user', 'a', { leaving: leaving({ towards: 't' }) }), target] },
      caughtUp,
    );
    endWaits(draft);
    expect(draft.changes).toMatchObject([
      { change: 'transferred', at: second(11) },
      { change: 'ended', at: second(11) },
    ]);
  });
});

describe('a leg that has left', () => {
  it('is asked of its queues up to when it left, and later by what a connection may be behind when its call goes on', () => {
    const asked: unknown[] = [];
    const context: Partial<StepContext> = { caughtUp: (...o) => asked.push(o) === 0 };
    waited({ why: 'unsure', place: 5 }, context);
    waited({ why: 'unsure', place: 5, until: streamMs(70_000) }, context, {}, 30);
    expect(asked).toEqual([
      ['site', 'queues', second(9), 5],
      ['site', 'queues', second(11), 5],
    ]);
  });

  it('that nobody waits for stays as it is', () => {
    const draft = draftOf(
      { legs: [customer, { ...target, endedAt: second(12), leaving: leaving() }] },
      caughtUp,
    );
    endWaits(draft);
    expect([said(draft.changes), draft.leg('t')?.leaving?.until]).toEqual([[], 60_000]);
  });

  it('waits in its time with a party that it may have been handed to', () => {
    const wait = {
      why: 'link',
      at: second(3),
      since: streamMs(59_000),
      until: streamMs(70_000),
      later: [],
    } as const;
    const party: Party = {
      ...{ id: asId<PartyUuid>('P'), dn: '1', type: 'External', state: 'Connected' },
      ...{ at: second(3), seen: streamMs(1), flags: [], undecided: wait },
    };
    const left = legOf('user', 'a', { leaving: leaving({ until: streamMs(70_000) }) });
    const settings = { ...defaultSettings, sites: ['site', 'x'] };
    const draft = draftOf(
      { calls: [callOf({ links: ['L'], parties: [party] })], legs: [customer, left] },
      { ...caughtUp, settings },
    );
    endWaits(draft);
    expect([said(draft.changes), draft.leg('a')?.leaving?.until]).toEqual([[], 70_000]);
  });
});

describe('a consultation whose party has come into the main call', () => {
  const [agent, expert] = [legOf('user', 'a'), legOf('user', 'e')];
  const joined = (o: Partial<Consult>, eventTime?: number) => {
    const consult: Consult = {
      ...{ call: 'site/second', main: home, initiator: 'a', target: 'e', reached: 'e', object: 'c' },
      ...{ phase: 'joined', joinedAt: second(9), until: streamMs(60_000) },
      ...o,
    };
    const draft = draftOf({ legs: [customer, agent, expert], consults: [consult] });
    endWaits(draft, eventTime === undefined ? undefined : second(eventTime));
    return [...said(draft.changes), draft.state.consults[0]?.phase];
  };
  const conference = ['a>e consult-ended', 'over'];
  const inTime = { until: streamMs(60_001) };

  it.each<[string, readonly unknown[], readonly unknown[]]>([
    ['is a conference when its time is over', joined({}), conference],
    ['waits in its time', joined(inTime), ['joined']],
    ['is a conference when the call goes on much later', joined(inTime, 14), conference],
    ['waits when the call goes on only a little later', joined(inTime, 13), ['joined']],
    ['waits without a time', joined({ until: undefined as never }), ['joined']],
    ['is nothing that waits before that', joined({ phase: 'begun' }), ['begun']],
  ])('%s', (_, got, wanted) => {
    expect(got).toEqual(wanted);
  });
});

it.each<[string, number | undefined, number]>([
  ['from where it began', 5, 5],
  ['from nowhere when that is not known', undefined, Number.POSITIVE_INFINITY],
])('a need is met when its connection has caught up, %s', (_, place, wanted) => {
  const need = { site: 'x', connection: 'calls', at: second(3), place } as const;
  const asked: unknown[] = [];
  expect(isMet(need, { caughtUp: (...o) => asked.push(o) > 0 })).toBe(true);
  expect(isMet(need, { caughtUp: () => false })).toBe(false);
  expect(asked).toEqual([['x', 'calls', second(3), wanted]]);
});
