import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextPair, type PairInput, type PairRules, type PairState, SHORT_SPELL_MS } from './phase.ts';

const ending = { code: 'link.lost', message: 'closed the connection' } as const;
const sip: PairRules = { servers: 2, needsLink: true };
const stat: PairRules = { servers: 2, needsLink: false };
const single: PairRules = { servers: 1, needsLink: true };

const states = {
  idle: { phase: 'idle' },
  dialling: { phase: 'dialling', server: 0, failures: 0, flapping: false },
  'dialling again': { phase: 'dialling', server: 1, failures: 3, flapping: false },
  linking: { phase: 'linking', server: 0, failures: 2, flapping: false },
  usable: { phase: 'usable', server: 0, since: 0, flapping: false },
  'usable, flapping': { phase: 'usable', server: 1, since: 0, flapping: true },
  unlinked: { phase: 'unlinked', server: 1 },
  waiting: { phase: 'waiting', server: 1, failures: 4, flapping: false },
  stopped: { phase: 'stopped' },
} as const satisfies Record<string, PairState>;

const inputs = {
  start: { type: 'start' },
  stop: { type: 'stop' },
  'opened as primary': { type: 'opened', role: 'Primary', at: 5_000 },
  'opened as backup': { type: 'opened', role: 'Backup', at: 5_000 },
  'link-connected': { type: 'link-connected', at: 5_000 },
  'link-disconnected': { type: 'link-disconnected' },
  closed: { type: 'closed', ending, at: 5_000 },
  'closed soon': { type: 'closed', ending, at: SHORT_SPELL_MS - 1 },
  timeout: { type: 'timeout' },
} as const satisfies Record<string, PairInput>;

type Row = readonly [keyof typeof states, keyof typeof inputs, string, string];

/** State, input, next state, effects; every pair that is not listed means nothing. */
const table: readonly Row[] = [
  ['idle', 'start', 'dialling 0 0', 'dial 0'],
  ['idle', 'stop', 'stopped', 'clear-timer, close link.stopped'],
  ['dialling', 'stop', 'stopped', 'clear-timer, close link.stopped'],
  ['dialling', 'opened as primary', 'linking 0 0', 'limit-link'],
  ['dialling', 'opened as backup', 'dialling 0 0', 'close link.not-primary'],
  ['dialling', 'closed', 'dialling 1 1', 'tell-failed link.lost, clear-timer, dial 1'],
  ['dialling', 'closed soon', 'dialling 1 1', 'tell-failed link.lost, clear-timer, dial 1'],
  ['dialling again', 'stop', 'stopped', 'clear-timer, close link.stopped'],
  ['dialling again', 'opened as primary', 'linking 1 3', 'limit-link'],
  ['dialling again', 'opened as backup', 'dialling 1 3', 'close link.not-primary'],
  ['dialling again', 'closed', 'waiting 0 4', 'tell-failed link.lost, clear-timer, wait 2'],
  ['dialling again', 'closed soon', 'waiting 0 4', 'tell-failed link.lost, clear-timer, wait 2'],
  ['linking', 'stop', 'stopped', 'clear-timer, close link.stopped'],
  ['linking', 'link-connected', 'usable 0', 'clear-timer, tell-usable'],
  ['linking', 'closed', 'waiting 1 3', 'tell-failed link.lost, clear-timer, wait 1'],
  ['linking', 'closed soon', 'waiting 1 3', 'tell-failed link.lost, clear-timer, wait 1'],
  ['linking', 'timeout', 'linking 0 2', 'close link.switch-unavailable'],
  ['usable', 'stop', 'stopped', 'clear-timer, tell-unusable link.stopped, close link.stopped'],
  ['usable', 'link-connected', 'usable 0', 'tell-unusable link.switch-unavailable, clear-timer, tell-usable'],
  ['usable', 'link-disconnected', 'unlinked 0', 'tell-unusable link.switch-unavailable, limit-link'],
  ['usable', 'closed', 'dialling 1 1', 'tell-unusable link.lost, clear-timer, dial 1'],
  ['usable', 'closed soon', 'dialling 1 1', 'tell-unusable link.lost, clear-timer, dial 1'],
  ['usable, flapping', 'stop', 'stopped', 'clear-timer, tell-unusable link.stopped, close link.stopped'],
  [
    'usable, flapping',
    'link-connected',
    'usable 1',
    'tell-unusable link.switch-unavailable, clear-timer, tell-usable',
  ],
  [
    'usable, flapping',
    'link-disconnected',
    'unlinked 1',
    'tell-unusable link.switch-unavailable, limit-link',
  ],
  ['usable, flapping', 'closed', 'dialling 0 1', 'tell-unusable link.lost, clear-timer, dial 0'],
  ['usable, flapping', 'closed soon', 'waiting 0 2', 'tell-unusable link.lost, clear-timer, wait 0'],
  ['unlinked', 'stop', 'stopped', 'clear-timer, close link.stopped'],
  ['unlinked', 'link-connected', 'usable 1', 'clear-timer, tell-usable'],
  ['unlinked', 'closed', 'dialling 0 1', 'tell-failed link.lost, clear-timer, dial 0'],
  ['unlinked', 'closed soon', 'dialling 0 1', 'tell-failed link.lost, clear-timer, dial 0'],
  ['unlinked', 'timeout', 'unlinked 1', 'close link.switch-unavailable'],
  ['waiting', 'stop', 'stopped', 'clear-timer, close link.stopped'],
  ['waiting', 'timeout', 'dialling 1 4', 'dial 1'],
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
    if (effect.type === 'wait') return `wait ${effect.attempt}`;
    return 'ending' in effect ? `${effect.type} ${effect.ending.code}` : effect.type;
  });
  return [parts.filter((part) => part !== undefined).join(' '), effects.join(', ')];
}

const cells = (Object.keys(states) as (keyof typeof states)[]).flatMap((state) =>
  (Object.keys(inputs) as (keyof typeof inputs)[]).map((input) => [state, input] as const),
);

describe('phases of a pair', () => {
  it.each(cells)('SIP Server, %s, %s', (state, input) => {
    const row = table.find(([from, name]) => from === state && name === input);
    const expected = row === undefined ? undefined : [row[2], row[3]];
    expect(show(nextPair(states[state], inputs[input], sip))).toEqual(expected);
  });

  it('uses a primary Stat Server at once, and knows no link', () => {
    expect(show(nextPair(states.dialling, inputs['opened as primary'], stat))).toEqual([
      'usable 0',
      'clear-timer, tell-usable',
    ]);
    expect(nextPair(states.usable, inputs['link-disconnected'], stat)).toBeUndefined();
    expect(nextPair(states.usable, inputs['link-connected'], stat)).toBeUndefined();
  });

  it('has no other server to go to at once when there is only one', () => {
    expect(show(nextPair(states.dialling, inputs.closed, single))).toEqual([
      'waiting 0 1',
      'tell-failed link.lost, clear-timer, wait 0',
    ]);
    expect(show(nextPair(states.usable, inputs.closed, single))).toEqual([
      'waiting 0 1',
      'tell-unusable link.lost, clear-timer, wait 0',
    ]);
  });

  it('remembers over a quick change of servers that the last opening was over at once', () => {
    const afterFirst = nextPair(states.usable, inputs['closed soon'], stat)?.state ?? states.idle;
    const second =
      nextPair(afterFirst, { type: 'opened', role: 'Primary', at: 5_000 }, stat)?.state ?? states.idle;
    expect(second).toEqual({ phase: 'usable', server: 1, since: 5_000, flapping: true });
    const recovered = nextPair(second, { type: 'closed', ending, at: 5_000 + SHORT_SPELL_MS }, stat)?.state;
    expect(recovered).toEqual({ phase: 'dialling', server: 0, failures: 1, flapping: false });
  });

  it('keeps its promises under any sequence of inputs', () => {
    const input = fc.constantFrom<keyof typeof inputs>(...(Object.keys(inputs) as (keyof typeof inputs)[]));
    fc.assert(
      fc.property(fc.constantFrom(sip, stat, single), fc.array(input, { maxLength: 60 }), (rules, names) => {
        let state = states.idle as PairState;
        let connected = false;
        let timer = false;
        let usable = false;
        const feed = (next: PairInput): void => {
          const step = nextPair(state, next, rules);
          if (step === undefined) return;
          expect(state.phase).not.toBe('stopped');
          state = step.state;
          for (const effect of step.effects) {
            switch (effect.type) {
              case 'dial':
                expect([connected, timer]).toEqual([false, false]);
                connected = true;
                break;
              case 'close':
                if (!connected) break;
                connected = false;
                feed({ type: 'closed', ending: effect.ending, at: 5_000 });
                break;
              case 'wait':
              case 'limit-link':
                expect(timer).toBe(false);
                timer = true;
                break;
              case 'clear-timer':
                timer = false;
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
          if (next.type === 'timeout' && !timer) continue;
          if (['opened', 'link-connected', 'link-disconnected', 'closed'].includes(next.type) && !connected)
            continue;
          if (next.type === 'opened' && state.phase !== 'dialling') continue;
          if (next.type === 'timeout') timer = false;
          if (next.type === 'closed') connected = false;
          feed(next);
        }
        feed(inputs.stop);
        expect([state.phase, connected, timer, usable]).toEqual(['stopped', false, false, false]);
      }),
      { numRuns: 1_000 },
    );
  });
});
