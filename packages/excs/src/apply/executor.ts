/** Applies a plan: phase by phase, lanes side by side, until it ends, is asked to yield, or must stop. */

import { ExecError } from '@exec/common/errors';
import { CloudError } from '@exec/common/genesys-cloud';
import PQueue from 'p-queue';
import type { Operation } from '../plan/operation.ts';
import type { ApplyContext, StepResult } from './context.ts';
import { carryOut } from './step.ts';

export interface ApplyHooks {
  /** Asked before each step: true ends the run after the steps in flight. */
  readonly shouldYield: () => boolean;
  readonly onResult: (operation: Operation, result: StepResult | 'failed', error?: unknown) => void;
}

export interface ApplyOutcome {
  /** `complete`: every step had its turn. */
  readonly ended: 'complete' | 'yielded' | 'stopped';
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
  /** Something existed that the plan did not know of: compare again. */
  readonly surprised: boolean;
  /** Why it stopped: a fault that is not one object's. */
  readonly fault: unknown;
}

/** Lanes that run side by side: enough to use the budget in full when an answer takes a second. */
const lanesAtOnce = 12;

/** The same failure this many times in a row is not the objects' fault. */
const failuresInARow = 10;

export async function applyPlan(
  context: ApplyContext,
  operations: readonly Operation[],
  hooks: ApplyHooks,
): Promise<ApplyOutcome> {
  const run = new Run(context, hooks);
  let start = 0;
  while (start < operations.length && run.goesOn()) {
    const phase = operations[start]?.phase;
    let end = start;
    while (end < operations.length && operations[end]?.phase === phase) end++;
    await run.phase(operations.slice(start, end));
    start = end;
  }
  return run.outcome(start >= operations.length);
}

class Run {
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
    const lanes = new Map<string, Operation[]>();
    for (const operation of operations) {
      const lane = lanes.get(operation.lane);
      if (lane === undefined) lanes.set(operation.lane, [operation]);
      else lane.push(operation);
    }
    // As long as the plan at most; a lane that is stopped ends at once.
    const queue = new PQueue({ concurrency: lanesAtOnce });
    await queue.addAll([...lanes.values()].map((lane) => () => this.#lane(lane)));
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

  async #lane(lane: readonly Operation[]): Promise<void> {
    for (const operation of lane) {
      if (!this.goesOn()) return;
      try {
        this.#succeeded(operation, await carryOut(this.#context, operation));
      } catch (error) {
        this.#failedWith(operation, error);
      }
    }
  }

  #succeeded(operation: Operation, result: StepResult): void {
    // What was left out says nothing about the way to the cloud.
    if (result === 'skipped') this.#skipped++;
    else {
      this.#done++;
      this.#inARow = 0;
    }
    if (result === 'adopted') this.#surprised = true;
    this.#hooks.onResult(operation, result);
  }

  #failedWith(operation: Operation, error: unknown): void {
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

/** Faults of the way to the cloud, of Redis or of the lease: the next object would meet them too. */
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
