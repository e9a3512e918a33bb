import { monotonicMs } from '@exec/common/instants';
import type { Timeout } from '@exec/common/machine';
import { describe, expect, it } from 'vitest';
import {
  type ClaimerInput,
  type ClaimerState,
  type ClaimerStep,
  type ClaimerTimer,
  nextClaimer,
} from './claimer-state.ts';

const states = {
  idle: { phase: 'idle' },
  claiming: { phase: 'claiming' },
  resting: { phase: 'resting', more: false },
  'resting, more': { phase: 'resting', more: true },
  waiting: { phase: 'waiting' },
  closing: { phase: 'closing', chances: 1 },
  'closing, last': { phase: 'closing', chances: 0 },
  closed: { phase: 'closed' },
} as const satisfies Record<string, ClaimerState>;

const inputs = {
  offered: { type: 'offered' },
  claimed: { type: 'claimed', left: 'none' },
  'claimed, some': { type: 'claimed', left: 'some' },
  'claimed, more': { type: 'claimed', left: 'a claim' },
  failed: { type: 'failed' },
  'redis-back': { type: 'redis-back' },
  stop: { type: 'stop', more: false },
  'stop, more': { type: 'stop', more: true },
  timeout: { type: 'timeout', timer: 'retry', at: monotonicMs(0) },
  'end of rest': { type: 'timeout', timer: 'rest', at: monotonicMs(0) },
} as const satisfies Record<string, ClaimerInput | Timeout<ClaimerTimer>>;

type Row = readonly [keyof typeof states, keyof typeof inputs, string, string];

/** State, input, next state, effects; every pair that is not listed must not come. */
const table: readonly Row[] = [
  ['idle', 'offered', 'claiming', 'claim'],
  ['idle', 'redis-back', 'claiming', 'claim'],
  ['idle', 'stop', 'closed', 'tell-closed'],
  ['idle', 'stop, more', 'closing 0', 'claim'],
  ['claiming', 'offered', 'claiming', ''],
  ['claiming', 'claimed', 'resting', 'rest in 3'],
  ['claiming', 'claimed, some', 'resting, more', 'rest in 3'],
  ['claiming', 'claimed, more', 'claiming', 'claim'],
  ['claiming', 'failed', 'waiting', 'retry in 200'],
  ['claiming', 'redis-back', 'claiming', ''],
  ['claiming', 'stop', 'closing 1', ''],
  ['claiming', 'stop, more', 'closing 1', ''],
  ['resting', 'offered', 'resting, more', ''],
  ['resting', 'end of rest', 'idle', ''],
  ['resting', 'redis-back', 'claiming', 'clear rest, claim'],
  ['resting', 'stop', 'closed', 'clear rest, tell-closed'],
  ['resting', 'stop, more', 'closing 0', 'clear rest, claim'],
  ['resting, more', 'offered', 'resting, more', ''],
  ['resting, more', 'end of rest', 'claiming', 'claim'],
  ['resting, more', 'redis-back', 'claiming', 'clear rest, claim'],
  ['resting, more', 'stop', 'closed', 'clear rest, tell-closed'],
  ['resting, more', 'stop, more', 'closing 0', 'clear rest, claim'],
  ['waiting', 'offered', 'waiting', ''],
  ['waiting', 'redis-back', 'claiming', 'clear retry, claim'],
  ['waiting', 'stop', 'closing 0', 'clear retry, claim'],
  ['waiting', 'stop, more', 'closing 0', 'clear retry, claim'],
  ['waiting', 'timeout', 'claiming', 'claim'],
  ['closing', 'offered', 'closing 1', ''],
  ['closing', 'claimed', 'closed', 'tell-closed'],
  ['closing', 'claimed, some', 'closing 1', 'claim'],
  ['closing', 'claimed, more', 'closing 1', 'claim'],
  ['closing', 'failed', 'closing 0', 'claim'],
  ['closing', 'redis-back', 'closing 1', ''],
  ['closing', 'stop', 'closing 1', ''],
  ['closing', 'stop, more', 'closing 1', ''],
  ['closing, last', 'offered', 'closing 0', ''],
  ['closing, last', 'claimed', 'closed', 'tell-closed'],
  ['closing, last', 'claimed, some', 'closing 0', 'claim'],
  ['closing, last', 'claimed, more', 'closing 0', 'claim'],
  ['closing, last', 'failed', 'closed', 'tell-closed'],
  ['closing, last', 'redis-back', 'closing 0', ''],
  ['closing, last', 'stop', 'closing 0', ''],
  ['closing, last', 'stop, more', 'closing 0', ''],
  ['closed', 'offered', 'closed', ''],
  ['closed', 'redis-back', 'closed', ''],
  ['closed', 'stop', 'closed', ''],
  ['closed', 'stop, more', 'closed', ''],
];

function show(step: ClaimerStep | undefined): readonly [string, string] | undefined {
  if (step === undefined) return undefined;
  const { state, effects } = step;
  const names = effects.map((effect) => {
    if (effect.type === 'set-timer') return `${effect.timer} in ${effect.ms}`;
    return effect.type === 'clear-timer' ? `clear ${effect.timer}` : effect.type;
  });
  const more = 'more' in state && state.more ? ', more' : '';
  return ['chances' in state ? `closing ${state.chances}` : `${state.phase}${more}`, names.join(', ')];
}

const cells = (Object.keys(states) as (keyof typeof states)[]).flatMap((state) =>
  (Object.keys(inputs) as (keyof typeof inputs)[]).map((input) => [state, input] as const),
);

describe('claiming', () => {
  it.each(cells)('%s, %s', (state, input) => {
    const row = table.find(([from, name]) => from === state && name === input);
    const expected = row === undefined ? undefined : [row[2], row[3]];
    expect(show(nextClaimer(states[state], inputs[input], { rest: 3, retry: 200 }))).toEqual(expected);
  });
});
