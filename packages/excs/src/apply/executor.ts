/** Applies a plan: phase by phase, serial keys side by side, until it ends, is asked to yield, or must stop. */

import { ExecError } from '@exec/common/errors';
import { CloudError } from '@exec/common/genesys-cloud';
import { withoutName } from '@exec/common/persons';
import PQueue from 'p-queue';
import { type Operation, phaseOf } from '../plan/operation.ts';
import type { StoredPlan } from '../plan/plan.ts';
import type { ApplyContext, StepResult } from './context.ts';
import { carryOut } from './step.ts';

export interface ApplyHooks {
  /** Serial keys that run side by side: as many as requests that may be on the way, with all tokens. */
  readonly keysAtOnce: number;
  /** Asked before each step: true ends the run after the steps in flight. */
  readonly shouldYield: () => boolean;
  readonly onResult: (operation: Operation, result: StepResult | 'failed', error?: unknown) => void;
}

export interface ApplyOutcome {
  /** `complete`: every step was carried out or skipped. */
  readonly ended: 'complete' | 'yielded' | 'stopped';
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
  /** Something existed that the plan did not know of: compare again. */
  readonly surprised: boolean;
  /** Why it stopped: a fault that is not one object's. */
  readonly fault: unknown;
}

/** The same failure this many times in a row is not the objects' fault. */
const failuresInARow = 10;

/**
 * @rule A plan keeps all tokens busy: n of them carry it out in one n-th of the time.
 * @test executor.test.ts: keeps %i tokens busy
 * @param plan in the order of the phases, as `diff` makes it
 */
export async function applyPlan(
  context: Omit<ApplyContext, 'gone'>,
  plan: Pick<StoredPlan, 'operations' | 'gone'>,
  hooks: ApplyHooks,
): Promise<ApplyOutcome> {
  const { operations, gone } = plan;
  const run = new PlanExecution({ ...context, gone }, hooks);
  let start = 0;
  for (let first = operations[start]; first !== undefined && run.goesOn(); first = operations[start]) {
    const phase = phaseOf(first);
    const length = operations.slice(start).findIndex((operation) => phaseOf(operation) !== phase);
    const end = length < 0 ? operations.length : start + length;
    await run.phase(operations.slice(start, end));
    start = end;
  }
  return run.outcome(start >= operations.length);
}

class PlanExecution {
  readonly #context: ApplyContext;
  readonly #hooks: ApplyHooks;
  #done = 0;
  #skipped = 0;
  #failed = 0;
  #surprised = false;
  #yielded = false;
  #fault: unknown;
  #lastCode = '';
  #inARow = 0;

  constructor(context: ApplyContext, hooks: ApplyHooks) {
    this.#context = context;
    this.#hooks = hooks;
  }

  goesOn(): boolean {
    if (this.#fault !== undefined || this.#yielded) return false;
    if (this.#context.signal.aborted || this.#hooks.shouldYield()) this.#yielded = true;
    return !this.#yielded;
  }

  async phase(operations: readonly Operation[]): Promise<void> {
    const byKey = Map.groupBy(operations, (operation) => operation.serialKey);
    // As long as the plan at most; a series that is stopped ends at once.
    const queue = new PQueue({ concurrency: this.#hooks.keysAtOnce });
    await queue.addAll([...byKey.values()].map((series) => () => this.#series(series)));
  }

  outcome(all: boolean): ApplyOutcome {
    const complete = all && this.#fault === undefined && !this.#yielded;
    return {
      ended: complete ? 'complete' : this.#fault === undefined ? 'yielded' : 'stopped',
      done: this.#done,
      skipped: this.#skipped,
      failed: this.#failed,
      surprised: this.#surprised,
      fault: this.#fault,
    };
  }

  async #series(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) {
      if (!this.goesOn()) return;
      try {
        this.#succeeded(operation, await carryOut(this.#context, operation));
      } catch (error) {
        this.#failedWith(operation, error);
      }
    }
  }

  #succeeded(operation: Operation, result: StepResult): void {
    // A skip is no evidence of connectivity: it does not end the row of failures.
    if (result === 'skipped') this.#skipped++;
    else {
      this.#done++;
      this.#inARow = 0;
    }
    if (result === 'adopted') this.#surprised = true;
    this.#hooks.onResult(operation, result);
  }

  #failedWith(operation: Operation, thrown: unknown): void {
    const error = withoutPerson(thrown, operation);
    if (this.#context.signal.aborted) {
      this.#yielded = true;
      return;
    }
    if (isEverybodysFault(error)) {
      this.#fault ??= error;
      return;
    }
    this.#failed++;
    const code = error instanceof ExecError ? error.code : 'internal.unexpected';
    this.#inARow = code === this.#lastCode ? this.#inARow + 1 : 1;
    this.#lastCode = code;
    this.#hooks.onResult(operation, 'failed', error);
    if (this.#inARow >= failuresInARow) this.#fault ??= error;
  }
}

/** What the cloud says of a person may quote the name: it is logged, and kept with the operation. */
function withoutPerson(error: unknown, { engage }: Operation): unknown {
  if (!(error instanceof CloudError) || engage.kind !== 'person') return error;
  const { cloudMessage } = error;
  const without = new CloudError(error.code, withoutName(error.message, engage.name), {
    ...error,
    cloudMessage: cloudMessage === undefined ? undefined : withoutName(cloudMessage, engage.name),
  });
  if (error.stack !== undefined) without.stack = error.stack.replace(error.message, without.message);
  return without;
}

/** The cloud cannot be reached, Redis is away or the lease is lost: the next operation would fail in the same way. */
function isEverybodysFault(error: unknown): boolean {
  if (!(error instanceof ExecError)) return false;
  if (!(error instanceof CloudError)) return true;
  switch (error.code) {
    case 'cloud.conflict':
    case 'cloud.not-found':
    case 'cloud.refused':
    case 'cloud.request-invalid':
    case 'cloud.response-invalid':
    case 'cloud.server-error':
    case 'cloud.outcome-unknown':
    case 'cloud.too-large':
    case 'cloud.forbidden':
      return false;
    default:
      return true;
  }
}
