import { monotonicMs } from '@exec/common/instants';
import type { Timeout } from '@exec/common/machine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  nextPair,
  type PairInput,
  type PairRules,
  type PairState,
  type PairTimer,
  SHORT_SPELL_MS,
} from './pair-state.ts';

const ending = { code: 'link.lost', message: 'closed the connection' } as const;
const times = { linkConnectedMs: 10_000, backOff: { minMs: 100, maxMs: 1_600 } };
const sip: PairRules = { servers: 2, needsLink: true, ...times };
const stat: PairRules = { servers: 2, needsLink: false, ...times };
const single: PairRules = { servers: 1, needsLink: true, ...times };

const states = {
  idle: { phase: 'idle' },
  dialling: { phase: 'dialling', server: 0, failures: 0, flapping: false },
  'dialling again': { phase: 'dialling', server: 1, failures: 3, flapping: false },
  linking: { phase: 'linking', server: 0, failures: 2, flapping: false },
  usable: { phase: 'usable', server: 0, since: monotonicMs(0), flapping: false },
  'usable, flapping': { phase: 'usable', server: 1, since: monotonicMs(0), flapping: true },
  unlinked: { phase: 'unlinked', server: 1 },
  waiting: { phase: 'waiting', server: 1, failures: 4, flapping: false },
  stopped: { phase: 'stopped' },
} as const satisfies Record<string, PairState>;

const inputs = {
  start: { type: 'start' },
  stop: { type: 'stop' },
  'opened as primary': { type: 'opened', role: 'Primary', at: monotonicMs(5_000) },
  'opened as backup': { type: 'opened', role: 'Backup', at: monotonicMs(5_000) },
  'link-connected': { type: 'link-connected', at: monotonicMs(5_000) },
  'link-disconnected': { type: 'link-disconnected' },
  closed: { type: 'closed', ending, at: monotonicMs(5_000), random: 0 },
  'closed soon': { type: 'closed', ending, at: monotonicMs(SHORT_SPELL_MS - 1), random: 0 },
  'wait is over': { type: 'timeout', timer: 'wait', at: monotonicMs(5_000) },
  'link is late': { type: 'timeout', timer: 'link', at: monotonicMs(5_000) },
} as const satisfies Record<string, PairInput | Timeout<PairTimer>>;

type Row = readonly [keyof typeof states, keyof typeof inputs, string, string];

/** State, input, next state, effects; every pair that is not listed must not come. */
const table: readonly Row[] = [
  ['idle', 'start', 'dialling 0 0', 'dial 0'],
  ['idle', 'stop', 'stopped', 'clear link, clear wait, close link.stopped'],
  ['dialling', 'stop', 'stopped', 'clear link, clear wait, close link.stopped'],
  ['dialling', 'opened as primary', 'linking 0 0', 'link in 10000'],
  ['dialling', 'opened as backup', 'dialling 0 0', 'close link.not-primary'],
  ['dialling', 'closed', 'dialling 1 1', 'tell-failed link.lost, clear link, dial 1'],
  ['dialling', 'closed soon', 'dialling 1 1', 'tell-failed link.lost, clear link, dial 1'],
  ['dialling again', 'stop', 'stopped', 'clear link, clear wait, close link.stopped'],
  ['dialling again', 'opened as primary', 'linking 1 3', 'link in 10000'],
  ['dialling again', 'opened as backup', 'dialling 1 3', 'close link.not-primary'],
  ['dialling again', 'closed', 'waiting 0 4', 'tell-failed link.lost, clear link, wait in 400'],
  ['dialling again', 'closed soon', 'waiting 0 4', 'tell-failed link.lost, clear link, wait in 400'],
  ['linking', 'stop', 'stopped', 'clear link, clear wait, close link.stopped'],
  ['linking', 'link-connected', 'usable 0', 'clear link, tell-usable'],
  ['linking', 'closed', 'waiting 1 3', 'tell-failed link.lost, clear link, wait in 200'],
  ['linking', 'closed soon', 'waiting 1 3', 'tell-failed link.lost, clear link, wait in 200'],
  ['linking', 'link is late', 'linking 0 2', 'close link.switch-unavailable'],
  ['usable', 'stop', 'stopped', 'clear link, clear wait, tell-unusable link.stopped, close link.stopped'],
  ['usable', 'link-connected', 'usable 0', 'tell-unusable link.switch-unavailable, clear link, tell-usable'],
  ['usable', 'link-disconnected', 'unlinked 0', 'tell-unusable link.switch-unavailable, link in 10000'],
  ['usable', 'closed', 'dialling 1 1', 'tell-unusable link.lost, clear link, dial 1'],
  ['usable', 'closed soon', 'dialling 1 1', 'tell-unusable link.lost, clear link, dial 1'],
  [
    'usable, flapping',
    'stop',
    'stopped',
    'clear link, clear wait, tell-unusable link.stopped, close link.stopped',
  ],
  [
    'usable, flapping',
    'link-connected',
    'usable 1',
    'tell-unusable link.switch-unavailable, clear link, tell-usable',
  ],
  [
    'usable, flapping',
    'link-disconnected',
    'unlinked 1',
    'tell-unusable link.switch-unavailable, link in 10000',
  ],
  ['usable, flapping', 'closed', 'dialling 0 1', 'tell-unusable link.lost, clear link, dial 0'],
  ['usable, flapping', 'closed soon', 'waiting 0 2', 'tell-unusable link.lost, clear link, wait in 100'],
  ['unlinked', 'stop', 'stopped', 'clear link, clear wait, close link.stopped'],
  ['unlinked', 'link-connected', 'usable 1', 'clear link, tell-usable'],
  ['unlinked', 'closed', 'dialling 0 1', 'tell-failed link.lost, clear link, dial 0'],
  ['unlinked', 'closed soon', 'dialling 0 1', 'tell-failed link.lost, clear link, dial 0'],
  ['unlinked', 'link is late', 'unlinked 1', 'close link.switch-unavailable'],
  ['waiting', 'stop', 'stopped', 'clear link, clear wait, close link.stopped'],
  ['waiting', 'wait is over', 'dialling 1 4', 'dial 1'],
];

function show(step: ReturnType<typeof nextPair>): readonly [string, string] | undefined {
  if (step === undefined) return undefined;
  const { state } = step;
  const parts = [
    state.phase,
    'server' in state ? state.server : undefined,
    'failures' in state ? state.failures : undefined,
  ];
  const effects = step.effects.map((effect) => {
    if (effect.type === 'dial') return `dial ${effect.server}`;
    if (effect.type === 'set-timer') return `${effect.timer} in ${effect.ms}`;
    if (effect.type === 'clear-timer') return `clear ${effect.timer}`;
    return 'ending' in effect ? `${effect.type} ${effect.ending.code}` : effect.type;
  });
  return [parts.filter((part) => part !== undefined).join(' '), effects.join(', ')];
}

/** What a server may say of its link at any time as long as it is connected, and the end of what was closed. */
const harmless = (state: keyof typeof states, input: keyof typeof inputs) =>
  (input.startsWith('link-') && state !== 'idle' && state !== 'stopped') ||
  (state === 'stopped' && ['stop', 'closed', 'closed soon'].includes(input));

/** Each timer only where it may run. */
const runs = (state: keyof typeof states, input: keyof typeof inputs) =>
  input === 'wait is over'
    ? state === 'waiting'
    : input !== 'link is late' || state === 'linking' || state === 'unlinked';

const cells = (Object.keys(states) as (keyof typeof states)[]).flatMap((state) =>
  (Object.keys(inputs) as (keyof typeof inputs)[])
    .filter((input) => runs(state, input))
    .map((input) => [state, input] as const),
);

describe('phases of a pair', () => {
  it.each(cells)('SIP Server, %s, %s', (state, input) => {
    const row = table.find(([from, name]) => from === state && name === input);
    const nothing = harmless(state, input) ? show({ state: states[state], effects: [] }) : undefined;
    const expected = row === undefined ? nothing : [row[2], row[3]];
    expect(show(nextPair(states[state], inputs[input], sip))).toEqual(expected);
  });

  it('uses a primary Stat Server at once, and knows no link', () => {
    expect(show(nextPair(states.dialling, inputs['opened as primary'], stat))).toEqual([
      'usable 0',
      'clear link, tell-usable',
    ]);
    for (const input of [inputs['link-disconnected'], inputs['link-connected']])
      expect(nextPair(states.usable, input, stat)).toEqual({ state: states.usable, effects: [] });
  });

  it('has no other server to go to at once when there is only one', () => {
    expect(show(nextPair(states.dialling, inputs.closed, single))).toEqual([
      'waiting 0 1',
      'tell-failed link.lost, clear link, wait in 100',
    ]);
    expect(show(nextPair(states.usable, inputs.closed, single))).toEqual([
      'waiting 0 1',
      'tell-unusable link.lost, clear link, wait in 100',
    ]);
  });

  it('remembers over a quick change of servers that the last opening was over at once', () => {
    const afterFirst = nextPair(states.usable, inputs['closed soon'], stat)?.state ?? states.idle;
    const second =
      nextPair(afterFirst, { type: 'opened', role: 'Primary', at: monotonicMs(5_000) }, stat)?.state ??
      states.idle;
    expect(second).toEqual({ phase: 'usable', server: 1, since: 5_000, flapping: true });
    const recovered = nextPair(
      second,
      { type: 'closed', ending, at: monotonicMs(5_000 + SHORT_SPELL_MS), random: 0 },
      stat,
    )?.state;
    expect(recovered).toEqual({ phase: 'dialling', server: 0, failures: 1, flapping: false });
  });

  it('keeps its promises under any sequence of inputs', () => {
    const input = fc.constantFrom<keyof typeof inputs>(...(Object.keys(inputs) as (keyof typeof inputs)[]));
    fc.assert(
      fc.property(fc.constantFrom(sip, stat, single), fc.array(input, { maxLength: 60 }), (rules, names) => {
        let state = states.idle as PairState;
        let connected = false;
        const timers = new Set<PairTimer>();
        let usable = false;
        const feed = (next: PairInput | Timeout<PairTimer>): void => {
          const step = nextPair(state, next, rules);
          if (step === undefined) return;
          if (state.phase === 'stopped') expect(step.effects).toEqual([]);
          state = step.state;
          for (const effect of step.effects) {
            switch (effect.type) {
              case 'dial':
                expect([connected, timers.size]).toEqual([false, 0]);
                connected = true;
                break;
              case 'close':
                if (!connected) break;
                connected = false;
                feed({ type: 'closed', ending: effect.ending, at: monotonicMs(5_000), random: 0 });
                break;
              case 'set-timer':
                expect(timers.size).toBe(0);
                timers.add(effect.timer);
                break;
              case 'clear-timer':
                timers.delete(effect.timer);
                break;
              case 'tell-usable':
                expect([usable, connected]).toEqual([false, true]);
                usable = true;
                break;
              case 'tell-unusable':
                expect(usable).toBe(true);
                usable = false;
                break;
              case 'tell-failed':
                expect(usable).toBe(false);
                break;
            }
          }
          expect(state.phase === 'usable').toBe(usable);
        };
        for (const name of names) {
          const next = inputs[name];
          // Only what the world can do: a connection tells and ends once, a timer fires when it is set.
          if (next.type === 'timeout' && !timers.has(next.timer)) continue;
          if (['opened', 'link-connected', 'link-disconnected', 'closed'].includes(next.type) && !connected)
            continue;
          if (next.type === 'opened' && state.phase !== 'dialling') continue;
          if (next.type === 'timeout') timers.delete(next.timer);
          if (next.type === 'closed') connected = false;
          feed(next);
        }
        feed(inputs.stop);
        expect([state.phase, connected, timers.size, usable]).toEqual(['stopped', false, 0, false]);
      }),
      { numRuns: 1_000 },
    );
  });
});
