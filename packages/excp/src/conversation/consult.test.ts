import { engageMicros, streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import { type ConsultEffect, type ConsultInput, nextConsult } from './consult.ts';
import type { Consult } from './state.ts';

const at = engageMicros(5_000_000);
const later = engageMicros(7_000_000);
const until = streamMs(9_000);

const waiting: Consult = { call: 'second', main: 'main', phase: 'waiting' };
const called: Consult = { ...waiting, initiator: 'agent', target: 'expert', reached: 'expert' };
const begun: Consult = { ...called, object: 'customer', phase: 'begun' };
const joined: Consult = { ...begun, phase: 'joined', joinedAt: at, until };
/** Consulted about while another one runs: never begun for the cloud. */
const joinedUnbegun: Consult = { ...called, phase: 'joined', joinedAt: at, until };
const over: Consult = { ...begun, phase: 'over' };
const viaQueue: Consult = { ...begun, target: 'queue', reached: 'expert' };
/** A consultation that was given up: another party may be called in it. */
const givenUp: Consult = { call: 'second', main: 'main', initiator: 'agent', phase: 'waiting' };

function publish(change: 'consult-begun' | 'consult-progressed' | 'consult-ended', time = at): ConsultEffect {
  const legs = { initiating: 'agent', target: 'expert', reached: 'expert', object: 'customer' };
  return { kind: 'publish', change: { change, at: time, ...legs } };
}
const moveInner: ConsultEffect = { kind: 'move-inner', to: 'main' };
const beginNext: ConsultEffect = { kind: 'begin-next', at };
const complete: ConsultEffect = { kind: 'complete', at: later };
const completion: readonly ConsultEffect[] = [
  publish('consult-progressed'),
  publish('consult-ended'),
  moveInner,
  { kind: 'hand-on', from: 'agent', to: 'expert', at },
  { kind: 'end-initiator', at },
  beginNext,
];
const conference = [publish('consult-ended'), moveInner, beginNext];

const present = { is: 'present' } as const;
const gone = { is: 'gone' } as const;
const leaving = { is: 'leaving', leftAt: later } as const;
const joins = (leg: string, isQueue: boolean, target: 'none' | 'queue' | 'party'): ConsultInput => ({
  kind: 'leg-joined',
  leg,
  isQueue,
  target,
});
const ready = { kind: 'may-begin', at, anotherRuns: false, object: 'customer', leftAt: undefined } as const;
const mainJoined = { kind: 'joined-main', at, until, isConference: false, initiator: present } as const;
const left = { kind: 'initiator-left', at, isTransfer: false, bothOpen: true } as const;
const completed = { kind: 'completed', at, bothOpen: true } as const;
const ended = { kind: 'call-ended', at, intoMain: false, initiator: present, reached: 'open' } as const;

type Row = readonly [
  title: string,
  state: Consult,
  input: ConsultInput,
  next: Consult,
  effects?: readonly ConsultEffect[],
];

const rows: readonly Row[] = [
  [
    'the initiator becomes known',
    waiting,
    { kind: 'initiator-known', leg: 'agent' },
    { ...waiting, initiator: 'agent' },
  ],
  ['the first initiator stays it', called, { kind: 'initiator-known', leg: 'other' }, called],

  [
    'the first party is consulted',
    waiting,
    joins('expert', false, 'none'),
    { ...waiting, target: 'expert', reached: 'expert' },
  ],
  [
    'a queue is consulted, nobody is reached',
    waiting,
    joins('queue', true, 'none'),
    { ...waiting, target: 'queue' },
  ],
  [
    'behind a queue a party is reached',
    { ...waiting, target: 'queue' },
    joins('expert', false, 'queue'),
    { ...waiting, target: 'queue', reached: 'expert' },
  ],
  [
    'behind a queue comes another queue',
    { ...waiting, target: 'queue' },
    joins('second', true, 'queue'),
    { ...waiting, target: 'queue' },
  ],
  ['a further party is not the consulted one', called, joins('other', false, 'party'), called],
  [
    'once begun the target stays, another party is reached',
    begun,
    joins('other', false, 'none'),
    { ...begun, reached: 'other' },
  ],
  ['what is over is not joined', over, joins('other', false, 'none'), over],

  ['begins when all are there', called, ready, begun, [publish('consult-begun')]],
  [
    'begins and is complete when the initiator has left',
    called,
    { ...ready, leftAt: later },
    begun,
    [publish('consult-begun'), complete],
  ],
  ['waits for the end of another one', called, { ...ready, anotherRuns: true }, called],
  ['waits for who would be handed over', called, { ...ready, object: undefined }, called],
  ['begins once', begun, ready, begun],
  ['does not begin when it is over', over, ready, over],

  ['the reached party joins the main call', begun, mainJoined, joined],
  ['it joins as a conference', begun, { ...mainJoined, isConference: true }, over, conference],
  [
    'it joins when the initiator waits to be transferred',
    begun,
    { ...mainJoined, initiator: leaving },
    begun,
    [complete],
  ],
  ['it joins when the initiator is gone', begun, { ...mainJoined, initiator: gone }, over, [moveInner]],

  ['the initiator leaves with a transfer', begun, { ...left, isTransfer: true }, over, completion],
  ['the initiator leaves without one', begun, left, begun],
  ['the initiator leaves after the party has joined', joined, left, { ...joined, phase: 'over' }, completion],
  ['is completed', begun, completed, over, completion],
  [
    'is completed with nobody to hand over',
    begun,
    { ...completed, bothOpen: false },
    over,
    completion.slice(1),
  ],
  ['is completed without having begun', called, completed, { ...called, phase: 'over' }, completion.slice(2)],
  [
    'is completed before the queue has delivered',
    { ...begun, target: 'queue', reached: 'expert' },
    completed,
    { ...viaQueue, phase: 'over' },
    completion.map((effect) =>
      effect.kind === 'publish' ? { ...effect, change: { ...effect.change, target: 'queue' } } : effect,
    ),
  ],

  ['all stay: a conference', joined, { kind: 'time-over' }, { ...joined, phase: 'over' }, conference],
  [
    'all stay in one that never began',
    joinedUnbegun,
    { kind: 'time-over' },
    { ...joinedUnbegun, phase: 'over' },
    [moveInner, beginNext],
  ],
  ['no time runs before the party has joined', begun, { kind: 'time-over' }, begun],

  [
    'is handed on by the reached party',
    begun,
    { kind: 'handed-on', from: 'expert', to: 'other', at },
    { ...called, target: 'other', reached: 'other' },
    [publish('consult-ended')],
  ],
  ['is not handed on by somebody else', begun, { kind: 'handed-on', from: 'agent', to: 'other', at }, begun],
  ['is not handed on before it runs', called, { kind: 'handed-on', from: 'expert', to: 'other', at }, called],

  [
    'the call that it is about becomes part of another one',
    called,
    { kind: 'outer-over', call: 'main', main: 'first' },
    { ...called, main: 'first' },
    [{ kind: 'set-main', main: 'first' }],
  ],
  ['another call does', called, { kind: 'outer-over', call: 'other', main: 'first' }, called],
  ['it does when this one is over', over, { kind: 'outer-over', call: 'main', main: 'first' }, over],

  [
    'the consulted party ends',
    begun,
    { kind: 'leg-ended', leg: 'expert', at },
    givenUp,
    [publish('consult-ended'), beginNext],
  ],
  [
    'the party behind a queue ends, the queue may deliver to another one',
    viaQueue,
    { kind: 'leg-ended', leg: 'expert', at },
    { call: 'second', main: 'main', initiator: 'agent', target: 'queue', object: 'customer', phase: 'begun' },
  ],
  ['somebody else ends', begun, { kind: 'leg-ended', leg: 'customer', at }, begun],
  ['the consulted party ends before it began', called, { kind: 'leg-ended', leg: 'expert', at }, called],

  [
    'the main call is retrieved: the party is released',
    begun,
    { kind: 'retrieved', at },
    begun,
    [{ kind: 'release-reached' }],
  ],
  [
    'the main call is retrieved with the party in it',
    joined,
    { kind: 'retrieved', at: later },
    { ...joined, phase: 'over' },
    conference,
  ],
  ['the main call is retrieved before it began', called, { kind: 'retrieved', at }, called],
  ['the main call is retrieved when it is over', over, { kind: 'retrieved', at }, over],

  [
    'the main call ends',
    begun,
    { kind: 'main-ended', at },
    { ...givenUp, phase: 'over' },
    [publish('consult-ended'), beginNext],
  ],
  [
    'the main call ends before it began',
    called,
    { kind: 'main-ended', at },
    { ...givenUp, phase: 'over' },
    [beginNext],
  ],

  [
    'its call goes on in the main one, the initiator waits',
    begun,
    { ...ended, intoMain: true, initiator: leaving },
    begun,
    [complete],
  ],
  ['its call goes on in the main one, the initiator stays', begun, { ...ended, intoMain: true }, begun],
  [
    'its call ends',
    begun,
    ended,
    begun,
    [
      { kind: 'end-reached', at },
      { kind: 'give-up', at },
    ],
  ],
  ['its call ends with nobody in it', begun, { ...ended, reached: 'gone' }, begun, [{ kind: 'give-up', at }]],
  ['its call ends, the party is on its way to another one', begun, { ...ended, reached: 'moving' }, begun],
  ['its call ends after the party has joined', joined, ended, joined],
  ['its call ends before it began', called, ended, called],

  ['is given up', begun, { kind: 'given-up', at }, givenUp, [publish('consult-ended'), beginNext]],
  ['is not given up twice', givenUp, { kind: 'given-up', at }, givenUp],
  [
    'is cancelled',
    joined,
    { kind: 'cancelled', at },
    { ...givenUp, joinedAt: at },
    [publish('consult-ended'), beginNext],
  ],
  ['is cancelled before it began', called, { kind: 'cancelled', at }, givenUp, [beginNext]],
  ['is not cancelled when it is over', over, { kind: 'cancelled', at }, over],
];

describe('a consultation', () => {
  for (const [title, state, input, next, effects = []] of rows)
    it(title, () => {
      expect(nextConsult(state, input)).toStrictEqual({ state: next, effects });
    });

  it('has a row for every input in every phase that takes it', () => {
    const kinds: Record<ConsultInput['kind'], true> = {
      'initiator-known': true,
      'leg-joined': true,
      'may-begin': true,
      'joined-main': true,
      'initiator-left': true,
      completed: true,
      'time-over': true,
      'handed-on': true,
      'outer-over': true,
      'leg-ended': true,
      retrieved: true,
      'main-ended': true,
      'call-ended': true,
      'given-up': true,
      cancelled: true,
    };
    const tested = new Set(rows.map(([, , { kind }]) => kind));
    expect([...tested].toSorted()).toEqual(Object.keys(kinds).toSorted());
  });
});
