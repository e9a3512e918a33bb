/** Runs cycles: at each poll, when asked to, only while the lease is held; checks in rotation in between. */
import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { Dependency, Health } from '@exec/common/http';
import type { Lease, LeaseToken } from '@exec/common/lease';
import type { Logger } from '@exec/common/logging';
import { planCounts } from '../plan/plan.ts';
import type { Access } from './access.ts';
import type { Cycle, CycleRequest, CycleResult } from './cycle.ts';
import { isStop, leavesDoubt, stopReasonOf } from './faults.ts';
import type { Journal } from './journal.ts';
import type { Knowledge } from './knowledge.ts';
import type { Rotation } from './rotation.ts';
import type { Runs } from './runs.ts';
import type { CycleReport, SyncStatus } from './status.ts';

export interface LoopOptions {
  readonly cycle: Cycle;
  readonly lease: Lease;
  readonly journal: Journal;
  readonly knowledge: Knowledge;
  readonly rotation: Rotation;
  readonly access: Access;
  readonly runs: Runs;
  readonly status: SyncStatus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly health: Health;
  readonly signal: AbortSignal;
  readonly intervalMs: number;
  /** Called when this instance may not go on at all. */
  readonly onFatal: (error: ExecError) => void;
  readonly onCycle: (report: CycleReport) => void;
}

/** Cycles that follow each other at once: a fault in the comparison must not become a busy loop. */
const atOnce = 5;

const scheduled: CycleRequest = { mode: 'apply', drift: false, forced: false };

export class SyncLoop {
  readonly #options: LoopOptions;
  readonly #engageHealth: Dependency;
  readonly #cloudHealth: Dependency;
  readonly #syncHealth: Dependency;
  #wake: () => void = () => undefined;
  #woken = false;
  #ended: Promise<void> = Promise.resolve();
  #lastFault = '';

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#engageHealth = options.health.dependency('config-db');
    this.#cloudHealth = options.health.dependency('genesys-cloud');
    this.#syncHealth = options.health.dependency('synchronisation', 'not started', { required: false });
  }

  start(): void {
    const { lease, health, logger } = this.#options;
    health.setActive(false);
    lease.onChange((token) => {
      health.setActive(token !== undefined);
      if (token !== undefined) this.#cloudHealth.down('not asked yet since this instance became active');
      logger.info(token === undefined ? 'Standing by' : 'Synchronising');
      this.wake();
    });
    lease.start();
    this.#ended = this.#run();
  }

  /** The next cycle begins at once. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** The signal of the options must have been aborted. */
  async stop(): Promise<void> {
    this.wake();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal, lease, intervalMs, status, runs, clock } = this.#options;
    let together = 0;
    while (!signal.aborted) {
      let again = false;
      if (lease.token === undefined) this.#standBy();
      else again = await this.#turn(lease.token);
      together = again ? together + 1 : 0;
      if (again && together < atOnce) continue;
      together = 0;
      if (lease.token === undefined && status.state !== 'standby')
        runs.abandon(clock.now(), 'another instance synchronises now');
      await this.#waitForPoll(intervalMs);
    }
  }

  #standBy(): void {
    const { status, runs, clock } = this.#options;
    status.state = 'standby';
    status.stop = undefined;
    this.#syncHealth.up('standing by: another instance synchronises, or Redis is away');
    // A standby needs neither: it is ready for what it does.
    this.#engageHealth.up('not read while standing by');
    this.#cloudHealth.up('not used while standing by');
    runs.abandon(clock.now(), 'this instance stands by');
  }

  async #turn(token: LeaseToken): Promise<boolean> {
    const { journal, status, runs } = this.#options;
    const asked = runs.next();
    try {
      status.paused = await journal.paused();
    } catch (error) {
      this.#fault(error);
      if (asked !== undefined) this.#endRun(asked.id, undefined, error);
      return false;
    }
    if (status.paused && asked?.request.mode !== 'plan') {
      status.state = 'paused';
      status.stop = { reason: 'paused', detail: 'Paused by request; POST /api/v1/sync/resume goes on.' };
      this.#syncHealth.down(status.stop.detail);
      const error = new ExecError('sync.failed', status.stop.detail);
      if (asked !== undefined) this.#endRun(asked.id, undefined, error);
      return false;
    }
    if (status.stop?.reason === 'paused') status.stop = undefined;
    const again = await this.#cycle(token, asked?.request ?? scheduled, asked?.id);
    return again || asked !== undefined;
  }

  async #cycle(token: LeaseToken, request: CycleRequest, runId: string | undefined): Promise<boolean> {
    const { cycle, clock, status, lease, knowledge, access, onCycle, onFatal } = this.#options;
    const startedAt = clock.now();
    status.running = { startedAt };
    try {
      const result = await cycle.run(token, () => heldBy(lease, token), request);
      this.#succeeded(result, startedAt, onCycle);
      if (runId !== undefined) this.#endRun(runId, result, undefined);
      return result.again || (result.outcome !== 'interrupted' && (await this.#rotate(token)));
    } catch (error) {
      if (runId !== undefined) this.#endRun(runId, undefined, error);
      if (this.#options.signal.aborted) return false;
      if (leavesDoubt(error)) knowledge.forget();
      this.#fault(error);
      onCycle({ ...report(startedAt, clock.now()), outcome: 'failed', detail: this.#lastFault });
      if (error instanceof ExecError && error.code === 'organization.mismatch' && !access.everVerified)
        onFatal(error);
      return false;
    } finally {
      status.running = undefined;
    }
  }

  /** Answers whether a check found something that must be put right. */
  async #rotate(token: LeaseToken): Promise<boolean> {
    const { rotation, knowledge, lease, intervalMs, signal, status } = this.#options;
    const state = knowledge.state;
    if (state === undefined || status.stop !== undefined) return false;
    const goesOn = () => !signal.aborted && heldBy(lease, token) !== undefined;
    const found = await rotation.tick(token, state, rotation.quota(intervalMs), goesOn);
    status.oldestCheckAt = rotation.oldestAt;
    if (found) knowledge.learned = true;
    return found;
  }

  #succeeded(result: CycleResult, startedAt: number, onCycle: LoopOptions['onCycle']): void {
    const { status, clock, logger } = this.#options;
    const now = clock.now();
    this.#engageHealth.up('read completely');
    if (result.outcome !== 'unchanged') this.#cloudHealth.up();
    const { plan, applied, outcome } = result;
    const done: CycleReport = {
      ...report(startedAt, now),
      planId: plan?.id,
      operations: outcome === 'unchanged' ? 0 : (plan?.operations.length ?? 0),
      done: applied?.done ?? 0,
      failed: applied?.failed ?? 0,
      outcome: outcome === 'planned' ? 'complete' : outcome,
    };
    if (status.stop !== undefined && status.stop.reason !== 'limit') status.stop = undefined;
    if (outcome !== 'unchanged') status.last = done;
    if (outcome === 'unchanged' || outcome === 'complete') status.lastSuccessAt = now;
    status.state = status.stop === undefined ? 'idle' : 'stopped';
    if (status.stop === undefined) this.#syncHealth.up(`last cycle: ${outcome}`);
    else this.#syncHealth.down(status.stop.detail);
    if (outcome === 'stopped' && plan?.stop !== undefined)
      logger.error(
        {
          'error.code': 'sync.stopped-by-limit',
          'exec.plan_id': plan.id,
          'exec.counts': planCounts(plan.operations),
        },
        plan.stop.detail,
      );
    else if (applied !== undefined && applied.done + applied.failed > 0)
      logger.info(
        {
          'exec.plan_id': plan?.id,
          'exec.done': applied.done,
          'exec.skipped': applied.skipped,
          'exec.failed': applied.failed,
        },
        `Plan ${outcome}: ${applied.done} operations done, ${applied.failed} failed`,
      );
    this.#lastFault = '';
    onCycle(done);
  }

  #fault(error: unknown): void {
    const { status, logger } = this.#options;
    const reason = stopReasonOf(error);
    const detail = error instanceof Error ? error.message : String(error);
    status.stop = { reason, detail };
    status.state = isStop(error) ? 'stopped' : 'failing';
    if (reason === 'engage' || reason === 'read-refused') this.#engageHealth.down(detail);
    // Whatever else failed came after a complete read.
    else if (reason !== 'redis') this.#engageHealth.up('read completely');
    if (reason === 'cloud') this.#cloudHealth.down(detail);
    this.#syncHealth.down(detail);
    const code = error instanceof ExecError ? error.code : 'internal.unexpected';
    const fields = { err: error, 'error.code': code };
    // The same fault at each poll is one line, not thousands.
    if (this.#lastFault === detail) logger.debug(fields, 'The synchronisation still fails');
    else logger.warn(fields, `The synchronisation failed and is tried again at the next poll: ${detail}`);
    this.#lastFault = detail;
  }

  #endRun(id: string, result: CycleResult | undefined, error: unknown): void {
    const { runs, clock } = this.#options;
    if (result === undefined) {
      const detail = error instanceof Error ? error.message : String(error);
      const changed = error instanceof ExecError && error.code === 'plan.changed';
      runs.end(id, clock.now(), { state: changed ? 'stopped' : 'failed', planId: null, counts: {}, detail });
      return;
    }
    const { plan, applied, outcome } = result;
    const counts = applied && { done: applied.done, skipped: applied.skipped, failed: applied.failed };
    runs.end(id, clock.now(), {
      state: outcome === 'stopped' ? 'stopped' : 'done',
      planId: plan?.id ?? null,
      counts: { ...planCounts(plan?.operations ?? []), ...counts },
      ...(outcome === 'stopped' && plan?.stop !== undefined ? { detail: plan.stop.detail } : {}),
      ...(outcome === 'interrupted' ? { detail: 'something changed meanwhile; the next cycle goes on' } : {}),
    });
  }

  /** Until the next poll, or until something happens. */
  async #waitForPoll(ms: number): Promise<void> {
    const { clock, signal } = this.#options;
    if (!signal.aborted && !this.#woken) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = clock.setTimer(ms, resolve);
      this.#wake = resolve;
      const onAbort = () => resolve();
      signal.addEventListener('abort', onAbort, { once: true });
      await promise;
      signal.removeEventListener('abort', onAbort);
      timer.cancel();
    }
    this.#woken = false;
  }
}

function heldBy(lease: Lease, token: LeaseToken): LeaseToken | undefined {
  return lease.token?.value === token.value ? token : undefined;
}

function report(startedAt: number, endedAt: number): CycleReport {
  return { startedAt, endedAt, planId: undefined, operations: 0, done: 0, failed: 0, outcome: 'unchanged' };
}
