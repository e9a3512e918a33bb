/** Runs that were asked for: their state until they end, and the newest ones after that. */
import { randomUUID } from 'node:crypto';
import { ExecError } from '@exec/common/errors';
import type { CycleRequest } from './cycle.ts';

export type RunState = 'running' | 'done' | 'stopped' | 'failed';

export interface Run {
  readonly id: string;
  readonly mode: 'plan' | 'apply';
  readonly state: RunState;
  readonly planId: string | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Operations by kind and name; after an application `done`, `skipped` and `failed`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly detail?: string;
}

const kept = 100;
const waitingMost = 20;

export class Runs {
  readonly #runs = new Map<string, Run>();
  readonly #waiting: { readonly id: string; readonly request: CycleRequest }[] = [];

  /** @throws ExecError `sync.busy` */
  submit(request: CycleRequest, now: number): Run {
    if (this.#waiting.length >= waitingMost)
      throw new ExecError('sync.busy', `${waitingMost} runs wait already.`, { retryable: true });
    const run: Run = {
      id: randomUUID(),
      mode: request.mode,
      state: 'running',
      planId: null,
      startedAt: new Date(now).toISOString(),
      endedAt: null,
      counts: {},
    };
    this.#runs.set(run.id, run);
    for (const [id, { state }] of this.#runs) {
      if (this.#runs.size <= kept) break;
      if (state !== 'running') this.#runs.delete(id);
    }
    this.#waiting.push({ id: run.id, request });
    return run;
  }

  next(): { readonly id: string; readonly request: CycleRequest } | undefined {
    return this.#waiting.shift();
  }

  get(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  /** The newest first. */
  all(): readonly Run[] {
    return [...this.#runs.values()].reverse();
  }

  end(
    id: string,
    now: number,
    result: Pick<Run, 'state' | 'planId' | 'counts'> & { readonly detail?: string },
  ): void {
    const run = this.#runs.get(id);
    if (run !== undefined) this.#runs.set(id, { ...run, ...result, endedAt: new Date(now).toISOString() });
  }

  /** Those that will not be carried out here, because another instance synchronises now. */
  abandon(now: number, detail: string): void {
    for (let next = this.next(); next !== undefined; next = this.next())
      this.end(next.id, now, { state: 'failed', planId: null, counts: {}, detail });
  }
}
