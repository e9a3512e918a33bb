import { monotonicMs } from '@exec/common/instants';
import type { Timeout } from '@exec/common/machine';
import { describe, expect, it } from 'vitest';
import {
  nextRegistrations,
  type RegistrationsInput,
  type RegistrationsState,
  type RegistrationsStep,
  type RegistrationsTimer,
} from './registrations-state.ts';

const pass = 3;
const states = {
  'closed, no mapping': { phase: 'closed', mapped: false, pass },
  closed: { phase: 'closed', mapped: true, pass },
  unmapped: { phase: 'unmapped', mapped: false, pass },
  registering: { phase: 'registering', mapped: true, pass, again: false, retrying: false },
  'registering, again': { phase: 'registering', mapped: true, pass, again: true, retrying: false },
  'registering, retrying': { phase: 'registering', mapped: true, pass, again: false, retrying: true },
  complete: { phase: 'complete', mapped: true, pass, retrying: false },
  'complete, retrying': { phase: 'complete', mapped: true, pass, retrying: true },
} as const satisfies Record<string, RegistrationsState>;

const inputs = {
  open: { type: 'open' },
  close: { type: 'close' },
  changed: { type: 'changed' },
  passed: { type: 'passed', pass, refused: 0 },
  'passed with refusals': { type: 'passed', pass, refused: 2 },
  'an earlier pass': { type: 'passed', pass: 2, refused: 2 },
  timeout: { type: 'timeout', timer: 'retry', at: monotonicMs(0) },
} as const satisfies Record<string, RegistrationsInput | Timeout<RegistrationsTimer>>;

type Row = readonly [keyof typeof states, keyof typeof inputs, string, string];
const gone = 'clear retry, forget';

/** Every pair but those with a pass that is over, a retry without its timer, and closing, which always does the same. */
const table: readonly Row[] = [
  ['closed, no mapping', 'open', 'unmapped', gone],
  ['closed, no mapping', 'changed', 'closed', ''],
  ['closed', 'open', 'registering 4', `${gone}, register 4`],
  ['closed', 'changed', 'closed', ''],
  ['unmapped', 'open', 'unmapped', gone],
  ['unmapped', 'changed', 'registering 4', 'register 4'],
  ['registering', 'open', 'registering 4', `${gone}, register 4`],
  ['registering', 'changed', 'registering 3, again', ''],
  ['registering', 'passed', 'complete', 'tell-complete'],
  ['registering', 'passed with refusals', 'complete, retrying', 'tell-complete, say-refused, retry in 60'],
  ['registering, again', 'open', 'registering 4', `${gone}, register 4`],
  ['registering, again', 'changed', 'registering 3, again', ''],
  ['registering, again', 'passed', 'registering 4', 'register 4'],
  [
    'registering, again',
    'passed with refusals',
    'registering 4, retrying',
    'say-refused, retry in 60, register 4',
  ],
  ['registering, retrying', 'open', 'registering 4', `${gone}, register 4`],
  ['registering, retrying', 'changed', 'registering 3, again, retrying', ''],
  ['registering, retrying', 'passed', 'complete, retrying', 'tell-complete'],
  ['registering, retrying', 'passed with refusals', 'complete, retrying', 'tell-complete'],
  ['registering, retrying', 'timeout', 'registering 3, again', 'forget-refused'],
  ['complete', 'open', 'registering 4', `${gone}, register 4`],
  ['complete', 'changed', 'registering 4', 'register 4'],
  ['complete, retrying', 'open', 'registering 4', `${gone}, register 4`],
  ['complete, retrying', 'changed', 'registering 4, retrying', 'register 4'],
  ['complete, retrying', 'timeout', 'registering 4', 'forget-refused, register 4'],
];

function nameOf(state: RegistrationsState): string {
  return [
    state.phase === 'registering' ? `registering ${state.pass}` : state.phase,
    ...('again' in state && state.again ? ['again'] : []),
    ...('retrying' in state && state.retrying ? ['retrying'] : []),
  ].join(', ');
}

function show(step: RegistrationsStep | undefined): readonly [string, string] | undefined {
  if (step === undefined) return undefined;
  const effects = step.effects.map((effect) => {
    if (effect.type === 'set-timer') return `${effect.timer} in ${effect.ms}`;
    if (effect.type === 'clear-timer') return `clear ${effect.timer}`;
    return effect.type === 'register' ? `register ${effect.pass}` : effect.type;
  });
  return [nameOf(step.state), effects.join(', ')];
}

const names = Object.keys(states) as (keyof typeof states)[];
const next = (state: keyof typeof states, input: keyof typeof inputs) =>
  show(nextRegistrations(states[state], inputs[input], 60));

describe('the registrations of a connection', () => {
  it.each(table)('%s, %s', (state, input, wanted, effects) => {
    expect(next(state, input)).toEqual([wanted, effects]);
  });

  it.each(names)('%s: are forgotten when the connection closes', (state) => {
    expect(next(state, 'close')).toEqual(['closed', gone]);
    expect(nextRegistrations(states[state], inputs.close, 60)?.state.mapped).toBe(states[state].mapped);
  });

  it.each(names)('%s: take no notice of a pass of an earlier connection', (state) => {
    expect(next(state, 'an earlier pass')).toEqual([nameOf(states[state]), '']);
  });

  it('take the mapping that comes before the connection', () => {
    const mapped = nextRegistrations(states['closed, no mapping'], inputs.changed, 60)?.state;
    expect(mapped).toEqual({ phase: 'closed', mapped: true, pass });
  });

  it.each(names.filter((name) => /^(closed|unmapped)/.test(name)))(
    '%s: no refused address waits, so its time must not come',
    (state) => {
      expect(next(state, 'timeout')).toBeUndefined();
    },
  );
});
