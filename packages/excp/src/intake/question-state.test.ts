import { monotonicMs } from '@exec/common/instants';
import type { Timeout } from '@exec/common/machine';
import { describe, expect, it } from 'vitest';
import {
  nextQuestion,
  type QuestionInput,
  type QuestionState,
  type QuestionStep,
  type QuestionTimer,
} from './question-state.ts';

const states = {
  idle: { phase: 'idle', attempt: 3 },
  listening: { phase: 'listening', attempt: 3, place: 5 },
  asking: { phase: 'asking', attempt: 3, place: 5, next: undefined },
  'asking, and again': { phase: 'asking', attempt: 3, place: 5, next: 7 },
} as const satisfies Record<string, QuestionState>;

const inputs = {
  'ask after silence': { type: 'ask', place: 6, quietMs: 20 },
  'ask while it talks': { type: 'ask', place: 6, quietMs: 5 },
  'ask for an older place': { type: 'ask', place: 4, quietMs: 20 },
  answered: { type: 'answered', attempt: 3, valid: true, quietMs: 20 },
  'answered while it talks': { type: 'answered', attempt: 3, valid: true, quietMs: 1 },
  'not answered': { type: 'answered', attempt: 3, valid: false, quietMs: 20 },
  'an earlier one answered': { type: 'answered', attempt: 2, valid: true, quietMs: 20 },
  timeout: { type: 'timeout', timer: 'quiet', at: monotonicMs(0) },
  close: { type: 'close' },
} as const satisfies Record<string, QuestionInput | Timeout<QuestionTimer>>;

const closed = ['idle #4', 'clear quiet'] as const;
/** State: input → next state and effects; undefined: must not come. */
const table: Record<
  keyof typeof states,
  Record<keyof typeof inputs, readonly [string, string] | undefined>
> = {
  idle: {
    'ask after silence': ['asking 6 #4', 'ask 4'],
    'ask while it talks': ['listening 6 #3', 'quiet in 15'],
    'ask for an older place': ['asking 4 #4', 'ask 4'],
    answered: ['idle #3', ''],
    'answered while it talks': ['idle #3', ''],
    'not answered': ['idle #3', ''],
    'an earlier one answered': ['idle #3', ''],
    timeout: undefined,
    close: closed,
  },
  listening: {
    'ask after silence': ['listening 6 #3', ''],
    'ask while it talks': ['listening 6 #3', ''],
    'ask for an older place': ['listening 5 #3', ''],
    answered: ['listening 5 #3', ''],
    'answered while it talks': ['listening 5 #3', ''],
    'not answered': ['listening 5 #3', ''],
    'an earlier one answered': ['listening 5 #3', ''],
    timeout: ['asking 5 #4', 'ask 4'],
    close: closed,
  },
  asking: {
    'ask after silence': ['asking 5 then 6 #3', ''],
    'ask while it talks': ['asking 5 then 6 #3', ''],
    'ask for an older place': ['asking 5 then 4 #3', ''],
    answered: ['idle #3', 'tell 5'],
    'answered while it talks': ['idle #3', 'tell 5'],
    'not answered': ['idle #3', ''],
    'an earlier one answered': ['asking 5 #3', ''],
    timeout: undefined,
    close: closed,
  },
  'asking, and again': {
    'ask after silence': ['asking 5 then 7 #3', ''],
    'ask while it talks': ['asking 5 then 7 #3', ''],
    'ask for an older place': ['asking 5 then 7 #3', ''],
    answered: ['asking 7 #4', 'tell 5, ask 4'],
    'answered while it talks': ['listening 7 #3', 'tell 5, quiet in 19'],
    'not answered': ['asking 7 #4', 'ask 4'],
    'an earlier one answered': ['asking 5 then 7 #3', ''],
    timeout: undefined,
    close: closed,
  },
};

function show(step: QuestionStep | undefined): readonly [string, string] | undefined {
  if (step === undefined) return undefined;
  const { state, effects } = step;
  const place = 'place' in state ? ` ${state.place}` : '';
  const next = 'next' in state && state.next !== undefined ? ` then ${state.next}` : '';
  const names = effects.map((effect) => {
    if (effect.type === 'set-timer') return `${effect.timer} in ${effect.ms}`;
    if (effect.type === 'clear-timer') return `clear ${effect.timer}`;
    return effect.type === 'ask' ? `ask ${effect.attempt}` : `tell ${effect.place}`;
  });
  return [`${state.phase}${place}${next} #${state.attempt}`, names.join(', ')];
}

const cells = (Object.keys(states) as (keyof typeof states)[]).flatMap((state) =>
  (Object.keys(inputs) as (keyof typeof inputs)[]).map((input) => [state, input] as const),
);

describe('a question to a connection', () => {
  it.each(cells)('%s, %s', (state, input) => {
    expect(show(nextQuestion(states[state], inputs[input], 20))).toEqual(table[state][input]);
  });
});
