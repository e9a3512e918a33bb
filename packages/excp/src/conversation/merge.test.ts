import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import { begins, callOf, conversationOf, legOf, said, second } from '../testing/parts.ts';
import { isClosed, mergeInto, shareParty } from './merge.ts';
import type { Conversation, Leg, Party } from './state.ts';

const at = second(30);
const wait = { at: second(20), until: streamMs(22_000) };

function conversation(name: string, legs: readonly Leg[], o: Partial<Conversation> = {}): Conversation {
  const key = `site/${name}`;
  const calls = [callOf({ key, uuid: asId<CallUuid>(name) })];
  return conversationOf({ key, calls, legs: legs.map((leg) => ({ ...leg, home: key })), ...o });
}

const customer = legOf('external', 'customer');
const agent = legOf('user', 'agent');
const into = () => conversation('into', [customer]);
const keys = ({ legs }: Conversation) => legs.map(({ key }) => key);

describe('a conversation of which nothing was published', () => {
  const unpublished = { published: false, reportable: false };

  it('goes on in the other one: calls, legs, consultations and what was kept of it', () => {
    const source = conversation('from', [agent], {
      ...unpublished,
      consults: [{ call: 'site/from', main: 'site/into', initiator: 'agent', phase: 'waiting' }],
      unpublished: [begins('agent', 2)],
      touchedAt: streamMs(9_000),
    });
    const merged = mergeInto(into(), source, at);
    expect(merged).toMatchObject({ source: undefined, sourceChanges: [] });
    const { target } = merged;
    expect(target.calls.map(({ key }) => key)).toEqual(['site/into', 'site/from']);
    expect(keys(target)).toEqual(['customer', 'agent']);
    expect(target.consults).toEqual(source.consults);
    expect(said(target.unpublished)).toEqual(['agent established']);
    expect(target).toMatchObject({ published: true, touchedAt: 9_000 });
  });

  it('keeps the newer of the two times at which something was heard', () => {
    const target = conversation('into', [customer], { touchedAt: streamMs(12_000) });
    const source = conversation('from', [agent], { ...unpublished, touchedAt: streamMs(9_000) });
    expect(mergeInto(target, source, at).target.touchedAt).toBe(12_000);
  });

  it.each<[string, Partial<Conversation>, Partial<Conversation>, string | undefined]>([
    ['nothing, where neither is', {}, {}, undefined],
    ['what its own loss cost it', { incomplete: 'shed' }, { incomplete: 'gap' }, 'shed'],
    ['what the loss of the other one cost', {}, { incomplete: 'gap' }, 'gap'],
  ])('is as incomplete as %s', (_, of, from, wanted) => {
    const { target } = mergeInto(
      conversation('into', [customer], of),
      conversation('from', [agent], from),
      at,
    );
    expect(target.incomplete).toBe(wanted);
    expect('incomplete' in target).toBe(wanted !== undefined);
  });

  it('wakes one that was over', () => {
    const target = conversation('into', [{ ...customer, endedAt: second(9) }], {
      ...{ overAt: second(9), keepUntil: streamMs(90_000) },
    });
    const merged = mergeInto(target, conversation('from', [agent], unpublished), at).target;
    expect([merged.overAt, merged.keepUntil]).toEqual([undefined, undefined]);
  });

  it('gives its legs other names where theirs are taken, everywhere', () => {
    const party = { id: asId<PartyUuid>('P'), dn: 'x', type: 'Extension', state: 'Connected' } as const;
    const parties: Party[] = [{ ...party, at, seen: streamMs(1), flags: [], leg: 'agent' }];
    const leaving = { why: 'transfer', ...wait, towards: 'agent', otherwise: 'Peer' } as const;
    const source = conversation(
      'from',
      [legOf('user', 'agent', { dn: 'other' }), legOf('phone', 'next', { by: 'agent', leaving })],
      {
        ...unpublished,
        calls: [callOf({ key: 'site/from', parties })],
        consults: [
          {
            call: 'c',
            main: 'm',
            phase: 'begun',
            initiator: 'agent',
            target: 'next',
            reached: 'next',
            object: 'agent',
          },
        ],
        unpublished: [
          begins('agent', 2),
          begins('next', 3, { invitedBy: 'agent' }),
          {
            change: 'transferred',
            at,
            initiating: 'agent',
            object: 'next',
            target: 'agent',
            destination: { kind: 'phone', number: '1' },
          },
          {
            change: 'consult-begun',
            at,
            initiating: 'agent',
            target: 'next',
            reached: 'agent',
            object: 'next',
          },
        ],
      },
    );
    const { target } = mergeInto(conversation('into', [customer, agent]), source, at);
    expect(keys(target)).toEqual(['customer', 'agent', 'agent#2', 'next']);
    expect(target.legs[3]).toMatchObject({ by: 'agent#2', leaving: { towards: 'agent#2' } });
    expect(target.calls[1]?.parties[0]?.leg).toBe('agent#2');
    expect(target.consults[0]).toMatchObject({
      ...{ initiator: 'agent#2', target: 'next', reached: 'next', object: 'agent#2' },
    });
    expect(target.unpublished).toMatchObject([
      { leg: 'agent#2' },
      { leg: 'next', invitedBy: 'agent#2' },
      { initiating: 'agent#2', object: 'next', target: 'agent#2' },
      { initiating: 'agent#2', target: 'next', reached: 'agent#2', object: 'next' },
    ]);
  });

  it('counts on from the names that are taken', () => {
    const taken = [agent, legOf('user', 'agent#2', { dn: 'another' })];
    const source = conversation('from', [legOf('user', 'agent', { dn: 'other' })], unpublished);
    expect(keys(mergeInto(conversation('into', taken), source, at).target)).toEqual([
      'agent',
      'agent#2',
      'agent#3',
    ]);
  });

  it.each<readonly [title: string, source: Leg, legs: readonly string[], unpublished: readonly string[]]>([
    ['who takes part there already has one leg', { ...agent, key: 'again' }, ['agent'], []],
    [
      'a leg that has ended there stays, and another one begins',
      { ...agent, key: 'again', endedAt: second(9) },
      ['agent', 'again'],
      ['again established'],
    ],
    [
      'the same number on another site is somebody else',
      { ...agent, key: 'again', site: 'elsewhere' },
      ['agent', 'again'],
      ['again established'],
    ],
    [
      'nobody is known by no number',
      { ...agent, key: 'again', dn: '' },
      ['agent', 'again'],
      ['again established'],
    ],
    [
      'a queue is nobody',
      legOf('queue', 'again', { dn: agent.dn }),
      ['agent', 'again'],
      ['again established'],
    ],
  ])('%s', (_, leg, legs, changes) => {
    const target = conversation('into', [leg.dn === '' ? { ...agent, dn: '' } : agent]);
    const source = conversation('from', [leg], { ...unpublished, unpublished: [begins('again', 2)] });
    const merged = mergeInto(target, source, at).target;
    expect(keys(merged)).toEqual(legs);
    expect(said(merged.unpublished)).toEqual(changes);
  });
});

describe('a conversation that the cloud knows', () => {
  const source = conversation('from', [
    agent,
    legOf('external', 'second', { held: true }),
    legOf('phone', 'gone', { endedAt: second(9) }),
  ]);

  it('ends there with its legs, which say where they go on', () => {
    const { source: rest, sourceChanges } = mergeInto(into(), source, at);
    expect(sourceChanges).toEqual([
      { change: 'ended', leg: 'agent', disconnect: 'Transfer', at, into: 'site/into' },
      { change: 'ended', leg: 'second', disconnect: 'Transfer', at, into: 'site/into' },
    ]);
    expect(rest).toMatchObject({ key: 'site/from', calls: [], consults: [] });
    expect(rest?.legs.map(({ endedAt }) => endedAt)).toEqual([at, at, second(9)]);
  });

  it('ends as it is said', () => {
    const { sourceChanges } = mergeInto(into(), source, at, 'TransferConference');
    expect(sourceChanges.map((change) => change.change === 'ended' && change.disconnect)).toEqual([
      'TransferConference',
      'TransferConference',
    ]);
  });

  it('goes on with its open legs as they are: a second customer is a further number', () => {
    const { target } = mergeInto(conversation('into', [customer], { reportable: false }), source, at);
    expect(target.legs.map(({ key, kind }) => `${key} ${kind}`)).toEqual([
      'customer external',
      'agent user',
      'second phone',
    ]);
    expect(target.legs.map(({ at: begin }) => begin)).toEqual([second(1), at, at]);
    expect(said(target.unpublished)).toEqual(['agent established', 'second established', 'second held']);
    expect(target.unpublished).toMatchObject([
      { is: { kind: 'user', userId: agent.userId }, number: undefined, inbound: true, alerting: false },
      { is: { kind: 'phone' }, number: 'dn second' },
      { held: true },
    ]);
    expect(target.reportable).toBe(true);
  });

  it.each([
    ['a customer stays one where there is none', legOf('external', 'leg'), { kind: 'external' }, 'dn leg'],
    ['a queue stays the queue', legOf('queue', 'leg'), { kind: 'queue', queueId: 'queue dn leg' }, undefined],
    ['an IVR stays one', legOf('ivr', 'leg'), { kind: 'ivr' }, undefined],
    [
      'a telephone that rings rings on',
      legOf('phone', 'leg', { alerting: true }),
      { kind: 'phone' },
      'dn leg',
    ],
  ] as const)('%s', (_, leg, is, number) => {
    const { target } = mergeInto(conversation('into', [agent]), conversation('from', [leg]), at);
    expect(target.unpublished).toMatchObject([{ is, number, alerting: leg.alerting, at }]);
  });

  it('forgets who invited a leg, and remembers what it can hear and say', () => {
    const muted = legOf('user', 'muted', { by: 'customer', canSpeak: false });
    const deaf = legOf('user', 'deaf', { canHear: false });
    const { target } = mergeInto(into(), conversation('from', [muted, deaf]), at);
    expect(target.legs[1]).not.toHaveProperty('by');
    expect(target.unpublished).toMatchObject([
      { leg: 'muted', change: 'established' },
      { leg: 'muted', change: 'audio', canHear: true, canSpeak: false },
      { leg: 'deaf', change: 'established' },
      { leg: 'deaf', change: 'audio', canHear: false, canSpeak: true },
    ]);
  });

  it('ends the second leg of somebody who takes part in both, without another one', () => {
    const { target, sourceChanges } = mergeInto(
      conversation('into', [customer, agent]),
      conversation('from', [{ ...agent, key: 'again' }]),
      at,
    );
    expect(keys(target)).toEqual(['customer', 'agent']);
    expect(target.unpublished).toEqual([]);
    expect(said(sourceChanges)).toEqual(['again ended']);
  });

  it('leaves both as they were for whoever holds them', () => {
    const before = into();
    mergeInto(before, source, at).target.legs[0] = agent;
    expect(before).toEqual(into());
    expect(source.legs[0]).toEqual({ ...agent, home: 'site/from' });
  });
});

it.each<readonly [title: string, legs: readonly Leg[], other: readonly Leg[], shared: boolean]>([
  ['the same telephone takes part in both', [customer, agent], [{ ...agent, key: 'again' }], true],
  ['a customer does', [customer], [{ ...customer, key: 'again' }], true],
  ['nobody does', [customer], [agent], false],
  ['somebody did, and has left the one', [{ ...agent, endedAt: at }], [agent], false],
  ['somebody did, and has left the other', [agent], [{ ...agent, endedAt: at }], false],
  ['the same queue is no participant', [legOf('queue', 'q')], [legOf('queue', 'q')], false],
  ['the same IVR is none', [legOf('ivr', 'q')], [legOf('ivr', 'q')], false],
])('whether somebody takes part in two conversations: %s', (_, legs, other, shared) => {
  expect(shareParty(conversation('one', legs), conversation('two', other))).toBe(shared);
});

it.each([
  ['all that was published has ended', true, [{ ...customer, endedAt: at }], true],
  ['a leg lasts', true, [{ ...agent, endedAt: at }, customer], false],
  ['nothing was published', false, [{ ...customer, endedAt: at }], false],
] as const)('a conversation is closed for the cloud: %s', (_, published, legs, closed) => {
  expect(isClosed(conversation('one', legs, { published }))).toBe(closed);
});
