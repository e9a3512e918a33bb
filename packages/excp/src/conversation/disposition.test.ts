import { asId, type CloudWrapupCodeId, type PartyUuid } from '@exec/common/ids';
import { engageLaterBy, streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import { callOf, draftOf, home, legOf, second } from '../testing/parts.ts';
import {
  agentDisposition,
  applyChosen,
  awaitsDisposition,
  callDisposition,
  skipDispositions,
} from './disposition.ts';
import type { Draft } from './draft.ts';
import type { Call, Leg, Party } from './state.ts';
import { defaultSettings, type ModelSettings } from './step-context.ts';

/** Now is stream time 60,000. */
const inTime = streamMs(60_000);
const tooLate = streamMs(59_999);

const partyOf = (leg: string): Party => ({
  ...{ id: asId<PartyUuid>(`party of ${leg}`), dn: leg, type: 'Extension', state: 'Connected' },
  ...{ at: second(1), seen: streamMs(1), flags: [], leg },
});
const agent = (key: string, o: Partial<Leg> = {}) => legOf('user', key, { dn: '5001', ...o });
const left = (key: string, o: Partial<Leg> = {}) =>
  agent(key, { endedAt: second(9), disposableUntil: inTime, ...o });
const heldBack = { why: 'last', at: second(9), until: streamMs(70_000), otherwise: 'Peer' } as const;

/** The call is that of the parties whose legs are named; the rest of the legs has left it. */
function draft(legs: readonly Leg[], o: { here?: readonly string[]; call?: Partial<Call> } = {}): Draft {
  const call = callOf({ parties: (o.here ?? []).map(partyOf), ...o.call });
  const other = callOf({ key: 'site/other', parties: ['elsewhere'].map(partyOf) });
  const made = draftOf({ calls: [call, other], legs: [...legs] });
  return Object.assign(made, {
    context: {
      ...made.context,
      lookups: {
        ...made.context.lookups,
        wrapupCode: (name: string) =>
          name === 'unmapped' ? undefined : asId<CloudWrapupCodeId>(`code of ${name}`),
      },
    },
  });
}

/** Which legs got which code, and what was odd. */
const said = ({ changes, anomalies }: Draft) => [
  ...changes.map((change) =>
    change.change === 'disposition' ? `${change.leg}: ${change.code ?? 'none'}` : change.change,
  ),
  ...anomalies,
];

describe('a disposition that is attached to a call', () => {
  const attached = (made: Draft, value = 'Sale', at = second(10)) => {
    const call = made.call(home);
    if (call !== undefined) callDisposition(made, call, value, at);
    return said(made);
  };

  it.each<[string, Draft, readonly string[]]>([
    ['is of the agent who talks in it', draft([agent('a')], { here: ['a'] }), ['a: code of Sale']],
    [
      'is of all agents who talk in it',
      draft([agent('a'), agent('b')], { here: ['a', 'b'] }),
      ['a: code of Sale', 'b: code of Sale'],
    ],
    [
      'is not of one whose telephone rings',
      draft([agent('a', { alerting: true })], { here: ['a'] }),
      ['no-leg'],
    ],
    ['is not of other parties', draft([legOf('external', 'c')], { here: ['c'] }), ['no-leg']],
    [
      'is not of an agent who talks in another call',
      draft([agent('a'), agent('elsewhere')], { here: ['a'] }),
      ['a: code of Sale'],
    ],
    [
      'is of an agent who talks in it, and takes part in another call too',
      draft([agent('elsewhere')], { here: ['elsewhere'] }),
      ['elsewhere: code of Sale'],
    ],
    [
      'is of an agent who talks in it, not of one who has left it',
      draft([agent('a'), left('b')], { here: ['a'] }),
      ['a: code of Sale'],
    ],
    ['is of who left it last', draft([left('a'), left('b')]), ['b: code of Sale']],
    [
      'is of who left, not of one of another call',
      draft([left('a'), left('b', { home: 'site/other' })]),
      ['a: code of Sale'],
    ],
    [
      'is of an agent whose end is held back',
      draft([agent('a', { leaving: { ...heldBack, at: second(11) } })]),
      ['a: code of Sale'],
    ],
    ['is of nobody when nobody has talked', draft([]), ['no-leg']],
    [
      'is the same when it was attached before',
      draft([agent('a')], { here: ['a'], call: { disposition: 'Sale' } }),
      [],
    ],
  ])('%s', (_whose, made, wanted) => {
    expect(attached(made)).toEqual(wanted);
  });

  it('without a code is counted, and published without one', () => {
    expect(attached(draft([agent('a')], { here: ['a'] }), 'unmapped')).toEqual([
      'a: none',
      'unmapped-disposition',
    ]);
  });

  it('is published with its time, after an end with that of the end', () => {
    const early = draft([left('a')]);
    attached(early, 'Sale', second(3));
    expect(early.changes).toMatchObject([{ at: second(9) }]);
    const late = draft([left('a')]);
    attached(late, 'Sale', second(30));
    expect(late.changes).toMatchObject([{ at: second(30) }]);
  });
});

describe('a disposition that an agent sets at a telephone', () => {
  const set = (legs: readonly Leg[], o: { dn?: string; site?: string } = {}) => {
    const made = draft(legs);
    const taken = agentDisposition(made, o.dn ?? '5001', o.site ?? 'site', 'Sale', second(10));
    return [taken, ...said(made)];
  };

  it.each<[string, readonly unknown[], readonly unknown[]]>([
    ['is of the call that has just ended', set([left('a'), agent('b')]), [true, 'a: code of Sale']],
    ['is of the newest that has ended', set([left('a'), left('b')]), [true, 'b: code of Sale']],
    [
      'is of the call that lasts when that has one',
      set([left('a', { disposed: true }), agent('b')]),
      [true, 'b: code of Sale'],
    ],
    ['is too late when all have one', set([left('a', { disposed: true })]), [true, 'late-disposition']],
    ['is not taken where nobody is', set([]), [false]],
    ['is not taken at another telephone', set([left('a')], { dn: '5002' }), [false]],
    ['is not taken on another site', set([left('a')], { site: 'other' }), [false]],
    ['is not taken by other parties', set([legOf('phone', 'p', { dn: '5001' })]), [false]],
  ])('%s', (_whose, got, wanted) => {
    expect(got).toEqual(wanted);
  });
});

describe('a leg takes', () => {
  const twice = (leg: Leg, ...values: readonly string[]) => {
    const made = draft([leg]);
    for (const value of values) agentDisposition(made, '5001', 'site', value, second(10));
    return [...said(made), made.leg(leg.key)?.chosen?.value];
  };
  const none = undefined;

  it.each<[string, readonly unknown[], readonly unknown[]]>([
    [
      'another choice while it lasts',
      twice(agent('a'), 'Sale', 'Refund'),
      ['a: code of Sale', 'a: code of Refund', none],
    ],
    ['the same choice once', twice(agent('a'), 'Sale', 'Sale'), ['a: code of Sale', none]],
    [
      'one choice after its end',
      twice(left('a'), 'Sale', 'Refund'),
      ['a: code of Sale', 'late-disposition', none],
    ],
    [
      'none after the time for it',
      twice(left('a', { disposableUntil: tooLate }), 'Sale'),
      ['late-disposition', none],
    ],
    [
      'none when there is no time for it',
      twice(agent('a', { endedAt: second(9) }), 'Sale'),
      ['late-disposition', none],
    ],
    [
      'one choice later when its end is held back',
      twice(agent('a', { leaving: heldBack }), 'Sale', 'Refund'),
      [...['late-disposition', 'Sale']],
    ],
    ['that one choice once', twice(agent('a', { leaving: heldBack }), 'Sale', 'Sale'), ['Sale']],
    [
      'a choice of before the end that is held back',
      twice(agent('a', { leaving: { ...heldBack, at: second(11) } }), 'Sale'),
      ['a: code of Sale', none],
    ],
    [
      'a choice while it waits for something else',
      twice(agent('a', { leaving: { ...heldBack, why: 'transfer' } }), 'Sale'),
      ['a: code of Sale', none],
    ],
  ])('%s', (_what, got, wanted) => {
    expect(got).toEqual(wanted);
  });

  it('what was chosen while its end was held back, once it has ended', () => {
    const leg = left('a', { chosen: { value: 'Sale', at: second(10) } });
    const made = draft([leg]);
    const [there] = made.state.legs;
    if (there === undefined) throw new Error('there is no leg');
    applyChosen(made, there);
    applyChosen(made, there);
    expect(said(made)).toEqual(['a: code of Sale']);
    expect(there).toMatchObject({ disposed: true, disposition: 'Sale' });
    expect(there.chosen).toBeUndefined();
  });
});

describe('a disposition that nobody chose in time', () => {
  const skipped = (leg: Leg, settings: Partial<ModelSettings> = { afterCallWorkRequired: true }) => {
    const made = draftOf({ legs: [leg] }, { settings: { ...defaultSettings, ...settings } });
    skipDispositions(made);
    return { made, said: said(made), disposed: made.leg(leg.key)?.disposed === true };
  };

  it.each<[string, ReturnType<typeof skipped>, readonly string[], boolean]>([
    ['is published as none where one is required', skipped(left('a')), ['a: none'], true],
    ['is not published where none is required', skipped(left('a'), {}), [], true],
    [
      'is not published while there is time',
      skipped(left('a', { disposableUntil: streamMs(60_001) })),
      [],
      false,
    ],
    ['is not published twice', skipped(left('a', { disposed: true })), [], true],
    ['is not published where one was chosen before', skipped(left('a', { disposition: 'Sale' })), [], true],
    ['is not published of a leg that lasts', skipped(agent('a')), [], false],
  ])('%s', (_what, got, wanted, disposed) => {
    expect([got.said, got.disposed]).toEqual([wanted, disposed]);
  });

  it('is published at the end of the time for it', () => {
    const { made } = skipped(left('a'));
    expect(made.changes).toMatchObject([
      { at: engageLaterBy(second(9), defaultSettings.dispositionGraceMs) },
    ]);
  });
});

it('a disposition may still come for an agent’s leg that has ended and has none', () => {
  const legs = [
    left('a'),
    left('a', { disposed: true }),
    agent('a'),
    { ...left('p'), kind: 'phone' as const },
  ];
  expect(legs.map(awaitsDisposition)).toEqual([true, false, false, false]);
});
