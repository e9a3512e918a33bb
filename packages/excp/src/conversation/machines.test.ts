/** Leaving legs as their conversation sees them: what becomes known to them, and what comes of it. */
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import {
  at,
  begun,
  expert,
  leaving,
  leg,
  none,
  ofSecond,
  over,
  own,
  ready,
  type World,
  waiting,
  world,
} from '../testing/consultation.ts';
import { agent, customer, played, reported } from '../testing/parties.ts';
import { home, legOf, second } from '../testing/parts.ts';
import * as machines from './machines.ts';
import type { Call, Consult, Leg } from './state.ts';

describe('a new leg', () => {
  const found = (o: World, one: Leg) =>
    world({ ...o, legs: [...(o.legs ?? [customer, agent]), one] }, (all) => {
      const known = all.leg(one.key);
      if (known !== undefined) machines.legIsNew(all, known, at);
    });
  const queue = legOf('queue', 'q', { home: own, consult: own });
  const named: Consult = { ...waiting, initiator: 'agent' };

  it.each<[string, World, Leg, Partial<Consult>]>([
    [
      'is the consulted one',
      { consults: [named] },
      expert,
      { target: 'expert', reached: 'expert', phase: 'begun' },
    ],
    [
      'that is a queue is consulted, and reached by nobody',
      { consults: [named] },
      queue,
      { target: 'q', phase: 'begun' },
    ],
    [
      'is reached through the queue that was asked',
      { consults: [{ ...named, target: 'q' }], legs: [customer, agent, queue] },
      expert,
      { target: 'q', reached: 'expert' },
    ],
    [
      'is consulted when the queue that was asked has ended',
      { consults: [{ ...named, target: 'q' }], legs: [customer, agent, { ...queue, endedAt: second(8) }] },
      expert,
      { target: 'expert', reached: 'expert' },
    ],
    [
      'is not the one that was called before',
      { consults: [ready], legs: [customer, agent, expert] },
      legOf('phone', 'more', { home: own, consult: own }),
      { target: 'expert', reached: 'expert' },
    ],
    ['of another call is none', { consults: [named] }, legOf('user', 'expert'), { phase: 'waiting' }],
    ['is too late when it is over', { consults: [over] }, legOf('phone', 'more', { consult: own }), over],
  ])('in a consultation %s', (_, o, one, wanted) => {
    const [consult] = found(o, one).state.consults;
    expect(consult).toMatchObject(wanted);
    if (wanted.reached === undefined) expect(consult?.reached).toBeUndefined();
  });

  const left = { ...agent, ...leaving('transfer') };
  const target = legOf('phone', 'target', { at: second(9) });
  it.each<[string, readonly Leg[], Leg, readonly string[]]>([
    [
      'is what a party that left had waited for',
      [customer, left],
      target,
      ['agent>target transferred', 'agent ended'],
    ],
    [
      'is what each party had waited for that left',
      [customer, left, { ...left, key: 'two' }],
      target,
      ['agent>target transferred', 'agent ended', 'two>target transferred', 'two ended'],
    ],
    ['is nothing to one that has not left', [customer, agent], target, []],
    ['is nothing to one that has ended', [customer, { ...left, endedAt: second(9) }], target, []],
    ['that is the customer is no target', [left], legOf('external', 'target', { at: second(9) }), []],
    ['that is an IVR is no target', [customer, left], legOf('ivr', 'target', { at: second(9) }), []],
    ['is not its own target', [customer], { ...target, ...leaving('transfer') }, []],
    ['is no target when another one consulted it', [customer, left], { ...target, consult: own }, []],
    [
      'that was there before who left is no target',
      [customer, { ...left, answeredAt: second(10) }],
      target,
      [],
    ],
    [
      'that came with who left is one',
      [customer, { ...left, answeredAt: second(9) }],
      target,
      ['agent>target transferred', 'agent ended'],
    ],
    [
      'that was there before who left without an answer is no target',
      [customer, legOf('user', 'agent', { at: second(10), alerting: true, ...leaving('unanswered') })],
      target,
      [],
    ],
    [
      'ends one that nobody had answered',
      [customer, legOf('user', 'agent', { alerting: true, ...leaving('unanswered') })],
      target,
      ['agent ended'],
    ],
  ])('%s', (_, legs, one, wanted) => {
    expect(reported(found({ consults: none, legs }, one))).toEqual(wanted);
  });

  it('is what a consultation was about: the transfer completes that', () => {
    const draft = found({ consults: [{ ...waiting, initiator: 'agent' }], legs: [customer, left] }, expert);
    expect(reported(draft)).toEqual([
      ...['agent>expert consult-begun', 'agent>expert consult-progressed', 'agent>expert consult-ended'],
      'agent ended',
    ]);
  });

  it('is waited with while a queue may have been between', () => {
    const routed = { routedAt: second(7) };
    const draft = played((all) => machines.legIsNew(all, leg(all, 'target'), at), {
      ...{ legs: [customer, left, target], call: routed, context: { caughtUp: () => false } },
    });
    expect([reported(draft), leg(draft, 'agent').leaving?.towards]).toEqual([[], 'target']);
  });
});

describe('a leg that leaves', () => {
  const outcomeOf = (one: Leg, input: Parameters<typeof machines.toLeaving>[2], call?: Call) =>
    world({ legs: [customer, one, expert], consults: none }, (all, main) =>
      machines.toLeaving(all, leg(all, one.key), input, call && main),
    );

  it('waits, and counts in the call that it has left', () => {
    const wait = { at, until: streamMs(70_000) };
    const how = {
      as: 'answered',
      cause: undefined,
      isIvr: false,
      side: 'Self',
      handsOver: { sign: 'unsaid' },
    } as const;
    const draft = outcomeOf(agent, { kind: 'left', wait, how }, ofSecond);
    expect(leg(draft, 'agent').leaving).toEqual({ why: 'unsure', ...wait, otherwise: 'Self' });
    expect(draft.call(home)?.left).toBe(1);
    expect(outcomeOf(agent, { kind: 'left', wait, how }).call(home)?.left).toBe(0);
  });

  it('goes on when its party comes back', () => {
    const draft = outcomeOf({ ...agent, ...leaving('unsure') }, { kind: 'goes-on' });
    expect(leg(draft, 'agent')).not.toHaveProperty('leaving');
  });

  it('is not held back again when it is let go as the last one', () => {
    const draft = outcomeOf({ ...agent, ...leaving('last') }, { kind: 'wait-over' });
    expect([[...draft.released], reported(draft)]).toEqual([['agent'], ['agent ended']]);
  });

  it('hands over to nobody who is not known', () => {
    const wait = { kind: 'target', leg: 'x', at, queueMayCome: false } as const;
    const draft = outcomeOf({ ...agent, ...leaving('transfer') }, wait);
    expect([reported(draft), leg(draft, 'agent').leaving?.why]).toEqual([[], 'transfer']);
  });

  it.each<[string, Consult, readonly string[]]>([
    [
      'completes a consultation with whom it hands over to',
      begun,
      ['agent>expert consult-progressed', 'agent>expert consult-ended', 'agent ended'],
    ],
    [
      'completes one whose queue it hands over to',
      { ...begun, target: 'expert', reached: 'other' },
      ['agent>expert consult-ended', 'agent ended'],
    ],
    [
      'transfers where the consultation is with another one',
      { ...begun, target: 'x', reached: 'y' },
      ['agent>expert transferred', 'agent ended'],
    ],
    [
      'transfers where another one consults',
      { ...begun, initiator: 'customer' },
      ['agent>expert transferred', 'agent ended'],
    ],
    ['transfers where the consultation is over', over, ['agent>expert transferred', 'agent ended']],
  ])('%s', (_, consult, wanted) => {
    const plain = { ...expert, consult: undefined };
    const draft = world(
      { consults: [consult], legs: [customer, { ...agent, ...leaving('transfer') }, plain] },
      (all) =>
        machines.toLeaving(all, leg(all, 'agent'), { kind: 'wait-over', target: { leg: 'expert', at } }),
    );
    expect(reported(draft)).toEqual(wanted);
  });

  it('ends once, and is nothing that waits then', () => {
    const draft = world({ legs: [customer, { ...agent, ...leaving('unsure') }], consults: none }, (all) => {
      machines.endLeg(all, leg(all, 'agent'), 'Self', at);
      machines.endLeg(all, leg(all, 'agent'), 'Peer', second(11));
    });
    expect(draft.changes).toMatchObject([{ leg: 'agent', disconnect: 'Self', at }]);
    expect(draft.changes).toHaveLength(1);
    expect(leg(draft, 'agent')).not.toHaveProperty('leaving');
  });

  it('ends the consultation that it was reached in', () => {
    const draft = world({}, (all) => machines.endLeg(all, leg(all, 'expert'), 'Peer', at));
    expect(reported(draft)).toEqual(['expert ended', 'agent>expert consult-ended']);
  });

  it('ends the consultations first when nobody is left after it', () => {
    const draft = world({ legs: [agent] }, (all) => machines.endLeg(all, leg(all, 'agent'), 'Peer', at));
    expect(reported(draft)).toEqual(['agent>expert consult-ended', 'agent ended']);
  });
});
