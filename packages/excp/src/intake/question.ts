/**
 * "Is there more?", asked of one connection: its answer comes after everything that it has to tell, so it proves that
 * nothing is on its way. One question at a time, and none while the connection tells of itself.
 */

import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import { monotonicMs } from '@exec/common/instants';
import type { Logger } from '@exec/common/logging';
import { Machine, type MachineMetrics } from '@exec/common/machine';
import type { StreamPlace } from '../events/connection-clocks.ts';
import {
  nextQuestion,
  type QuestionEffect,
  type QuestionInput,
  type QuestionState,
  type QuestionTimer,
} from './question-state.ts';

export interface QuestionOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: MachineMetrics | undefined;
  /** Rejects with `link.request-refused` when the server answers that it does not know the request. */
  readonly ask: () => Promise<unknown>;
  /** `place`: the newest one that had been given when it was asked. */
  readonly answered: (place: StreamPlace) => void;
  /** A connection that sent something within this time is not asked yet, milliseconds. */
  readonly quietMs?: number;
}

export class Question {
  readonly #options: QuestionOptions;
  readonly #machine: Machine<QuestionState, QuestionInput, QuestionEffect, QuestionTimer>;
  #heardAt = monotonicMs(Number.NEGATIVE_INFINITY);

  constructor(options: QuestionOptions) {
    this.#options = options;
    const { clock, logger, metrics, quietMs = 20 } = options;
    this.#machine = new Machine<QuestionState, QuestionInput, QuestionEffect, QuestionTimer>({
      name: 'question',
      initial: { phase: 'idle', attempt: 0 },
      next: (state, input) => nextQuestion(state, input, quietMs),
      carryOut: (effect) =>
        effect.type === 'ask' ? void this.#ask(effect.attempt) : options.answered(effect.place),
      clock,
      logger,
      metrics,
    });
  }

  /** The connection sent something. */
  heard(): void {
    this.#heardAt = this.#options.clock.monotonic();
  }

  ask(place: StreamPlace): void {
    this.#machine.input({ type: 'ask', place, quietMs: this.#quietMs });
  }

  /** The connection is gone: what was asked is not answered any more. */
  close(): void {
    this.#machine.input({ type: 'close' });
  }

  get #quietMs(): number {
    return this.#options.clock.monotonic() - this.#heardAt;
  }

  async #ask(attempt: number): Promise<void> {
    const valid = await this.#options.ask().then(
      () => true,
      // An answer is an answer; what matters is its place.
      (error: unknown) => error instanceof ExecError && error.code === 'link.request-refused',
    );
    this.#machine.input({ type: 'answered', attempt, valid, quietMs: this.#quietMs });
  }
}
