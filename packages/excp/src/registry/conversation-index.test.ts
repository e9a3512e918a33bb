import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { Call, Conversation, Leg, Party } from '../conversation/state.ts';
import { defaultSettings } from '../conversation/step-context.ts';
import { callOf, conversationOf, legOf, second } from '../testing/parts.ts';
import { ConversationIndex, callIn, hasParty } from './conversation-index.ts';

const call = (name: string, o: Partial<Call> = {}): Call =>
  callOf({ key: `site/${name}`, uuid: asId<CallUuid>(name), ...o });
const party = (id: string): Party => ({
  ...{ id: asId<PartyUuid>(id), dn: '5001', type: 'Extension', state: 'Connected' },
  ...{ at: second(1), seen: streamMs(1), flags: [] },
});
const conversation = (name: string, o: Partial<Conversation> = {}) =>
  conversationOf({ key: `site/${name}`, calls: [call(name)], ...o });
const agentAt = (from: number, o: Partial<Leg> = {}) =>
  legOf('user', `agent ${from}`, { dn: '5001', at: second(from), ...o });

function indexOf(...conversations: Conversation[]): ConversationIndex {
  const index = new ConversationIndex(defaultSettings);
  for (const one of conversations) index.keep(one);
  return index;
}

const disposition = { kind: 'disposition', site: 'site', dn: '5001', at: second(5), value: 'Sale' } as const;
const muted = { kind: 'mute', site: 'site', dn: '5001', at: second(5), muted: true } as const;

describe('a conversation that is kept', () => {
  const one = conversation('M', {
    calls: [
      call('M', { connIds: ['c1', 'c2'], links: ['L1'] }),
      call('N', { connIds: ['c3'], links: ['L1'] }),
    ],
  });

  it('is found by its calls, their connections and links', () => {
    const index = indexOf(one);
    expect(index.ofCall('site/M')).toBe(one);
    expect(index.ofCall('site/N')).toBe(one);
    for (const connId of ['c1', 'c2', 'c3']) expect(index.ofConn('site', connId)).toBe(one);
    expect(index.ofConn('other', 'c1')).toBeUndefined();
    expect(index.linked('L1')).toEqual(['site/M', 'site/N']);
    expect(index.linked('L2')).toEqual([]);
    expect(index.get('site/M')).toBe(one);
    expect(index.get('site/N')).toBeUndefined();
  });

  it('is found by nothing when it is forgotten', () => {
    const index = indexOf(one);
    index.forget(one);
    expect([index.size, index.open, index.firstDue]).toEqual([0, 0, undefined]);
    expect([index.ofCall('site/M'), index.ofConn('site', 'c1'), index.get('site/M')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(index.linked('L1')).toEqual([]);
    expect(index.isPast('site/M')).toBe(false);
  });

  it('is text when it is over: it is found by the same names, and leaves none of them', () => {
    const legs = [agentAt(1)];
    const [first, further] = [call('M', { connIds: ['c1'], links: ['L1'] }), call('N', { connIds: ['c2'] })];
    const index = indexOf(conversation('M', { calls: [first, further], legs }));
    const ends = (one: Call): Call => ({ ...one, endedAt: second(4), links: [] });
    index.keep(
      conversation('M', {
        calls: [first, further].map(ends),
        legs: [agentAt(1, { endedAt: second(4) })],
        overAt: second(4),
        keepUntil: streamMs(9_000),
      }),
    );
    expect([...index.kept()].map(([key, kept]) => [key, typeof kept])).toEqual([['site/M', 'string']]);
    expect(index.lasting()).toEqual([]);
    const found = () => [
      ...['site/M', 'site/N'].map((name) => index.ofCall(name)),
      ...['c1', 'c2'].map((connId) => index.ofConn('site', connId)),
      index.lastOfAgent('site', '5001'),
    ];
    expect(found().map((one) => one?.key)).toEqual(Array.from({ length: 5 }, () => 'site/M'));
    expect([index.linked('L1'), index.open, index.firstDue]).toEqual([['site/M'], 0, 9_000]);
    const last = index.takeDue(streamMs(9_000));
    if (last !== undefined) index.close(last);
    expect([...found(), ...index.linked('L1')]).toEqual(Array.from({ length: 5 }, () => undefined));
    expect(index.size).toBe(0);
  });

  it('is found no more by a connection that it has lost', () => {
    const index = indexOf(conversation('M', { calls: [call('M', { connIds: ['c1', 'c2'] })] }));
    index.keep(conversation('M', { calls: [call('M', { connIds: ['c2'] })] }));
    expect([index.ofConn('site', 'c1'), index.ofConn('site', 'c2')?.key]).toEqual([undefined, 'site/M']);
  });

  it('leaves the names of its calls when it is closed', () => {
    const index = indexOf(one);
    index.close(one);
    expect([index.size, index.isPast('site/M'), index.isPast('site/N')]).toEqual([0, true, true]);
  });

  it('leaves calls alone that have gone over to another one', () => {
    const other = conversation('O', { calls: [call('O'), call('N', { links: ['L1'] })] });
    const index = indexOf(one, other);
    index.forget(one);
    expect(index.ofCall('site/N')).toBe(other);
    expect(index.linked('L1')).toEqual(['site/N']);
  });

  it('counts as open until it is over, however often it is kept', () => {
    const index = indexOf(one, one, conversation('O'));
    expect([index.size, index.open]).toEqual([2, 2]);
    const over = conversation('O', { overAt: second(9), keepUntil: streamMs(9_000) });
    index.keep(over);
    expect([index.size, index.open]).toEqual([2, 1]);
    index.forget(over);
    expect([index.size, index.open]).toEqual([1, 1]);
  });

  it('is due once, as it was kept last', () => {
    const keep = (until: number) => conversation('M', { overAt: second(1), keepUntil: streamMs(until) });
    const index = indexOf(keep(9_000), keep(5_000));
    expect(index.firstDue).toBe(5_000);
    expect(index.takeDue(streamMs(4_999))).toBeUndefined();
    expect(index.takeDue(streamMs(5_000))?.key).toBe('site/M');
    expect(index.takeDue(streamMs(99_000))).toBeUndefined();
  });

  it('says what it waits for while it does', () => {
    const leaving = { why: 'queue', at: second(2), until: streamMs(9_000), otherwise: 'Peer' } as const;
    const index = indexOf(conversation('M', { legs: [legOf('queue', 'q', { leaving })] }));
    expect(index.needs().map(([key, needs]) => [key, needs.length])).toEqual([['site/M', 1]]);
    index.keep(conversation('M'));
    expect(index.needs()).toEqual([]);
  });
});

it('fifty thousand calls of the past are remembered, the oldest go', () => {
  const index = indexOf();
  for (let n = 1; n <= 50_001; n++) index.addPast(`site/${n}`);
  expect([1, 2, 50_001].map((n) => index.isPast(`site/${n}`))).toEqual([false, true, true]);
});

describe('the other conversation of a party', () => {
  const withP = (name: string, o: Partial<Conversation> = {}) =>
    conversation(name, { calls: [call(name, { parties: [party('P'), party(`only ${name}`)] })], ...o });

  it('is the open one that has it', () => {
    const [m, n] = [withP('M'), withP('N')];
    const index = indexOf(m, n);
    expect(index.withParty('P', m)).toBe(n);
    expect(index.withParty('P', n)).toBe(m);
    expect(index.withParty('only M', m)).toBeUndefined();
    expect(index.withParty('nobody', m)).toBeUndefined();
  });

  it('is none when it is over, or has the party no more', () => {
    const m = withP('M');
    expect(indexOf(m, withP('N', { overAt: second(9) })).withParty('P', m)).toBeUndefined();
    expect(indexOf(m, withP('N'), conversation('N')).withParty('P', m)).toBeUndefined();
  });

  it('is the one that has it by now, when others have taken the place of its parties', () => {
    const [m, n] = [
      withP('M'),
      conversation('N', { calls: [call('N', { parties: ['Q', 'R'].map(party) })] }),
    ];
    const index = indexOf(m, withP('N'), n);
    expect(['P', 'Q', 'R'].map((name) => index.withParty(name, m))).toEqual([undefined, n, n]);
  });
});

describe('what an agent did at a telephone belongs to', () => {
  const first = conversation('M', {
    calls: [call('M', { connIds: ['c1'] })],
    legs: [agentAt(1, { endedAt: second(4) })],
  });
  const open = conversation('N', { legs: [agentAt(3)] });
  const index = indexOf(first, open);

  it.each([
    ['the call that it names', { ...disposition, call: asId<CallUuid>('N') }, open],
    ['else the connection that it names', { ...disposition, connId: 'c1' }, first],
    ['a disposition: else what has ended last', disposition, first],
    ['a mute: else what lasted then', muted, open],
    ['a mute of before that: what lasted then', { ...muted, at: second(2) }, first],
  ])('%s', (_which, input, wanted) => {
    expect(index.ofExtension(input)).toBe(wanted);
  });

  it.each([
    ['no call of that name', { ...disposition, call: asId<CallUuid>('X') }],
    ['no connection of that name', { ...disposition, connId: 'x' }],
    ['nobody at that telephone', { ...disposition, dn: '5002' }],
    ['nobody on that site', { ...muted, site: 'other' }],
    ['nobody at that time', { ...muted, at: second(0.5) }],
  ])('%s', (_which, input) => {
    expect(index.ofExtension(input)).toBeUndefined();
  });

  it.each<[string, Leg, Leg, 'M' | 'N']>([
    ['the later of two ends', agentAt(1, { endedAt: second(4) }), agentAt(2, { endedAt: second(5) }), 'N'],
    [
      'the later of two ends, whichever was kept first',
      agentAt(2, { endedAt: second(5) }),
      agentAt(1, { endedAt: second(4) }),
      'M',
    ],
    ['the newer of two that last', agentAt(1), agentAt(2), 'N'],
    ['an end before one that lasts', agentAt(1, { endedAt: second(4) }), agentAt(8), 'M'],
    [
      'an end that is held back',
      agentAt(8),
      agentAt(1, { leaving: { why: 'last', at: second(4), until: streamMs(9_000), otherwise: 'Peer' } }),
      'N',
    ],
    ['an agent, no other party', legOf('phone', 'p', { dn: '5001', at: second(9) }), agentAt(1), 'N'],
  ])('of several: %s', (_which, one, two, wanted) => {
    const both = indexOf(conversation('M', { legs: [one] }), conversation('N', { legs: [two] }));
    expect(both.lastOfAgent('site', '5001')?.key).toBe(`site/${wanted}`);
  });
});

it('parties and calls are found in a conversation', () => {
  const one = conversation('M', { calls: [call('M'), call('N', { parties: [party('P')] })] });
  expect([hasParty(one, 'P'), hasParty(one, 'Q')]).toEqual([true, false]);
  expect(callIn(one, 'site', 'N')).toBe(one.calls[1]);
  expect(callIn(one, 'other', 'N')).toBeUndefined();
});

it('a mute button is for who was at that telephone of that site, whoever else takes part', () => {
  const left = agentAt(1, { endedAt: second(2) });
  const elsewhere = agentAt(1, { key: 'elsewhere', site: 'other' });
  const index = indexOf(conversation('M', { legs: [left, elsewhere] }));
  expect(index.ofExtension(muted)).toBeUndefined();
  expect(index.ofExtension({ ...muted, site: 'other' })?.key).toBe('site/M');
});
