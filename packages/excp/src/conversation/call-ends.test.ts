/** A call that ends: what becomes of its parties, of the stays of its queues, and of the consultations that hang on it. */
import { asId, type CallUuid } from '@exec/common/ids';
import { describe, expect, it } from 'vitest';
import type { CallDeleted } from '../events/engage-events.ts';
import { agent, customer, here, party, played, reported, who } from '../testing/parties.ts';
import { callOf, home, legOf, queueOf, second } from '../testing/parts.ts';
import { callDeleted } from './call-ends.ts';
import type { Draft } from './draft.ts';
import type { Consult, Leaving, Leg } from './state.ts';

const other = callOf({ key: 'site/other', uuid: asId<CallUuid>('other') });
const ends = (o: Partial<CallDeleted> = {}): CallDeleted => ({
  ...{ kind: 'call-deleted', site: 'site', call: asId<CallUuid>('call'), at: second(10) },
  ...o,
});
const into = asId<CallUuid>('other');
const ended = (o: Parameters<typeof played>[1] = {}, input = ends()): Draft =>
  played((draft, call) => callDeleted(draft, call, input), o);
const behind = { context: { caughtUp: () => false } };
const leaving = (why: Leaving['why'], o: Partial<Leaving> = {}): Pick<Leg, 'leaving'> => ({
  leaving: { ...{ why, at: second(5), until: second(9) as never, otherwise: 'Transfer' }, ...o },
});
/** What of a leg tells that it waits, in short. */
const waits = (draft: Draft, key: string) => {
  const leg = draft.leg(key);
  return leg?.leaving && [leg.leaving.why, leg.leaving.at, leg.leaving.otherwise];
};

describe('the parties of a call that ends', () => {
  it('leave with it, ended by the system', () => {
    const draft = ended();
    expect(draft.changes).toMatchObject([
      { change: 'ended', leg: 'customer', disconnect: 'System', at: second(10) },
      { change: 'ended', leg: 'agent', disconnect: 'System', at: second(10) },
    ]);
    expect([who(draft), draft.call(home)?.endedAt, draft.anomalies]).toEqual([[], second(10), []]);
  });

  it('end as an error where they could not be reached', () => {
    const draft = ended({ legs: [customer, { ...agent, failed: true }] });
    expect(draft.changes).toMatchObject([
      { leg: 'customer', disconnect: 'System' },
      { leg: 'agent', disconnect: 'Error' },
    ]);
  });

  it('end once, whoever says it again', () => {
    const draft = ended({ call: { endedAt: second(5) } });
    expect([reported(draft), draft.call(home)?.endedAt]).toEqual([['repeated-call'], second(5)]);
  });

  it('wait for the call that they go on in, and end as left when it does not name them', () => {
    const draft = ended({ others: [other] }, ends({ into }));
    expect([reported(draft), who(draft)]).toEqual([[], []]);
    expect([waits(draft, 'customer'), waits(draft, 'agent')]).toEqual([
      ['moving', second(10), 'Peer'],
      ['moving', second(10), 'Peer'],
    ]);
  });

  it.each<[string, Parameters<typeof played>[1], CallDeleted]>([
    ['is not known', {}, ends({ into })],
    ['has ended', { others: [{ ...other, endedAt: second(5) }] }, ends({ into })],
    ['is the one that ends', {}, ends({ into: asId<CallUuid>('call') })],
  ])('end where the call that it went into %s', (_, state, input) => {
    expect(reported(ended(state, input))).toEqual(['customer ended', 'agent ended']);
  });

  it.each<[string, Parameters<typeof played>[1], readonly string[]]>([
    [
      'goes on where else it takes part',
      { others: [{ ...other, parties: [party('B', { leg: 'agent' })] }] },
      ['customer ended'],
    ],
    [
      'ends as it was going to when it had left before',
      { legs: [customer, { ...agent, ...leaving('unsure') }] },
      ['customer ended', 'agent ended'],
    ],
    [
      'waits on when it had left before and something else decides how it ends',
      { legs: [customer, { ...agent, ...leaving('transfer') }] },
      ['customer ended'],
    ],
    ['is ended once', { legs: [customer, { ...agent, endedAt: second(5) }] }, ['customer ended']],
    ['has none', { parties: [party('C', { leg: 'customer' }), party('A')] }, ['customer ended']],
  ])('the leg of one of them %s', (_, state, wanted) => {
    expect(reported(ended(state))).toEqual(wanted);
  });

  it('keep, while it is not decided what they are, that they have gone with it', () => {
    const wait = { at: second(2), until: second(9) as never, later: [] };
    const unclear = party('A', { undecided: { why: 'agent', ...wait } });
    const draft = ended({ parties: [unclear], legs: [customer] });
    expect(draft.call(home)?.parties).toMatchObject([
      { id: 'A', undecided: { why: 'agent', later: [{ state: 'gone', at: second(10) }] } },
    ]);
  });

  it('have nobody left to wait for: who waited for an answer ends as left', () => {
    const ringing = legOf('user', 'ringing', leaving('unanswered'));
    expect(ended({ legs: [customer, ringing] }).changes).toMatchObject([
      { leg: 'customer', disconnect: 'System' },
      { leg: 'ringing', disconnect: 'Peer', at: second(5) },
    ]);
  });
});

describe('who was consulted in a call that ends, and has left it,', () => {
  const left = { ...agent, ...leaving('consult', { otherwise: 'Self' }) };
  const alone = { parties: here.slice(0, 1), legs: [customer, left] };

  it('ends as it was going to', () => {
    expect(ended(alone).changes).toMatchObject([
      { leg: 'customer' },
      { leg: 'agent', disconnect: 'Self', at: second(5) },
    ]);
  });

  it.each<[string, Parameters<typeof played>[1], CallDeleted]>([
    ['where that goes on in another one', { ...alone, others: [other] }, ends({ into })],
    ['where that is another one', { ...alone, legs: [customer, { ...left, home: 'site/other' }] }, ends()],
  ])('may still come into the main call, %s', (_, state, input) => {
    expect(reported(ended(state, input))).not.toContain('agent ended');
  });
});

describe('a stay in a queue, of a call that ends,', () => {
  const stay = (o: Partial<Leg> = {}): Leg => legOf('queue', 'q', { dn: '7000', ...o });
  const alone = { parties: [] };

  it.each<[string, Parameters<typeof played>[1], object | undefined]>([
    ['ends as left when nobody took part', { ...alone, legs: [customer, stay()] }, { disconnect: 'Peer' }],
    [
      'ends with those who took part, by the system',
      { parties: here.slice(0, 1), legs: [customer, stay()] },
      { disconnect: 'System' },
    ],
    [
      'is not that of those without a leg',
      { parties: [party('C')], legs: [customer, stay()] },
      { disconnect: 'Peer' },
    ],
    [
      'lasts when it is of another call',
      { ...alone, legs: [customer, stay({ home: 'site/other' })] },
      undefined,
    ],
    ['has ended once', { ...alone, legs: [customer, stay({ endedAt: second(5) })] }, undefined],
    ['waits on when it waits already', { ...alone, legs: [customer, stay(leaving('queue'))] }, undefined],
  ])('%s', (_, state, wanted) => {
    const end = ended(state).changes.find((change) => 'leg' in change && change.leg === 'q');
    if (wanted === undefined) expect(end).toBeUndefined();
    else expect(end).toMatchObject({ change: 'ended', at: second(10), ...wanted });
  });

  it.each([
    ['nobody', [], 'Peer'],
    ['somebody', here.slice(0, 1), 'System'],
  ] as const)('waits for what the queue says of its end, when %s took part', (_, parties, otherwise) => {
    const draft = ended({ ...behind, parties, legs: [customer, stay()] });
    expect(waits(draft, 'q')).toEqual(['queue', second(10), otherwise]);
  });

  it('asks how far the connection of the queues is, at the end of the call', () => {
    const asked: unknown[] = [];
    ended({
      ...{ ...alone, legs: [customer, stay()] },
      context: { place: 5, caughtUp: (...o) => asked.push(o) > 0 },
    });
    expect(asked).toContainEqual(['site', 'queues', second(10), 5]);
  });

  it('waits on in the call that this one went into', () => {
    const draft = ended({ ...alone, legs: [customer, stay()], others: [other] }, ends({ into }));
    expect([reported(draft), draft.leg('q')?.home, waits(draft, 'q')]).toEqual([[], 'site/other', undefined]);
  });
});

describe('a consultation', () => {
  const expert = legOf('user', 'expert', { home: 'site/second', consult: 'site/second' });
  const called: Consult = {
    ...{ call: 'site/second', main: home, initiator: 'agent', target: 'expert', reached: 'expert' },
    ...{ object: 'customer', phase: 'begun' },
  };
  const ofConsult = callOf({
    ...{ key: 'site/second', uuid: asId<CallUuid>('second'), consultOf: home },
    parties: [party('X', { leg: 'expert' })],
  });
  const asked = (o: Partial<Consult> = {}, legs: readonly Leg[] = [customer, agent, expert]) => ({
    ...{ legs, others: [ofConsult, other] },
    more: { consults: [{ ...called, ...o }] },
  });
  /** The own call of the consultation ends. */
  const own = (state: Parameters<typeof played>[1], input: Partial<CallDeleted> = {}) =>
    played((draft) => {
      const call = draft.call('site/second');
      if (call !== undefined) callDeleted(draft, call, ends({ call: call.uuid, ...input }));
    }, state);

  it('ends with its main call', () => {
    const draft = ended(asked());
    expect(reported(draft)).toEqual(['customer ended', 'agent ended', 'agent>expert consult-ended']);
    expect(draft.consult('site/second')?.phase).toBe('over');
  });

  it('goes on when its main call goes on in another one', () => {
    const draft = ended(asked(), ends({ into }));
    expect([reported(draft), draft.consult('site/second')?.phase]).toEqual([[], 'begun']);
  });

  it('is not that of another call that ends', () => {
    const draft = ended(asked({ main: 'site/other' }));
    expect(draft.consult('site/second')?.phase).not.toBe('over');
  });

  it('is given up when its own call ends with the party that was reached', () => {
    const draft = own(asked());
    expect(reported(draft)).toEqual(['expert ended', 'agent>expert consult-ended']);
    expect(draft.consult('site/second')).toMatchObject({ phase: 'waiting' });
  });

  it('ends with its own call who was reached and had no place in it any more', () => {
    const left = { ...expert, ...leaving('consult', { otherwise: 'Self' }) };
    const draft = own({ ...asked({}, [customer, agent, left]), others: [{ ...ofConsult, parties: [] }] });
    expect(draft.changes).toMatchObject([
      { change: 'ended', leg: 'expert', disconnect: 'Self', at: second(5) },
      { change: 'consult-ended' },
    ]);
  });

  it('goes on while who was reached goes on in another call', () => {
    const moving = { ...expert, ...leaving('moving') };
    const draft = own({ ...asked({}, [customer, agent, moving]), others: [{ ...ofConsult, parties: [] }] });
    expect([reported(draft), draft.consult('site/second')?.phase]).toEqual([[], 'begun']);
  });

  it.each<[string, Leg, readonly string[]]>([
    ['stays in the main call, it is not decided yet', agent, []],
    [
      'has left it, the transfer is complete',
      { ...agent, ...leaving('transfer') },
      ['agent>expert consult-progressed', 'agent>expert consult-ended', 'agent ended'],
    ],
  ])('when its own call ends into the main call and who consulted %s', (_, initiator, wanted) => {
    const parties = here.filter(({ leg }) => leg !== 'agent' || initiator.leaving === undefined);
    const state = { ...asked({}, [customer, initiator, expert]), parties };
    expect(reported(own(state, { into: asId<CallUuid>('call') }))).toEqual(wanted);
  });

  it('of a queue that was asked waits for nobody: the stay ends as the queue says', () => {
    const stay = legOf('queue', 'q', {
      home: 'site/second',
      consult: 'site/second',
      queueId: queueOf('7000'),
    });
    const draft = own({
      ...asked({ target: 'q', reached: undefined as never }, [customer, agent, stay]),
      ...behind,
    });
    expect([reported(draft), waits(draft, 'q')?.[0]]).toEqual([['agent>q consult-ended'], 'queue']);
  });
});
