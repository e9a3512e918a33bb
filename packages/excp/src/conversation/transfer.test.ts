import { describe, expect, it } from 'vitest';
import { callOf, draftOf, home, legOf, queueOf, second, userOf } from '../testing/parts.ts';
import type { Leg } from './state.ts';
import { awaitsQueue, knownTarget, ofSameHands, transferOf, wasSentToRouting } from './transfer.ts';

/** The agent who hands over: he answered at second 5, and leaves at second 20. */
const agent = legOf('user', 'agent', { at: second(4), answeredAt: second(5) });
const customer = legOf('external', 'customer');
const at = second(20);
const wait = { at, until: draftOf({}).context.now };

const rings = (o: Partial<Leg> = {}) => legOf('user', 'next', { at: second(15), alerting: true, ...o });
/** Somebody who was there long before the agent left. */
const talks = (o: Partial<Leg> = {}) =>
  legOf('user', 'next', { at: second(10), answeredAt: second(11), ...o });

describe('a party that leaves hands its call to', () => {
  it.each<readonly [title: string, target: Leg, said: boolean, isTarget: boolean]>([
    ['an agent whose telephone rings', rings(), false, true],
    ['an outside number that is called', rings({ kind: 'phone' }), false, true],
    ['a queue, however long the call waits in it', legOf('queue', 'next', { at: second(6) }), false, true],
    ['nobody but an agent, a number or a queue', rings({ kind: 'ivr' }), true, false],
    ['nobody who was there before the agent answered', rings({ at: second(4.5) }), true, false],
    ['one who came when the agent answered', rings({ at: second(5) }), false, true],
    ['nobody who is leaving', rings({ leaving: { why: 'unsure', ...wait, otherwise: 'Peer' } }), true, false],
    ['nobody whose leg has ended', rings({ endedAt: second(16) }), true, false],
    ['nobody who was called into a conference', rings({ cause: 'Conference' }), true, false],
    ['one who answered a moment before', talks({ answeredAt: second(18.5) }), false, true],
    ['nobody who has talked for long, unless a cause says so', talks({ by: 'agent' }), false, false],
    ['one whom he called himself, if a cause says so', talks({ by: 'agent' }), true, true],
    ['nobody whom another one called', talks({ by: 'other' }), true, false],
    ['one who came by a transfer, if a cause says so', talks({ cause: 'Transfer' }), true, true],
    ['one who came by a single-step transfer', talks({ cause: 'SingleStepTransfer' }), true, true],
  ])('%s', (_, target, said, isTarget) => {
    const draft = draftOf({ legs: [customer, agent, target] });
    expect(knownTarget(draft, agent, at, said)?.key).toBe(isTarget ? 'next' : undefined);
  });

  it('the newest of several', () => {
    const draft = draftOf({ legs: [agent, rings(), rings({ key: 'newest' })] });
    expect(knownTarget(draft, agent, at, false)?.key).toBe('newest');
  });

  it('nobody, when nobody has answered him and he alone is there', () => {
    const { answeredAt: _, ...unanswered } = agent;
    expect(knownTarget(draftOf({ legs: [unanswered] }), unanswered, at, true)).toBeUndefined();
  });
});

describe('a party that was called in a consultation', () => {
  const consult = (initiator: string) => ({ call: 'second', main: home, phase: 'begun', initiator }) as const;
  it.each([
    ['is a target of the one who consults', consult('agent'), rings({ consult: 'second' }), agent, true],
    ['is none of another one', consult('other'), rings({ consult: 'second' }), agent, false],
    [
      'is one of others in that consultation',
      consult('other'),
      rings({ consult: 'second' }),
      { ...agent, consult: 'second' },
      true,
    ],
    ['of no consultation is a target of everybody', consult('other'), rings(), agent, true],
  ] as const)('%s', (_, consultation, target, leg, isTarget) => {
    const draft = draftOf({ legs: [customer, leg, target], consults: [consultation] });
    expect(ofSameHands(draft, leg, target)).toBe(isTarget);
  });
});

/** The last one takes the call over from the agent. */
function transferred(...legs: readonly Leg[]) {
  const draft = draftOf({ legs: [agent, ...legs] });
  const [leg = agent, ...others] = draft.state.legs;
  return transferOf(draft, leg, others.at(-1) ?? leg, at);
}

describe('what is published of a transfer', () => {
  const to = (target: Leg, ...others: readonly Leg[]) => {
    const { change, how } = transferred(...others, target);
    return [change?.object, change?.destination, how];
  };

  it('to an agent names him as the user', () => {
    expect(to(rings(), customer)).toEqual([
      'customer',
      { kind: 'user', userId: userOf('next') },
      'TransferUser',
    ]);
  });

  it('to a queue names the queue', () => {
    const destination = { kind: 'queue', queueId: queueOf('dn next') };
    expect(to(legOf('queue', 'next'), customer)).toEqual(['customer', destination, 'TransferACD']);
  });

  it('to a number names the number', () => {
    expect(to(legOf('phone', 'next', { at: second(15), dn: '4711' }), customer)).toEqual([
      'customer',
      { kind: 'phone', number: '4711' },
      'Transfer',
    ]);
  });

  it('to a number that is not known is nothing; the leg ends as transferred', () => {
    const unknown = legOf('phone', 'next', { at: second(15), dn: '' });
    expect(to(unknown, customer)).toEqual([undefined, undefined, 'Transfer']);
  });

  it('is nothing when nobody is left to hand over', () => {
    expect(to(rings())).toEqual([undefined, undefined, 'TransferUser']);
  });

  it('names the queue that has delivered the call already', () => {
    const queue = legOf('queue', 'queue', { at: second(12), endedAt: second(21) });
    const { change, how } = transferred(customer, queue, rings());
    expect(change).toMatchObject({
      ...{ at, initiating: 'agent', target: 'next' },
      destination: { kind: 'queue', queueId: queueOf('dn queue') },
    });
    expect(how).toBe('TransferACD');
  });

  it.each([
    ['ended before the agent left', { at: second(12), endedAt: second(19) }],
    ['ended when the agent left', { at: second(12), endedAt: at }],
    ['began before the agent answered', { at: second(4.5), endedAt: second(21) }],
    ['began after the next one came', { at: second(16), endedAt: second(21) }],
  ])('does not name a queue that %s', (_, times) => {
    const queue = legOf('queue', 'queue', times);
    const { how } = transferred(customer, queue, rings());
    expect(how).toBe('TransferUser');
  });

  it.each<readonly [string, readonly Leg[], string | undefined]>([
    ['is the customer, whoever came first', [legOf('user', 'colleague'), customer], 'customer'],
    ['is whoever else takes part, when there is no customer', [legOf('phone', 'partner')], 'partner'],
    ['is no queue', [legOf('queue', 'queue')], undefined],
    [
      'is nobody who has left',
      [{ ...customer, leaving: { why: 'unsure', ...wait, otherwise: 'Peer' } }],
      undefined,
    ],
    [
      'is nobody of the consultation in which the next one was called',
      [legOf('user', 'expert', { consult: 'second' })],
      undefined,
    ],
  ])('the party that is handed over %s', (_, others, object) => {
    const target = rings({ consult: 'second' });
    expect(to(target, ...others)[0]).toBe(object);
  });
});

describe('a queue may have been between', () => {
  const routed = callOf({ routedAt: second(19) });
  it.each([
    ['when the call was sent to a routing point, until the queues have caught up', routed, rings(), [], true],
    ['not when the call was sent to no routing point', callOf(), rings(), [], false],
    [
      'not when it was sent there before the agent answered',
      callOf({ routedAt: second(4) }),
      rings(),
      [],
      false,
    ],
    [
      'not when the queue is known',
      routed,
      rings(),
      [legOf('queue', 'queue', { at: second(12), endedAt: second(21) })],
      false,
    ],
    [
      'also when somebody else took part between',
      routed,
      rings(),
      [legOf('phone', 'between', { at: second(12), endedAt: second(21) })],
      true,
    ],
    [
      'also when the queue had it before the agent answered',
      routed,
      rings(),
      [legOf('queue', 'queue', { at: second(4), endedAt: second(21) })],
      true,
    ],
    [
      'also when the queue had ended before he left',
      routed,
      rings(),
      [legOf('queue', 'queue', { at: second(12), endedAt: second(20) })],
      true,
    ],
    [
      'also when the queue has not delivered it',
      routed,
      rings(),
      [legOf('queue', 'queue', { at: second(12) })],
      true,
    ],
    ['not when the next one is a queue', routed, legOf('queue', 'next', { at: second(15) }), [], false],
  ] as const)('%s', (_, call, target, others, may) => {
    const state = { calls: [call], legs: [customer, agent, ...others, target] };
    expect(awaitsQueue(draftOf(state), agent, target, at)).toBe(may);
    expect(awaitsQueue(draftOf(state, { caughtUp: () => true }), agent, target, at)).toBe(false);
  });

  it('is looked for from where the wait of the leaving leg began', () => {
    const asked: number[] = [];
    const leaving = { ...agent, leaving: { why: 'transfer', ...wait, place: 3, otherwise: 'Peer' } } as const;
    const caughtUp = (_: string, __: string, ___: number, place: number) => {
      asked.push(place);
      return false;
    };
    for (const leg of [agent, leaving])
      awaitsQueue(draftOf({ calls: [routed], legs: [leg] }, { caughtUp }), leg, rings(), at);
    expect(asked).toEqual([7, 3]);
  });
});

it('a leg was sent to a routing point when its call was, after it answered', () => {
  const sent = (routedAt?: number) =>
    wasSentToRouting(
      draftOf({ calls: [callOf(routedAt === undefined ? {} : { routedAt: second(routedAt) })] }),
      agent,
    );
  expect([sent(), sent(4), sent(5), sent(19)]).toEqual([false, false, true, true]);
});
