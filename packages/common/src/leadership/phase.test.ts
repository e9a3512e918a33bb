import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MonotonicMs, monotonicMs } from '../time/instants.ts';
import type { LeaseToken } from './lease.ts';
import {
  initialLeadership,
  type LeadershipInput,
  type LeadershipRules,
  type LeadershipState,
  type LeadershipTimer,
  nextLeadership,
} from './phase.ts';

const a: LeaseToken = { value: 'a:1', epoch: 1 };
const b: LeaseToken = { value: 'a:2', epoch: 2 };
const base: LeadershipRules = {
  lingerMs: 0,
  retryMs: 100,
  longestRetryMs: 1000,
  loadLimitMs: 5000,
  endLimitMs: 6000,
  stopLimitMs: 7000,
  steadyMs: 9000,
};
const lingering: LeadershipRules = { ...base, lingerMs: 3000 };

const count = { attempt: 5, failures: 0 };
const states = {
  idle: { ...count, phase: 'idle' },
  standby: { ...count, phase: 'standby' },
  loading: { ...count, phase: 'loading', token: a, warm: false },
  'loading, warm': { ...count, phase: 'loading', token: a, warm: true },
  retrying: { ...count, phase: 'retrying', token: a, warm: false },
  'retrying, warm': { ...count, phase: 'retrying', token: a, warm: true },
  active: { ...count, phase: 'active', token: a },
  lingering: { ...count, phase: 'lingering' },
  'ending, none': { ...count, phase: 'ending', token: undefined, next: 'load' },
  'ending, held': { ...count, phase: 'ending', token: a, next: 'load' },
  'ending, failed': { ...count, phase: 'ending', token: a, next: 'wait' },
  'ending, renews': { ...count, phase: 'ending', token: a, next: 'renew' },
  'ending, gives way': { ...count, phase: 'ending', token: a, next: 'give-way' },
  'ending, none, gives way': { ...count, phase: 'ending', token: undefined, next: 'give-way' },
  stopping: { ...count, phase: 'stopping' },
  stopped: { ...count, phase: 'stopped' },
} as const satisfies Record<string, LeadershipState>;
type StateName = keyof typeof states;

const inputs = {
  start: { type: 'start' },
  stop: { type: 'stop' },
  'no lease': { type: 'lease', token: undefined },
  'lease a': { type: 'lease', token: a },
  'lease b': { type: 'lease', token: b },
  loaded: { type: 'loaded', attempt: 5 },
  'loaded, late': { type: 'loaded', attempt: 4 },
  'load failed': { type: 'load-failed', attempt: 5 },
  'load failed, late': { type: 'load-failed', attempt: 4 },
  'work failed': { type: 'work-failed', attempt: 5 },
  'work failed, late': { type: 'work-failed', attempt: 4 },
  'hand over': { type: 'hand-over', attempt: 5 },
  'hand over, late': { type: 'hand-over', attempt: 4 },
  ended: { type: 'ended', attempt: 5 },
  'ended, late': { type: 'ended', attempt: 4 },
  reload: { type: 'reload' },
  'linger is over': { type: 'timeout', timer: 'linger', at: monotonicMs(0) },
  'retry is due': { type: 'timeout', timer: 'retry', at: monotonicMs(0) },
  'load is late': { type: 'timeout', timer: 'load', at: monotonicMs(0) },
  'end is late': { type: 'timeout', timer: 'end', at: monotonicMs(0) },
  'steady for long': { type: 'timeout', timer: 'steady', at: monotonicMs(0) },
} as const satisfies Record<
  string,
  LeadershipInput | { type: 'timeout'; timer: LeadershipTimer; at: MonotonicMs }
>;
type InputName = keyof typeof inputs;

/** `!`: must not come. Empty: changes nothing. Else the next state, then the effects but cleared timers. */
type Row = readonly [StateName, InputName, 'ends at once' | 'lingers' | 'either', string];
const table: readonly Row[] = [
  ['idle', 'start', 'either', 'standby'],
  ['idle', 'stop', 'either', 'stopped'],

  ['standby', 'lease a', 'either', 'loading cold a 6: load a 6, timer load 5000'],
  ['standby', 'lease b', 'either', 'loading cold b 6: load b 6, timer load 5000'],
  ['standby', 'stop', 'either', 'stopped'],

  ['loading', 'loaded', 'either', 'active a 5: begin a 5, timer steady 9000'],
  ['loading', 'load failed', 'either', 'retrying cold a 5: timer retry 100'],
  ['loading', 'load is late', 'either', 'retrying cold a 5: load-is-late, timer retry 100'],
  ['loading', 'no lease', 'either', 'standby'],
  ['loading', 'lease b', 'either', 'loading cold b 6: load b 6, timer load 5000'],
  ['loading', 'reload', 'either', 'standby: renew-token'],
  ['loading', 'stop', 'either', 'stopped'],

  ['loading, warm', 'loaded', 'either', 'active a 5: begin a 5, timer steady 9000'],
  ['loading, warm', 'load failed', 'either', 'retrying warm a 5: timer retry 100'],
  ['loading, warm', 'load is late', 'either', 'retrying warm a 5: load-is-late, timer retry 100'],
  ['loading, warm', 'no lease', 'lingers', 'lingering: timer linger 3000'],
  ['loading, warm', 'lease b', 'either', 'loading warm b 6: load b 6, timer load 5000'],
  ['loading, warm', 'reload', 'lingers', 'lingering: renew-token, timer linger 3000'],
  ['loading, warm', 'stop', 'either', 'stopping: end 6, timer end 7000'],

  ['retrying', 'retry is due', 'either', 'loading cold a 6: load a 6, timer load 5000'],
  ['retrying', 'lease b', 'either', 'loading cold b 6: load b 6, timer load 5000'],
  ['retrying', 'no lease', 'either', 'standby'],
  ['retrying', 'reload', 'either', 'standby: renew-token'],
  ['retrying', 'stop', 'either', 'stopped'],

  ['retrying, warm', 'retry is due', 'either', 'loading warm a 6: load a 6, timer load 5000'],
  ['retrying, warm', 'lease b', 'either', 'loading warm b 6: load b 6, timer load 5000'],
  ['retrying, warm', 'no lease', 'lingers', 'lingering: timer linger 3000'],
  ['retrying, warm', 'reload', 'lingers', 'lingering: renew-token, timer linger 3000'],
  ['retrying, warm', 'stop', 'either', 'stopping: end 6, timer end 7000'],

  ['active', 'no lease', 'ends at once', 'ending none 6: end 6, timer end 6000'],
  ['active', 'no lease', 'lingers', 'lingering: suspend, timer linger 3000'],
  ['active', 'lease b', 'ends at once', 'ending b 6: end 6, timer end 6000'],
  ['active', 'lease b', 'lingers', 'loading warm b 6: load b 6, suspend, timer load 5000'],
  ['active', 'reload', 'ends at once', 'ending to renew a 6: end 6, timer end 6000'],
  ['active', 'reload', 'lingers', 'lingering: renew-token, suspend, timer linger 3000'],
  ['active', 'work failed', 'either', 'ending failed a 6: end 6, timer end 6000'],
  ['active', 'hand over', 'either', 'ending to give way a 6: end 6, timer end 6000'],
  ['active', 'stop', 'either', 'stopping: end 6, timer end 7000'],

  ['lingering', 'lease a', 'lingers', 'loading warm a 6: load a 6, timer load 5000'],
  ['lingering', 'lease b', 'lingers', 'loading warm b 6: load b 6, timer load 5000'],
  ['lingering', 'linger is over', 'lingers', 'ending none 6: end 6, timer end 6000'],
  ['lingering', 'stop', 'lingers', 'stopping: end 6, timer end 7000'],

  ['ending, none', 'ended', 'either', 'standby'],
  ['ending, none', 'end is late', 'either', 'standby: end-is-late'],
  ['ending, none', 'lease a', 'either', 'ending a 5'],
  ['ending, none', 'lease b', 'either', 'ending b 5'],
  ['ending, none', 'reload', 'either', 'ending to renew none 5'],
  ['ending, none', 'stop', 'either', 'stopping: timer end 7000'],

  ['ending, held', 'ended', 'either', 'loading cold a 6: load a 6, timer load 5000'],
  ['ending, held', 'end is late', 'either', 'loading cold a 6: end-is-late, load a 6, timer load 5000'],
  ['ending, held', 'no lease', 'either', 'ending none 5'],
  ['ending, held', 'lease b', 'either', 'ending b 5'],
  ['ending, held', 'reload', 'either', 'ending to renew a 5'],
  ['ending, held', 'stop', 'either', 'stopping: timer end 7000'],

  ['ending, failed', 'ended', 'either', 'retrying cold a 5: timer retry 100'],
  ['ending, failed', 'end is late', 'either', 'retrying cold a 5: end-is-late, timer retry 100'],
  ['ending, failed', 'no lease', 'either', 'ending failed none 5'],
  ['ending, failed', 'lease b', 'either', 'ending failed b 5'],
  ['ending, failed', 'reload', 'either', 'ending to renew a 5'],
  ['ending, failed', 'stop', 'either', 'stopping: timer end 7000'],

  ['ending, renews', 'ended', 'either', 'standby: renew-token'],
  ['ending, renews', 'end is late', 'either', 'standby: end-is-late, renew-token'],
  ['ending, renews', 'no lease', 'either', 'ending to renew none 5'],
  ['ending, renews', 'lease b', 'either', 'ending to renew b 5'],
  ['ending, renews', 'stop', 'either', 'stopping: timer end 7000'],

  ['ending, gives way', 'ended', 'either', 'standby: give-way'],
  ['ending, gives way', 'end is late', 'either', 'standby: end-is-late, give-way'],
  ['ending, gives way', 'no lease', 'either', 'ending to give way none 5'],
  ['ending, gives way', 'lease b', 'either', 'ending to give way b 5'],
  ['ending, gives way', 'stop', 'either', 'stopping: timer end 7000'],

  ['ending, none, gives way', 'ended', 'either', 'standby: give-way'],
  ['ending, none, gives way', 'end is late', 'either', 'standby: end-is-late, give-way'],
  ['ending, none, gives way', 'lease a', 'either', 'ending to give way a 5'],
  ['ending, none, gives way', 'lease b', 'either', 'ending to give way b 5'],
  ['ending, none, gives way', 'stop', 'either', 'stopping: timer end 7000'],

  ['stopping', 'ended', 'either', 'stopped'],
  ['stopping', 'end is late', 'either', 'stopped: end-is-late'],
];

/** Timers that run in a phase: only these may fire. */
const running: Readonly<Record<LeadershipState['phase'], readonly LeadershipTimer[]>> = {
  idle: [],
  standby: [],
  loading: ['load'],
  retrying: ['retry'],
  active: ['steady'],
  lingering: ['linger'],
  ending: ['end'],
  stopping: ['end'],
  stopped: [],
};

function text(state: LeadershipState): string {
  switch (state.phase) {
    case 'loading':
    case 'retrying':
      return `${state.phase} ${state.warm ? 'warm' : 'cold'} ${nameOf(state.token)} ${state.attempt}`;
    case 'active':
      return `active ${nameOf(state.token)} ${state.attempt}`;
    case 'ending':
      return `ending ${after[state.next]}${nameOf(state.token)} ${state.attempt}`;
    default:
      return state.phase;
  }
}

const after = { load: '', wait: 'failed ', 'give-way': 'to give way ', renew: 'to renew ' } as const;

function nameOf(token: LeaseToken | undefined): string {
  return token === undefined ? 'none' : token === a ? 'a' : 'b';
}

function effectText(effect: NonNullable<ReturnType<typeof nextLeadership>>['effects'][number]): string[] {
  switch (effect.type) {
    case 'clear-timer':
      return [];
    case 'set-timer':
      return [`timer ${effect.timer} ${effect.ms}`];
    case 'load':
    case 'begin':
      return [`${effect.type} ${nameOf(effect.token)} ${effect.attempt}`];
    case 'end':
      return [`end ${effect.attempt}`];
    default:
      return [effect.type];
  }
}

const cases = (Object.keys(states) as StateName[]).flatMap((state) =>
  (Object.keys(inputs) as InputName[]).flatMap((input) =>
    (['ends at once', 'lingers'] as const).map((mode) => [state, input, mode] as const),
  ),
);

describe('the phases of leadership', () => {
  it.each(cases)('%s, %s, %s', (stateName, inputName, mode) => {
    const state: LeadershipState = states[stateName];
    const input = inputs[inputName];
    const rules = mode === 'lingers' ? lingering : base;
    // Work is only kept where the rules say so.
    const keeps = state.phase === 'lingering' || ('warm' in state && state.warm);
    if (keeps && mode === 'ends at once') return;
    const step = nextLeadership(state, input, rules);
    const row = table.find(
      ([from, what, when]) =>
        from === stateName && what === inputName && (when === mode || when === 'either'),
    );
    if (row !== undefined) {
      const effects = (step?.effects ?? []).flatMap(effectText).sort();
      const next = step === undefined ? '!' : text(step.state);
      expect(effects.length === 0 ? next : `${next}: ${effects.join(', ')}`).toBe(row[3]);
    } else if (
      input.type === 'start' ||
      (input.type === 'timeout' && !running[state.phase].includes(input.timer))
    ) {
      expect(step).toBeUndefined();
    } else {
      expect(step?.state).toEqual(state);
      expect(step?.effects.filter(({ type }) => type !== 'clear-timer')).toEqual([]);
    }
  });

  it('waits longer with each failure in a row, up to a bound, and forgets them after a steady term', () => {
    const waits: number[] = [];
    let state: LeadershipState = states.loading;
    for (let n = 0; n < 6; n++) {
      const failed = nextLeadership(state, { type: 'load-failed', attempt: state.attempt }, base);
      waits.push(
        ...(failed?.effects ?? []).flatMap((effect) => (effect.type === 'set-timer' ? effect.ms : [])),
      );
      state = nextLeadership(failed?.state ?? state, inputs['retry is due'], base)?.state ?? state;
    }
    expect(waits).toEqual([100, 200, 400, 800, 1000, 1000]);
    const active = nextLeadership(state, { type: 'loaded', attempt: state.attempt }, base)?.state;
    expect(active?.failures).toBe(6);
    expect(nextLeadership(active as LeadershipState, inputs['steady for long'], base)?.state.failures).toBe(
      0,
    );
  });
});

/** The world of the machine: timers, loads and ends that are on their way and may be answered in any order. */
class World {
  state: LeadershipState = initialLeadership;
  held: LeaseToken | undefined;
  epoch = 0;
  readonly timers = new Set<LeadershipTimer>();
  loads: number[] = [];
  ends: number[] = [];
  working = false;
  readonly #rules: LeadershipRules;

  constructor(rules: LeadershipRules) {
    this.#rules = rules;
    this.input({ type: 'start' });
  }

  input(input: Parameters<typeof nextLeadership>[1]): void {
    const step = nextLeadership(this.state, input, this.#rules);
    expect(step, `${this.state.phase}, ${input.type}`).toBeDefined();
    if (step === undefined) return;
    this.state = step.state;
    for (const effect of step.effects) {
      if (effect.type === 'set-timer') this.timers.add(effect.timer);
      else if (effect.type === 'clear-timer') this.timers.delete(effect.timer);
      else if (effect.type === 'load') this.loads.push(effect.attempt);
      else if (effect.type === 'end') this.ends.push(effect.attempt);
      else if (effect.type === 'begin') {
        expect(effect.token).toEqual(this.held);
        this.working = true;
      }
      if (effect.type === 'end') this.working = false;
      if (effect.type === 'give-way' || effect.type === 'renew-token') this.held = undefined;
    }
    // Each phase has its timer and no other; that of a steady term fires once.
    const missing = running[this.state.phase].filter((timer) => !this.timers.has(timer));
    const foreign = [...this.timers].filter((timer) => !running[this.state.phase].includes(timer));
    expect([missing.filter((timer) => timer !== 'steady'), foreign]).toEqual([[], []]);
  }

  win(): void {
    this.held = { value: `x:${++this.epoch}`, epoch: this.epoch };
    this.input({ type: 'lease', token: this.held });
  }

  lose(): void {
    this.held = undefined;
    this.input({ type: 'lease', token: undefined });
  }

  fire(timer: LeadershipTimer): void {
    if (this.timers.delete(timer)) this.input({ type: 'timeout', timer, at: monotonicMs(0) });
  }

  answer(kind: 'loads' | 'ends', index: number, how: 'loaded' | 'load-failed' | 'ended'): void {
    const [attempt] = this[kind].splice(index % Math.max(1, this[kind].length), 1);
    if (attempt !== undefined) this.input({ type: how, attempt });
  }
}

const move = fc.oneof(
  fc.constant(['win'] as const),
  fc.constant(['lose'] as const),
  fc.constant(['reload'] as const),
  fc.constant(['fail'] as const),
  fc.constant(['hand-over'] as const),
  fc.tuple(
    fc.constant('fire' as const),
    fc.constantFrom(...(['linger', 'retry', 'load', 'end', 'steady'] as const)),
  ),
  fc.tuple(fc.constant('loaded' as const), fc.nat(5)),
  fc.tuple(fc.constant('load-failed' as const), fc.nat(5)),
  fc.tuple(fc.constant('ended' as const), fc.nat(5)),
);

function play(world: World, moves: readonly (readonly [string, (number | LeadershipTimer)?])[]): void {
  for (const [what, how] of moves) {
    if (what === 'win') world.win();
    else if (what === 'lose') world.lose();
    else if (what === 'reload') world.input({ type: 'reload' });
    else if (what === 'fail') world.input({ type: 'work-failed', attempt: world.state.attempt });
    else if (what === 'hand-over') world.input({ type: 'hand-over', attempt: world.state.attempt });
    else if (what === 'fire') world.fire(how as LeadershipTimer);
    else if (what === 'ended') world.answer('ends', how as number, 'ended');
    else world.answer('loads', how as number, what as 'loaded' | 'load-failed');
  }
}

/** Everything that is on its way is answered well, oldest first, as long as something is. */
function runAllEvents(world: World): void {
  for (let n = 0; n < 20; n++) {
    for (const timer of ['retry', 'end', 'linger'] as const) world.fire(timer);
    while (world.ends.length > 0) world.answer('ends', 0, 'ended');
    while (world.loads.length > 0) world.answer('loads', 0, 'loaded');
  }
}

describe.each([
  ['ends at once', base],
  ['lingers', lingering],
] as const)('leadership that %s, whatever happens in any order', (_, rules) => {
  it('always begins its term when it goes on to hold the lease', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        const world = new World(rules);
        play(world, moves);
        // It may be about to give the lease to another: then it has it again afterwards.
        for (let n = 0; n < 2; n++) {
          if (world.held === undefined) world.win();
          runAllEvents(world);
        }
        expect([world.state.phase, world.working]).toEqual(['active', true]);
        expect(world.state).toMatchObject({ token: world.held });
      }),
      { numRuns: 500, seed: 9 },
    );
  });

  it('stands by without work when it goes on without the lease, and stops when it is asked to', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), fc.boolean(), (moves, stop) => {
        const world = new World(rules);
        play(world, moves);
        if (stop) world.input({ type: 'stop' });
        else if (world.held !== undefined) world.lose();
        runAllEvents(world);
        expect([world.state.phase, world.working]).toEqual([stop ? 'stopped' : 'standby', false]);
        expect([...world.timers]).toEqual([]);
      }),
      { numRuns: 500, seed: 9 },
    );
  });
});
