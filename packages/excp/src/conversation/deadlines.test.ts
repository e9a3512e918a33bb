import { asId, type PartyUuid } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import { callOf, conversationOf, draftOf, home, legOf, said, second } from '../testing/parts.ts';
import { closeAsGone, endWaits, needsOf, nextDue, outlived, sitesOf } from './deadlines.ts';
import type { Call, Conversation, Leaving, Leg, Party, Undecided } from './state.ts';
import { defaultSettings } from './step-context.ts';

/** Heard of at stream time 1,000: lost at 11,000, too long at 21,000. */
const times = { lostMs: 10_000, longestMs: 20_000 };
const leaving = (until: number, o: Partial<Leaving> = {}): Leaving => ({
  ...{ why: 'queue', at: second(9), until: streamMs(until), otherwise: 'Peer' },
  ...o,
});
const undecided = (o: Partial<Undecided> = {}): Undecided => ({
  ...{ why: 'agent', at: second(3), until: streamMs(4_000), later: [] },
  ...o,
});
const party = (o: Partial<Undecided>): Party => ({
  ...{ id: asId<PartyUuid>('P'), dn: '5001', type: 'Extension', state: 'Connected' },
  ...{ at: second(1), seen: streamMs(1), flags: [], undecided: undecided(o) },
});
const ended = { endedAt: second(5) };

describe('a conversation is due', () => {
  const due = (o: Partial<Conversation>) => nextDue(conversationOf(o), times);
  const leg = (o: Partial<Leg>) => ({ legs: [legOf('user', 'a', o)] });
  const consult = (phase: 'begun' | 'joined', until?: number) => ({
    consults: [{ call: 'c', main: home, phase, ...(until === undefined ? {} : { until: streamMs(until) }) }],
  });

  it.each<[string, Partial<Conversation>, number]>([
    ['when nothing was heard of it for too long', {}, 11_000],
    ['when it has lasted too long', { touchedAt: streamMs(15_000) }, 21_000],
    [
      'when it has lasted too long, from its first call on',
      {
        ...{
          touchedAt: streamMs(15_000),
          calls: [callOf({ seen: streamMs(9_000) }), callOf({ seen: streamMs(500) })],
        },
      },
      20_500,
    ],
    ['when it may be forgotten', { keepUntil: streamMs(90_000) }, 90_000],
    ['when a leg has waited', leg({ leaving: leaving(5_000) }), 5_000],
    ['when no disposition can come any more', leg({ ...ended, disposableUntil: streamMs(6_000) }), 6_000],
    [
      'not for a disposition that has come',
      leg({ ...ended, disposableUntil: streamMs(6_000), disposed: true }),
      11_000,
    ],
    ['not for a disposition of a leg that lasts', leg({ disposableUntil: streamMs(6_000) }), 11_000],
    ['when a consultation counts as a conference', consult('joined', 7_000), 7_000],
    ['not for a consultation that has only begun', consult('begun', 7_000), 11_000],
    ['not for a consultation without a time', consult('joined'), 11_000],
    ['when a party has waited', { calls: [callOf({ parties: [party({})] })] }, 4_000],
    [
      'when the first of several waits is over',
      {
        ...leg({ leaving: leaving(5_000) }),
        ...consult('joined', 3_000),
        calls: [callOf({ parties: [party({})] })],
      },
      3_000,
    ],
  ])('%s', (_when, o, wanted) => {
    expect(due(o)).toBe(wanted);
  });
});

it.each<[string, Partial<Conversation>, number, string | undefined]>([
  ['lives until nothing was heard of it for too long', {}, 10_999, undefined],
  ['is lost then', {}, 11_000, 'lost-conversation'],
  ['lives until it has lasted too long', { touchedAt: streamMs(20_500) }, 20_999, undefined],
  ['is too long then', { touchedAt: streamMs(20_500) }, 21_000, 'too-long'],
  ['is neither when it is over', { overAt: second(1) }, 99_000, undefined],
])('a conversation %s', (_what, o, now, wanted) => {
  const first = callOf({ seen: streamMs(1_000) });
  expect(outlived(conversationOf({ calls: [first], ...o }), times, streamMs(now))).toBe(wanted);
});

describe('a conversation needs', () => {
  const two = [callOf(), callOf({ key: 'other/call', site: 'other' })];
  const needs = (o: Partial<Conversation>) =>
    needsOf(conversationOf(o), { sites: ['site', 'other'], waitMs: 2_000 }).map(
      ({ site, connection, at, place }) => [site, connection, at, place],
    );
  const leg = (of: Leaving) => [legOf('user', 'a', { leaving: of }), legOf('user', 'b', { at: second(4) })];

  it.each<[string, Partial<Conversation>, readonly (readonly unknown[])[]]>([
    ['nothing when nothing waits', { legs: [legOf('user', 'a')] }, []],
    [
      'the queues, up to the end of a stay',
      { legs: leg(leaving(5_000, { place: 8 })) },
      [['site', 'queues', second(9), 8]],
    ],
    [
      'the queues, up to the leg that a call was handed to',
      { legs: leg(leaving(5_000, { why: 'transfer', towards: 'b' })) },
      [['site', 'queues', second(4), undefined]],
    ],
    [
      'nothing when the leg that it was handed to is gone',
      { legs: leg(leaving(5_000, { why: 'transfer', towards: 'x' })) },
      [],
    ],
    ['nothing for a leg that may move', { legs: leg(leaving(5_000, { why: 'moving' })) }, []],
    [
      'the queues of all sites, before its last leg ends',
      { calls: two, legs: leg(leaving(5_000, { why: 'last', upTo: second(12) })) },
      [
        ['site', 'queues', second(12), undefined],
        ['other', 'queues', second(12), undefined],
      ],
    ],
    [
      'those up to the end, where no other time is given',
      { legs: leg(leaving(5_000, { why: 'last' })) },
      [['site', 'queues', second(9), undefined]],
    ],
    [
      'the telephones, to know an agent',
      { calls: [callOf({ parties: [party({ place: 3 })] })] },
      [['site', 'extensions', second(3), 3]],
    ],
    [
      'the queues, to know where a call came from',
      { calls: [callOf({ parties: [party({ why: 'queue' })] })] },
      [['site', 'queues', second(3), undefined]],
    ],
    [
      'nothing at first, to know the other half of a call',
      { calls: [callOf({ parties: [party({ why: 'link', since: streamMs(2_000) })] })] },
      [],
    ],
    [
      'the calls of other sites, to know it after the usual time',
      { calls: [callOf({ parties: [party({ why: 'link', since: streamMs(1_999), place: 3 })] })] },
      [['other', 'calls', second(3), 3]],
    ],
  ])('%s', (_what, o, wanted) => {
    expect(needs(o)).toEqual(wanted);
  });

  it('of sites each once', () => {
    expect(sitesOf(conversationOf({ calls: [...two, callOf()] }))).toEqual(['site', 'other']);
  });
});

describe('a leg that has left', () => {
  // Now is stream time 60,000; `since` the wait lasts for a while.
  type Known = (site: string, connection: string) => boolean;
  const nothing: Known = () => false;
  const calls: Call[] = [callOf(), callOf({ key: 'other/call', site: 'other' })];
  const rest = (o: Partial<Leaving>, known: Known, eventTime?: number) => {
    const leg = legOf('user', 'a', { leaving: leaving(60_000, { since: streamMs(59_000), ...o }) });
    const stays = legOf('external', 'b');
    const draft = draftOf(
      { calls, legs: [leg, stays] },
      {
        caughtUp: (site, connection) => known(site, connection),
        settings: { ...defaultSettings, waitMs: 2_000 },
      },
    );
    endWaits(draft, eventTime === undefined ? undefined : second(eventTime));
    const until = draft.leg('a')?.leaving?.until;
    return [...said(draft.changes), until];
  };
  const gone = ['a ended', undefined];
  const later = streamMs(60_250);

  it.each<[string, readonly unknown[], readonly unknown[]]>([
    ['waits for queues that have not caught up, a little longer', rest({}, nothing), [later]],
    ['ends when the queues have caught up', rest({}, (_, connection) => connection === 'queues'), gone],
    ['waits when only others have caught up', rest({}, (_, connection) => connection !== 'queues'), [later]],
    [
      'ends before its time when the queues have caught up',
      rest({ until: streamMs(70_000) }, () => true),
      gone,
    ],
    ['lasts while its time is not over', rest({ until: streamMs(70_000) }, nothing), [70_000]],
    ['ends after half a minute whatever has not caught up', rest({ since: streamMs(30_000) }, nothing), gone],
    ['waits until that half minute is over', rest({ since: streamMs(30_001) }, nothing), [60_001]],
    [
      'ends in time where an earlier release did not say since when',
      rest({ since: undefined } as never, nothing),
      gone,
    ],
    ['as a move ends when its time is over', rest({ why: 'moving' }, nothing), gone],
    ['of a consultation ends when its time is over', rest({ why: 'consult' }, nothing), gone],
    [
      'as the last one waits for the queues of every site',
      rest({ why: 'last' }, (site) => site === 'other'),
      [later],
    ],
    [
      'as the last one waits for those of other sites, though its own have caught up',
      rest({ why: 'last' }, (site) => site === 'site'),
      [later],
    ],
    ['waits for the queues of its own site alone else', rest({}, (site) => site === 'site'), gone],
    [
      'ends when the call goes on much later, and the queues are known until then',
      rest({ why: 'unsure', until: streamMs(70_000) }, () => true, 14),
      gone,
    ],
    [
      'lasts when the call goes on only a little later',
      rest({ why: 'unsure', until: streamMs(70_000) }, () => true, 13),
      [70_000],
    ],
    [
      'lasts when the call goes on, and the queues are behind',
      rest({ why: 'unsure', until: streamMs(70_000) }, nothing, 14),
      [70_000],
    ],
    [
      'as a move ends when the call goes on',
      rest({ why: 'moving', until: streamMs(70_000) }, nothing, 14),
      gone,
    ],
  ])('%s', (_what, got, wanted) => {
    expect(got).toEqual(wanted);
  });
});

it.each<[Leaving['why'], readonly unknown[]]>([
  ['transfer', [60_250]],
  ['unsure', [60_250]],
  ['unanswered', [60_250]],
  ['moving', ['a ended', undefined]],
])('a leg that left (%s) waits with the party that it may have been handed to', (why, wanted) => {
  const draft = draftOf(
    {
      calls: [callOf({ links: ['L'], parties: [party({ why: 'link', until: streamMs(70_000) })] })],
      legs: [
        legOf('user', 'a', { leaving: leaving(60_000, { why, since: streamMs(59_000) }) }),
        legOf('external', 'b'),
      ],
    },
    { caughtUp: () => true, settings: { ...defaultSettings, sites: ['site', 'other'] } },
  );
  endWaits(draft);
  expect([...said(draft.changes), draft.leg('a')?.leaving?.until]).toEqual(wanted);
});

it('a conversation that is gone ends all at once: consultations, legs, calls', () => {
  const draft = draftOf({
    calls: [callOf(), callOf({ key: 'site/c' })],
    legs: [legOf('external', 'c'), legOf('user', 'a', ended), legOf('user', 'b')],
    consults: [{ call: 'site/c', main: home, phase: 'begun', initiator: 'b', target: 'c', object: 'c' }],
  });
  closeAsGone(draft, second(20));
  expect(draft.changes.filter(({ change }) => change === 'ended')).toEqual(
    ['c', 'b'].map((leg) => ({ change: 'ended', leg, disconnect: 'System', at: second(20) })),
  );
  expect(draft.state.calls.map(({ endedAt }) => endedAt)).toEqual([second(20), second(20)]);
  expect(draft.state.consults.map(({ phase }) => phase)).toEqual(['waiting']);
});
