/** How a service ends: steps in reverse order of their registration, each with a limit, all within one. */

import { ExecError } from '../errors/errors.ts';
import type { Logger } from '../logging/logging.ts';
import type { Clock } from '../time/clock.ts';

export interface LifecycleOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** For all steps together, in milliseconds; default 10,000. */
  readonly limitMs?: number;
}

interface Step {
  readonly name: string;
  readonly stop: () => Promise<void> | void;
  readonly limitMs: number;
}

const totalLimitMs = 10_000;
const stepLimitMs = 5000;

/** Configuration faults end with 78 (EX_CONFIG of sysexits), every other fault with 1. */
export function exitCodeOf(error: unknown): 1 | 78 {
  if (!(error instanceof ExecError)) return 1;
  const configuration = ['config.invalid', 'instance.duplicate', 'organization.mismatch'];
  return configuration.includes(error.code) ? 78 : 1;
}

/** Steps of a stop, run in reverse, each within its limit; ten seconds in all. */
export class Lifecycle {
  readonly #options: LifecycleOptions;
  readonly #steps: Step[] = [];
  readonly #abort = new AbortController();
  #stopped: Promise<void> | undefined;
  #exitCode: 0 | 1 | 78 = 0;

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  /** Aborted when stopping begins: waits and retries of the service end with it. */
  get stopping(): AbortSignal {
    return this.#abort.signal;
  }

  /** 0 when stopped on request, else by the error it was stopped for. */
  get exitCode(): 0 | 1 | 78 {
    return this.#exitCode;
  }

  /** A step that takes longer than `limitMs` (default 5,000) is named in the log and left behind. */
  onStop(name: string, stop: () => Promise<void> | void, options: { readonly limitMs?: number } = {}): void {
    this.#steps.push({ name, stop, limitMs: options.limitMs ?? stepLimitMs });
  }

  /**
   * Stops once, however often it is called; resolves when all steps have ended or run out of time.
   * An error as reason makes it a failure with an exit code.
   */
  stop(reason: string | Error): Promise<void> {
    if (this.#stopped === undefined) {
      // Kept before anything runs: a listener of the stop may ask for it again.
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#stopped = promise;
      void this.#run(reason).then(resolve);
    }
    return this.#stopped;
  }

  async #run(reason: string | Error): Promise<void> {
    const { clock, logger } = this.#options;
    if (reason instanceof Error) {
      this.#exitCode = exitCodeOf(reason);
      logger.fatal({ err: reason }, `Stopping: ${reason.message}`);
    } else {
      logger.info(`Stopping: ${reason}`);
    }
    const deadline = clock.monotonic() + (this.#options.limitMs ?? totalLimitMs);
    this.#abort.abort(new Error('the service is stopping'));
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop())
      await this.#runStep(step, Math.min(step.limitMs, deadline - clock.monotonic()));
    logger.info('Stopped');
  }

  async #runStep(step: Step, limitMs: number): Promise<void> {
    const { clock, logger } = this.#options;
    const late = Promise.withResolvers<'late'>();
    const timer = clock.setTimer(Math.max(0, limitMs), () => late.resolve('late'));
    try {
      const outcome = await Promise.race([late.promise, (async () => await step.stop())()]);
      if (outcome === 'late')
        logger.error({ 'exec.step': step.name }, `Stopping ${step.name} took too long; going on without it`);
    } catch (error) {
      logger.error({ err: error, 'exec.step': step.name }, `Stopping ${step.name} failed; going on`);
    } finally {
      timer.cancel();
    }
  }
}
