import { type MonotonicMs, monotonicMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import {
  type ConnectionInput,
  type ConnectionState,
  type ConnectionStep,
  type Ending,
  nextConnection,
} from './connection-state.ts';

const ending: Ending = { code: 'link.lost', message: 'closed the connection' };
const rules = { connectMs: 1, registrationMs: 2, keepAliveMs: 1_000 };

const states = {
  idle: { phase: 'idle' },
  dialling: { phase: 'dialling' },
  registering: { phase: 'registering' },
  open: { phase: 'open', heardAt: monotonicMs(5_000) },
  probing: { phase: 'probing' },
  closed: { phase: 'closed' },
} as const satisfies Record<ConnectionState['phase'], ConnectionState>;

const inputs = {
  dial: { type: 'dial' },
  connected: { type: 'connected' },
  registered: { type: 'registered', at: monotonicMs(5_500) },
  received: { type: 'received', at: monotonicMs(5_500) },
  timeout: { type: 'timeout', timer: 'phase', at: monotonicMs(6_000) },
  'timeout, too early': { type: 'timeout', timer: 'phase', at: monotonicMs(5_999) },
  'farewell is over': { type: 'timeout', timer: 'farewell', at: monotonicMs(6_000) },
  end: { type: 'end', ending },
  farewell: { type: 'farewell' },
  gone: { type: 'gone' },
} as const satisfies Record<string, ConnectionInput | { type: 'timeout'; timer: string; at: MonotonicMs }>;

type Row = readonly [keyof typeof states, keyof typeof inputs, string, string];

/** State, input, next state, effects; every pair that is not listed must not come. */
const table: readonly Row[] = [
  ['idle', 'dial', 'dialling', 'phase in 1, dial'],
  ['idle', 'end', 'closed', 'clear phase, tear-down link.lost'],
  ['dialling', 'connected', 'registering', 'phase in 2, send-registration'],
  ['dialling', 'received', 'dialling', ''],
  ['dialling', 'timeout', 'closed', 'clear phase, tear-down link.connect-timeout'],
  ['dialling', 'timeout, too early', 'closed', 'clear phase, tear-down link.connect-timeout'],
  ['dialling', 'end', 'closed', 'clear phase, tear-down link.lost'],
  ['registering', 'registered', 'open 5500', 'phase in 1000, tell-open'],
  ['registering', 'received', 'registering', ''],
  ['registering', 'timeout', 'closed', 'clear phase, tear-down link.registration-timeout'],
  ['registering', 'timeout, too early', 'closed', 'clear phase, tear-down link.registration-timeout'],
  ['registering', 'end', 'closed', 'clear phase, tear-down link.lost'],
  ['open', 'received', 'open 5500', ''],
  ['open', 'timeout', 'probing', 'phase in 1000, send-keep-alive'],
  ['open', 'timeout, too early', 'open 5000', 'phase in 1'],
  ['open', 'end', 'closed', 'clear phase, tear-down link.lost'],
  ['probing', 'received', 'open 5500', 'phase in 1000'],
  ['probing', 'timeout', 'closed', 'clear phase, tear-down link.silent'],
  ['probing', 'timeout, too early', 'closed', 'clear phase, tear-down link.silent'],
  ['probing', 'end', 'closed', 'clear phase, tear-down link.lost'],
  ['closed', 'connected', 'closed', ''],
  ['closed', 'registered', 'closed', ''],
  ['closed', 'received', 'closed', ''],
  ['closed', 'end', 'closed', ''],
  ['closed', 'farewell', 'closed', 'farewell in 1000'],
  ['closed', 'farewell is over', 'closed', 'cut'],
  ['closed', 'gone', 'closed', 'clear farewell'],
];

function show(step: ConnectionStep | undefined): readonly [string, string] | undefined {
  if (step === undefined) return undefined;
  const { state, effects } = step;
  const names = effects.map((effect) => {
    if (effect.type === 'set-timer') return `${effect.timer} in ${effect.ms}`;
    if (effect.type === 'clear-timer') return `clear ${effect.timer}`;
    return effect.type === 'tear-down' ? `tear-down ${effect.ending.code}` : effect.type;
  });
  return ['heardAt' in state ? `${state.phase} ${state.heardAt}` : state.phase, names.join(', ')];
}

/** The farewell has a timer only after the end. */
const cells = (Object.keys(states) as (keyof typeof states)[]).flatMap((state) =>
  (Object.keys(inputs) as (keyof typeof inputs)[])
    .filter((input) => input !== 'farewell is over' || state === 'closed')
    .map((input) => [state, input] as const),
);

describe('phases of a connection', () => {
  it.each(cells)('%s, %s', (state, input) => {
    const row = table.find(([from, name]) => from === state && name === input);
    const expected = row === undefined ? undefined : [row[2], row[3]];
    expect(show(nextConnection(states[state], inputs[input], rules))).toEqual(expected);
  });
});
