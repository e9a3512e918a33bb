/** The life of one leg: established, answered, held, muted, ended, each once and never before the leg. */
import { asId, type CallUuid } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import type { PartyFlag, PartyState } from '@exec/engage-link/wire';
import { describe, expect, it } from 'vitest';
import { agent, customer, party, played, reported } from '../testing/parties.ts';
import { callOf, draftOf, home, legOf, queueOf, second, userOf } from '../testing/parts.ts';
import type { Draft } from './draft.ts';
import * as legs from './legs.ts';
import { type Leg, limits } from './state.ts';

const at = second(10);
const early = second(0);
const fresh = (o: Partial<legs.NewLeg> = {}): legs.NewLeg => ({
  ...{ key: 'new', is: { kind: 'phone' }, call: callOf(), dn: '5001', at, alerting: true, inbound: true },
  ...o,
});
const ringing: Leg = { ...agent, alerting: true };
const done: Leg = { ...agent, endedAt: second(9) };

/** What happens to the first leg. */
function happens(leg: Leg, what: (draft: Draft, leg: Leg) => void): Draft {
  return played(
    (draft) => {
      const [first] = draft.state.legs;
      if (first !== undefined) what(draft, first);
    },
    { legs: [leg], parties: [party('A', { leg: leg.key })] },
  );
}

describe('a leg that is established', () => {
  it('says all that is known of it, and is kept as it is', () => {
    const draft = draftOf({ legs: [customer] });
    const numbers = { number: '5001', ani: '+1', dnis: '+2', invitedBy: 'customer' };
    legs.establish(draft, fresh({ ...numbers, by: 'customer', stay: 'one', cause: 'Route' }));
    expect(draft.changes).toEqual([
      {
        ...{ change: 'established', leg: 'new', is: { kind: 'phone' }, at, alerting: true, inbound: true },
        ...numbers,
      },
    ]);
    expect(draft.leg('new')).toEqual({
      ...{ key: 'new', kind: 'phone', home, site: 'site', dn: '5001', at, seen: 60_000, by: 'customer' },
      ...{ cause: 'Route', stay: 'one', alerting: true, held: false, canHear: true, canSpeak: true },
    });
  });

  it.each<[string, Partial<legs.NewLeg>, Partial<Leg>, boolean]>([
    [
      'as a user makes the call known',
      { is: { kind: 'user', userId: userOf('a') } },
      { userId: userOf('a') },
      true,
    ],
    [
      'as a queue makes the call known',
      { is: { kind: 'queue', queueId: queueOf('7') } },
      { queueId: queueOf('7') },
      true,
    ],
    ['as a number does not', {}, {}, false],
    ['as the customer does not', { is: { kind: 'external' } }, {}, false],
    ['and does not ring has answered', { alerting: false }, { answeredAt: at }, false],
    ['in a consultation is of that', { call: callOf({ consultOf: 'site/main' }) }, { consult: home }, false],
  ])('%s', (_, o, wanted, reportable) => {
    const draft = draftOf({ reportable: false, published: false });
    const leg = legs.establish(draft, fresh(o));
    expect(leg).toMatchObject(wanted);
    for (const name of ['userId', 'queueId', 'answeredAt'] as const)
      expect([name, leg?.[name]]).toEqual([name, wanted[name]]);
    expect(leg?.consult).toBe(wanted.consult);
    expect(draft.state.reportable).toBe(reportable);
  });

  it('has a name of its own where another one has it', () => {
    const draft = draftOf({ legs: [legOf('phone', 'new'), legOf('phone', 'new#2')] });
    expect(legs.establish(draft, fresh())?.key).toBe('new#3');
  });

  it('is refused beyond the most that a conversation may have', () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => legOf('phone', `${n}`));
    const [below, full] = [draftOf({ legs: many(limits.legs - 1) }), draftOf({ legs: many(limits.legs) })];
    expect(legs.establish(below, fresh())?.key).toBe('new');
    expect(legs.establish(full, fresh())).toBeUndefined();
    expect([below.anomalies, full.anomalies, full.changes]).toEqual([[], ['too-large'], []]);
  });

  it.each([
    ['is refused when the cloud has ended the conversation', true, [done], 'call-ended'],
    ['is taken while another one lasts', true, [done, customer], undefined],
    ['is taken when the cloud knows nothing of it', false, [done], undefined],
  ] as const)('%s', (_, published, others, refused) => {
    const draft = draftOf({ published, legs: [...others] });
    expect(legs.establish(draft, fresh()) === undefined).toBe(refused !== undefined);
    expect(draft.anomalies).toEqual(refused === undefined ? [] : [refused]);
  });
});

describe('a leg', () => {
  it.each<[string, Leg, (draft: Draft, leg: Leg) => void, readonly string[]]>([
    ['is answered', ringing, (all, leg) => legs.answer(all, leg, at), ['agent answered']],
    ['is answered once', agent, (all, leg) => legs.answer(all, leg, at), []],
    [
      'is not answered after its end',
      { ...done, alerting: true },
      (all, leg) => legs.answer(all, leg, at),
      [],
    ],
    ['is held', agent, (all, leg) => legs.hold(all, leg, true, at), ['agent held']],
    ['is retrieved', { ...agent, held: true }, (all, leg) => legs.hold(all, leg, false, at), ['agent held']],
    ['is held once', { ...agent, held: true }, (all, leg) => legs.hold(all, leg, true, at), []],
    ['is not held while it rings', ringing, (all, leg) => legs.hold(all, leg, true, at), []],
    ['is not held after its end', done, (all, leg) => legs.hold(all, leg, true, at), []],
    ['is deaf', agent, (all, leg) => legs.setAudio(all, leg, false, true, at), ['agent audio']],
    ['is dumb', agent, (all, leg) => legs.setAudio(all, leg, true, false, at), ['agent audio']],
    ['is neither again', agent, (all, leg) => legs.setAudio(all, leg, true, true, at), []],
    ['is not deaf after its end', done, (all, leg) => legs.setAudio(all, leg, false, true, at), []],
  ])('%s', (_, leg, what, wanted) => {
    expect(reported(happens(leg, what))).toEqual(wanted);
  });

  it('keeps what has happened to it, with its time', () => {
    const draft = happens(ringing, (all, leg) => {
      legs.answer(all, leg, at);
      legs.hold(all, leg, true, second(11));
      legs.setAudio(all, leg, true, false, second(12));
    });
    expect(draft.leg('agent')).toMatchObject({
      ...{ alerting: false, answeredAt: at, held: true, canHear: true, canSpeak: false },
    });
    expect(draft.changes).toEqual([
      { change: 'answered', leg: 'agent', at },
      { change: 'held', leg: 'agent', held: true, at: second(11) },
      { change: 'audio', leg: 'agent', at: second(12), canHear: true, canSpeak: false },
    ]);
  });

  it('is nothing before it is there, whatever the times say', () => {
    const draft = happens(ringing, (all, leg) => {
      legs.answer(all, leg, early);
      legs.hold(all, leg, true, early);
      legs.setAudio(all, leg, true, false, early);
      legs.markEnded(all, leg, 'Peer', early);
    });
    expect(draft.changes.map((change) => change.at)).toEqual(Array.from({ length: 4 }, () => second(1)));
  });

  it.each<[PartyState, readonly string[], readonly string[], boolean]>([
    ['Connected', ['agent answered'], ['agent held'], false],
    ['Held', ['agent answered', 'agent held'], [], false],
    ['Busy', [], [], true],
    ['Failed', [], [], true],
    ['Initiated', [], [], false],
    ['Dialing', [], [], false],
    ['Queued', [], [], false],
    ['Alerting', [], [], false],
    ['Null', [], [], false],
    ['Unknown', [], [], false],
  ])('follows its party: %s', (state, whileRinging, whileHeld, failed) => {
    const follow = (leg: Leg) => happens(leg, (all, one) => legs.follow(all, one, state, at));
    expect(reported(follow(ringing))).toEqual(whileRinging);
    expect(reported(follow({ ...agent, held: true }))).toEqual(whileHeld);
    expect(follow(ringing).leg('agent')?.failed === true).toBe(failed);
  });

  it.each<[readonly PartyFlag[], boolean | undefined, readonly [boolean, boolean]]>([
    [[], undefined, [true, true]],
    [[], false, [true, true]],
    [[], true, [true, false]],
    [['NoTalk'], undefined, [true, false]],
    [['NoListen'], undefined, [false, true]],
    [['NoListen', 'NoTalk'], true, [false, false]],
  ])('with flags %s and the mute button at %s can hear and speak: %s', (flags, muted, wanted) => {
    const draft = happens({ ...agent, ...(muted !== undefined && { muted }) }, (all, leg) =>
      legs.followAudio(all, leg, party('A', { flags }), at),
    );
    expect([draft.leg('agent')?.canHear, draft.leg('agent')?.canSpeak]).toEqual(wanted);
  });

  it('is muted as its button and the flags of its party say together', () => {
    const muted = (flags: readonly PartyFlag[], button: boolean) =>
      played((all) => legs.mute(all, all.leg('agent') ?? expect.fail(), button, at), {
        parties: [party('A', { leg: 'agent', flags })],
        legs: [{ ...agent, canSpeak: !flags.includes('NoTalk') }],
      });
    expect(reported(muted([], true))).toEqual(['agent audio']);
    expect(muted([], true).leg('agent')).toMatchObject({ muted: true, canSpeak: false });
    expect(reported(muted(['NoTalk'], false))).toEqual([]);
  });

  it('is muted by its button alone when its party has left', () => {
    const draft = played((all) => legs.mute(all, all.leg('agent') ?? expect.fail(), true, at), {
      parties: [],
      legs: [{ ...agent, canHear: false }],
    });
    expect(draft.changes).toMatchObject([{ change: 'audio', canHear: false, canSpeak: false }]);
  });

  it.each<[string, Leg, readonly boolean[]]>([
    ['has no end', agent, [false, true, true, true]],
    ['has ended', { ...agent, endedAt: second(9) }, [false, true, false, false]],
    [
      'has an end that is held back',
      { ...agent, leaving: { why: 'last', at: second(9), until: streamMs(1), otherwise: 'Peer' } },
      [false, true, false, false],
    ],
  ])('was there from its begin until before its end: where it %s', (_, leg, wanted) => {
    expect([0, 1, 9, 10].map((time) => legs.wasThere(leg, second(time)))).toEqual(wanted);
  });
});

describe('a leg that ends', () => {
  it('leaves its parties in their calls, and takes a disposition for a time when it is an agent’s', () => {
    const draft = happens(ringing, (all, leg) => legs.markEnded(all, leg, 'Self', at));
    expect(draft.changes).toEqual([{ change: 'ended', leg: 'agent', disconnect: 'Self', at }]);
    expect(draft.leg('agent')).toMatchObject({
      ...{ endedAt: at, seen: 60_000, alerting: false, disposableUntil: 60_000 + 1_800_000 },
    });
    expect(draft.call(home)?.parties).toMatchObject([{ id: 'A' }]);
    expect(draft.call(home)?.parties[0]).not.toHaveProperty('leg');
  });

  it('leaves the parties of others alone', () => {
    const draft = played((all) => legs.markEnded(all, all.leg('agent') ?? expect.fail(), 'Self', at));
    expect(draft.call(home)?.parties.map(({ id, leg }) => [id, leg])).toEqual([
      ['C', 'customer'],
      ['A', undefined],
    ]);
  });

  it('takes no disposition when it is not an agent’s', () => {
    const draft = happens(customer, (all, leg) => legs.markEnded(all, leg, 'Self', at));
    expect(draft.leg('customer')).not.toHaveProperty('disposableUntil');
  });

  it('publishes what was chosen while its end was held back', () => {
    const draft = happens({ ...agent, chosen: { value: 'Sale', at: second(11) } }, (all, leg) =>
      legs.markEnded(all, leg, 'Self', at),
    );
    expect(draft.changes).toMatchObject([{ change: 'ended' }, { change: 'disposition', at: second(11) }]);
  });

  it('is as it was when its end is taken back', () => {
    const leg = { ...done, disposableUntil: streamMs(70_000) };
    legs.takeEndBack(leg);
    expect(leg).toEqual(agent);
  });

  it('elsewhere does not wait here any more', () => {
    const leaving = { why: 'unsure', at: second(5), until: streamMs(1), otherwise: 'Peer' } as const;
    expect(legs.endedElsewhere({ ...agent, leaving }, at)).toEqual({ ...agent, endedAt: at });
  });

  it('stays known when it is an agent’s', () => {
    const { state } = draftOf({ legs: [customer, agent, legOf('queue', 'q')] });
    legs.keepUserLegs(state);
    expect(state.legs.map(({ key }) => key)).toEqual(['agent']);
  });
});

it('a leg goes over to another call, with its party or without', () => {
  const other = callOf({ key: 'site/other', uuid: asId<CallUuid>('other') });
  const [leg, joins] = [{ ...agent }, party('N')];
  legs.moveHome(leg, other);
  expect(leg.home).toBe('site/other');
  legs.attachLeg(leg, callOf(), joins);
  expect([leg.home, joins.leg]).toEqual([home, 'agent']);
});
