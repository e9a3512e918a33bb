import { monotonicMs } from '@exec/common/instants';
import type { Timeout } from '@exec/common/machine';
import { describe, expect, it } from 'vitest';
import {
  type MirrorInput,
  type MirrorState,
  type MirrorStep,
  type MirrorTimer,
  nextMirror,
} from './mirror-state.ts';

const phases = ['idle', 'looking', 'waiting', 'stopping', 'stopped'] as const;
const inputs = {
  look: { type: 'look' },
  'looked, known': { type: 'looked', known: true },
  'looked, unknown': { type: 'looked', known: false },
  stop: { type: 'stop' },
  timeout: { type: 'timeout', timer: 'next', at: monotonicMs(0) },
} as const satisfies Record<string, MirrorInput | Timeout<MirrorTimer>>;

/** Phase, input, next phase, effects; every pair that is not listed must not come. */
const table: readonly (readonly [MirrorState['phase'], keyof typeof inputs, string, string])[] = [
  ['idle', 'look', 'looking', 'clear next, look'],
  ['idle', 'stop', 'stopped', 'clear next, tell-stopped'],
  ['looking', 'look', 'looking', ''],
  ['looking', 'looked, known', 'waiting', 'next in 10000'],
  ['looking', 'looked, unknown', 'waiting', 'next in 1000'],
  ['looking', 'stop', 'stopping', ''],
  ['waiting', 'look', 'looking', 'clear next, look'],
  ['waiting', 'timeout', 'looking', 'look'],
  ['waiting', 'stop', 'stopped', 'clear next, tell-stopped'],
  ['stopping', 'look', 'stopping', ''],
  ['stopping', 'looked, known', 'stopped', 'tell-stopped'],
  ['stopping', 'looked, unknown', 'stopped', 'tell-stopped'],
  ['stopping', 'stop', 'stopping', ''],
  ['stopped', 'look', 'stopped', ''],
  ['stopped', 'stop', 'stopped', ''],
];

function show(step: MirrorStep | undefined): readonly [string, string] | undefined {
  const effects = step?.effects.map((effect) => {
    if (effect.type === 'set-timer') return `${effect.timer} in ${effect.ms}`;
    return effect.type === 'clear-timer' ? `clear ${effect.timer}` : effect.type;
  });
  return step && [step.state.phase, effects?.join(', ') ?? ''];
}

/** No timer runs before the first look. */
const cells = phases.flatMap((phase) =>
  (Object.keys(inputs) as (keyof typeof inputs)[])
    .filter((input) => phase !== 'idle' || input !== 'timeout')
    .map((input) => [phase, input] as const),
);

describe('looks at the mapping', () => {
  it.each(cells)('%s, %s', (phase, input) => {
    const row = table.find(([from, name]) => from === phase && name === input);
    const expected = row === undefined ? undefined : [row[2], row[3]];
    const rules = { intervalMs: 10_000, hurriedMs: 1_000 };
    expect(show(nextMirror({ phase }, inputs[input], rules))).toEqual(expected);
  });
});
