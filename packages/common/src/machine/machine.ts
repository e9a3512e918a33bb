/**
 * The one runner of state machines: keeps the state, carries out effects, owns the timers, logs and counts transitions.
 *
 * The rules are a pure function `next(state, input)`; it answers undefined for an input that must not come in a state.
 */

import type { Logger } from '../logging/logging.ts';
import { Counter, type Registry } from '../metrics.ts';
import type { Clock, Timer } from '../time/clock.ts';
import type { MonotonicMs } from '../time/instants.ts';

export interface Step<S, E> {
  readonly state: S;
  readonly effects: readonly E[];
}

/** Effects that the runner carries out by itself: one timer of each name at most, in milliseconds. */
export type TimerEffect<T extends string> =
  | { readonly type: 'set-timer'; readonly timer: T; readonly ms: number }
  | { readonly type: 'clear-timer'; readonly timer: T };

/** What a timer becomes when it fires. */
export interface Timeout<T extends string> {
  readonly type: 'timeout';
  readonly timer: T;
  readonly at: MonotonicMs;
}

export interface MachineMetrics {
  transition(machine: string, from: string, to: string): void;
  unexpected(machine: string, state: string, input: string): void;
}

export interface MachineOptions<S, I, E extends { readonly type: string }, T extends string> {
  /** For log and metrics: `leadership`. */
  readonly name: string;
  /** Which of several machines of this name it is, for the log. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly initial: S;
  readonly next: (state: S, input: I | Timeout<T>) => Step<S, E | TimerEffect<T>> | undefined;
  /** May give further inputs: they wait until all effects of this one are carried out. */
  readonly carryOut: (effect: E) => void;
  /** Called after each input that was taken, when its effects are carried out. */
  readonly onStep?: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: MachineMetrics | undefined;
}

/**
 * Runs a pure `next`: carries out its effects, keeps its timers, logs and counts each transition. An input that
 * means nothing in a state is counted and changes nothing.
 */
export class Machine<
  S extends { readonly phase: string },
  I extends { readonly type: string },
  E extends { readonly type: string },
  T extends string = never,
> {
  readonly #options: MachineOptions<S, I, E, T>;
  #state: S;
  readonly #inputs: (I | Timeout<T>)[] = [];
  #busy = false;
  readonly #timers = new Map<T, Timer>();
  readonly #unexpected = new Set<string>();

  constructor(options: MachineOptions<S, I, E, T>) {
    this.#options = options;
    this.#state = options.initial;
  }

  get state(): S {
    return this.#state;
  }

  /** Takes an input; returns when it and all that followed from it at once are carried out. Never throws. */
  input(input: I | Timeout<T>): void {
    this.#inputs.push(input);
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) this.#take(next);
    this.#busy = false;
  }

  #take(input: I | Timeout<T>): void {
    const { next, name, logger, metrics, fields } = this.#options;
    const from = this.#state;
    const step = next(from, input);
    if (step === undefined) {
      this.#note(from, input);
      return;
    }
    this.#state = step.state;
    if (step.state.phase !== from.phase) {
      metrics?.transition(name, from.phase, step.state.phase);
      logger.debug(
        {
          ...fields,
          'exec.machine': name,
          'exec.from': from.phase,
          'exec.to': step.state.phase,
          'exec.input': input.type,
        },
        `${name}: ${from.phase} -> ${step.state.phase}`,
      );
    }
    for (const effect of step.effects) this.#perform(effect);
    this.#options.onStep?.();
  }

  /** A fault in one effect must not leave out the next, nor stop the machine for good. */
  #perform(effect: E | TimerEffect<T>): void {
    try {
      if (effect.type === 'set-timer') this.#setTimer(effect as Extract<TimerEffect<T>, { ms: number }>);
      else if (effect.type === 'clear-timer') this.#clearTimer((effect as TimerEffect<T>).timer);
      else this.#options.carryOut(effect as E);
    } catch (error) {
      const { logger, name, fields } = this.#options;
      logger.error(
        { ...fields, err: error, 'exec.machine': name, 'exec.effect': effect.type },
        `${name}: the effect ${effect.type} failed`,
      );
    }
  }

  #setTimer({ timer, ms }: { readonly timer: T; readonly ms: number }): void {
    this.#clearTimer(timer);
    const armed = this.#options.clock.setTimer(ms, () => {
      if (this.#timers.get(timer) !== armed) return;
      this.#timers.delete(timer);
      this.input({ type: 'timeout', timer, at: this.#options.clock.monotonic() });
    });
    this.#timers.set(timer, armed);
  }

  #clearTimer(timer: T): void {
    this.#timers.get(timer)?.cancel();
    this.#timers.delete(timer);
  }

  #note(state: S, input: I | Timeout<T>): void {
    const { name, logger, metrics, fields } = this.#options;
    metrics?.unexpected(name, state.phase, input.type);
    const pair = `${state.phase} ${input.type}`;
    if (this.#unexpected.has(pair)) return;
    this.#unexpected.add(pair);
    logger.warn(
      { ...fields, 'exec.machine': name, 'exec.state': state.phase, 'exec.input': input.type },
      `${name}: ${input.type} was not expected while ${state.phase}; it is left out`,
    );
  }
}

const counters = new WeakMap<Registry, MachineMetrics>();

/** The counters of all machines of one registry; made at the first call. Label values are closed sets of names in code. */
export function machineMetrics(registry: Registry): MachineMetrics {
  const known = counters.get(registry);
  if (known !== undefined) return known;
  const transitions = new Counter({
    name: 'exec_state_transitions_total',
    help: 'Transitions of the state machines inside the service, by machine and phase',
    labelNames: ['machine', 'from', 'to'],
    registers: [registry],
  });
  const unexpected = new Counter({
    name: 'exec_unexpected_inputs_total',
    help: 'Inputs that a state machine did not expect in its phase; more than 0 is worth a report',
    labelNames: ['machine', 'state', 'input'],
    registers: [registry],
  });
  const made: MachineMetrics = {
    transition: (machine, from, to) => transitions.inc({ machine, from, to }),
    unexpected: (machine, state, input) => unexpected.inc({ machine, state, input }),
  };
  counters.set(registry, made);
  return made;
}
