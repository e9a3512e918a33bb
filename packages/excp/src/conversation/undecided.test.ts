import { asId, type PartyUuid } from '@exec/common/ids';
import { engageMicros, streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import { limits, type PartyPassed, type Undecided } from './state.ts';
import { nextUndecided, type Question, type UndecidedEffect, type UndecidedInput } from './undecided.ts';

const wait = { at: engageMicros(5_000_000), since: streamMs(5_000), place: 11, until: streamMs(7_000) };
const held: PartyPassed = { state: 'Held', at: engageMicros(5_100_000) };
const gone: PartyPassed = {
  state: 'gone',
  at: engageMicros(5_200_000),
  cause: 'Normal',
  ctrl: asId<PartyUuid>('P1'),
};
const full = Array.from({ length: limits.later }, () => held);
const open = (...later: PartyPassed[]): Undecided => ({ why: 'agent', ...wait, later });

const establish: UndecidedEffect = { kind: 'establish' };
const follow: UndecidedEffect = { kind: 'follow', what: held };
const leave: UndecidedEffect = { kind: 'leave', what: gone };
const tooMuch: UndecidedEffect = { kind: 'too-much' };
const joins = (question?: Question): UndecidedInput => ({ kind: 'joined', question, wait });
const looks = (question?: Question): UndecidedInput => ({ kind: 'looked-again', question });
const passes = (what: PartyPassed): UndecidedInput => ({ kind: 'passed', what });

type Row = readonly [
  title: string,
  state: Undecided | undefined,
  input: UndecidedInput,
  next: Undecided | undefined,
  effects?: readonly UndecidedEffect[],
];

const rows: readonly Row[] = [
  ['joins, known at once', undefined, joins(), undefined, [establish]],
  ...(['agent', 'queue', 'link'] as const).map(
    (why): Row => [`joins, open: ${why}`, undefined, joins(why), { ...open(), why }],
  ),
  ['joins again', open(held), joins(), open(held)],

  ['is still open', open(held), looks('queue'), open(held)],
  ['is known', open(), looks(), undefined, [establish]],
  [
    'is known, and goes through what has passed',
    open(held, held),
    looks(),
    undefined,
    [establish, follow, follow],
  ],
  ['is known after it has left', open(held, gone), looks(), undefined, [establish, follow, leave]],
  ['the wait is over', open(), { kind: 'wait-over' }, undefined, [establish]],
  ['the wait is over after it has left', open(gone), { kind: 'wait-over' }, undefined, [establish, leave]],
  [
    'has come back after it has left',
    open(gone, held),
    { kind: 'wait-over' },
    undefined,
    [establish, follow],
  ],
  ['is needed', open(held), { kind: 'needed' }, undefined, [establish, follow]],
  [
    'is needed after it has left',
    open(held, gone),
    { kind: 'needed' },
    undefined,
    [establish, follow, leave],
  ],
  [
    'is known after it has left, and its call has ended',
    open(gone, { state: 'gone', at: engageMicros(6_000_000) }),
    { kind: 'wait-over' },
    undefined,
    [establish, leave],
  ],

  ['a state passes', open(held), passes(held), open(held, held)],
  ['leaves meanwhile', open(held), passes(gone), open(held, gone)],
  ['more passes than is kept', open(...full), passes(held), open(...full), [tooMuch]],
  [
    'leaves after more has passed than is kept',
    open(...full),
    passes(gone),
    undefined,
    [tooMuch, establish, ...full.map(() => follow), { kind: 'leave', what: { at: gone.at } }],
  ],
  [
    'leaves twice after more has passed than is kept',
    open(...full.slice(1), gone),
    passes(gone),
    open(...full.slice(1), gone),
    [tooMuch],
  ],
  [
    'its call ends',
    open(held),
    { kind: 'call-ended', at: engageMicros(6) },
    open(held, { state: 'gone', at: engageMicros(6) }),
  ],
  [
    'what is waited for has not caught up',
    open(held),
    { kind: 'postponed', until: streamMs(7_250) },
    { ...open(held), until: streamMs(7_250) },
  ],

  ...[looks(), passes(held), { kind: 'wait-over' } as const, { kind: 'needed' } as const].map(
    (input): Row => [`is decided: ${input.kind}`, undefined, input, undefined],
  ),
  ['is decided: call-ended', undefined, { kind: 'call-ended', at: engageMicros(6) }, undefined],
  ['is decided: postponed', undefined, { kind: 'postponed', until: streamMs(6) }, undefined],
];

describe('a party that is not decided yet', () => {
  for (const [title, state, input, next, effects = []] of rows)
    it(title, () => {
      expect(nextUndecided(state, input)).toStrictEqual({ state: next, effects });
    });
});
