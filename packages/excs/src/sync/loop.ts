/** What the active instance does: cycles at each poll and when asked to, checks in rotation in between. */
import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { Dependency, Health } from '@exec/common/http';
import type { LeaderWork, Lease, LeaseToken, TermControl } from '@exec/common/leadership';
import type { Logger } from '@exec/common/logging';
import { textOf } from '@exec/common/trouble';
import { type Plan, planCounts } from '../plan/plan.ts';
import type { Access } from './access.ts';
import type { Cycle, CycleRequest, CycleResult } from './cycle.ts';
import { isStop, leavesDoubt, stopReasonOf } from './faults.ts';
import type { Journal } from './journal/journal.ts';
import type { Rotation } from './rotation.ts';
import type { Runs } from './runs.ts';
import type { StateKeeper } from './state-keeper.ts';
import type { CycleReport, StatusBoard, Stopped } from './status.ts';

export interface LoopOptions {
  readonly cycle: Cycle;
  readonly lease: Pick<Lease, 'token'>;
  readonly journal: Journal;
  readonly stateKeeper: StateKeeper;
  readonly rotation: Rotation;
  readonly access: Access;
  readonly runs: Runs;
  readonly status: StatusBoard;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly health: Health;
  readonly signal: AbortSignal;
  readonly intervalMs: number;
  /** Called when this instance may not go on at all. */
  readonly onFatal: (error: ExecError) => void;
  readonly onCycle: (report: CycleReport) => void;
}

/** Cycles without progress that follow each other at once: a fault in the comparison must not become a busy loop. */
const atOnce = 5;

/** What follows a cycle: the next poll, or another cycle at once, because there is more to do. */
type Following = 'poll' | 'again' | 'again-after-progress';

const scheduled: CycleRequest = { mode: 'apply', drift: false, forced: false };

/** From winning the lease to losing it. */
interface Term {
  readonly token: LeaseToken;
  over: boolean;
}

export class SyncLoop implements LeaderWork<undefined> {
  readonly #options: LoopOptions;
  readonly #engageHealth: Dependency;
  readonly #cloudHealth: Dependency;
  readonly #syncHealth: Dependency;
  #wake: () => void = () => undefined;
  #woken = false;
  #term: Term | undefined;
  #ended: Promise<void> = Promise.resolve();
  #lastFault = '';
  #lastWaiting = '';
  /** This loop has said that the cloud is down, for an answer that does not mean so to the client of the cloud. */
  #cloudRefused = false;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#engageHealth = options.health.dependency('config-db');
    this.#cloudHealth = options.health.dependency('genesys-cloud');
    this.#syncHealth = options.health.dependency('synchronisation', 'not started', { required: false });
    this.#standBy();
  }

  async load(): Promise<undefined> {
    await this.#options.cycle.load();
  }

  begin(token: LeaseToken, _loaded: undefined, { fail }: TermControl): void {
    const term: Term = { token, over: false };
    this.#term = term;
    this.#cloudHealth.down('not asked yet since this instance became active');
    // What an earlier term began may still be on its way: two cycles at once would undo each other.
    this.#ended = this.#ended.then(() => this.#run(term)).catch(fail);
  }

  /** The cycle under way ends at its next step. */
  async end(): Promise<void> {
    if (this.#term !== undefined) this.#term.over = true;
    this.#term = undefined;
    this.wake();
    await this.#ended;
    if (this.#term === undefined) this.#standBy();
  }

  /** The next cycle begins at once. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  async #run(term: Term): Promise<void> {
    const { signal, intervalMs } = this.#options;
    let together = 0;
    while (!signal.aborted && !term.over) {
      const following = await this.#runOnce(term.token);
      together = following === 'again' ? together + 1 : 0;
      if (following !== 'poll' && together < atOnce) continue;
      together = 0;
      if (!term.over) await this.#waitForPoll(intervalMs);
    }
  }

  #standBy(): void {
    const { status, runs, clock } = this.#options;
    status.note({ type: 'standing-by' });
    this.#syncHealth.up('standing by: another instance synchronises, or Redis is away');
    // A standby needs neither: it is ready for what it does.
    this.#engageHealth.up('not read while standing by');
    this.#cloudHealth.up('not used while standing by');
    runs.abandon(clock.now(), 'this instance stands by');
  }

  async #runOnce(token: LeaseToken): Promise<Following> {
    const { journal, status, runs } = this.#options;
    const asked = runs.next();
    try {
      status.note({ type: 'pause-read', paused: await journal.pause.isSet() });
    } catch (error) {
      this.#fault(error);
      if (asked !== undefined) this.#endRun(asked.id, undefined, error);
      return 'poll';
    }
    const { paused, stop } = status.current;
    if (paused && asked?.request.mode !== 'plan') {
      const detail = stop?.detail ?? 'paused';
      this.#syncHealth.down(detail);
      if (asked !== undefined) this.#endRun(asked.id, undefined, new ExecError('sync.failed', detail));
      return 'poll';
    }
    const following = await this.#cycle(token, asked?.request ?? scheduled, asked?.id);
    // Others may have been asked for meanwhile.
    return following === 'poll' && asked !== undefined ? 'again' : following;
  }

  async #cycle(token: LeaseToken, request: CycleRequest, runId: string | undefined): Promise<Following> {
    const { cycle, clock, status, lease, stateKeeper, access, onCycle, onFatal } = this.#options;
    const startedAt = clock.now();
    status.note({ type: 'cycle-began', at: startedAt });
    try {
      const result = await cycle.run(token, () => heldBy(lease, token), request);
      this.#succeeded(result, startedAt, onCycle);
      if (runId !== undefined) this.#endRun(runId, result, undefined);
      if (result.again) return (result.applied?.done ?? 0) > 0 ? 'again-after-progress' : 'again';
      const found = result.outcome !== 'interrupted' && (await this.#rotate(token));
      this.#takeBackRefusal();
      return found ? 'again' : 'poll';
    } catch (error) {
      if (runId !== undefined) this.#endRun(runId, undefined, error);
      if (this.#options.signal.aborted) return 'poll';
      if (error instanceof ExecError && error.code === 'plan.changed') {
        // Who asked has been answered; for the synchronisation it is no fault.
        status.note({ type: 'cycle-ended', outcome: 'stopped', report: report(startedAt, clock.now()) });
        return 'again';
      }
      if (leavesDoubt(error)) stateKeeper.discard();
      this.#fault(error);
      onCycle({ ...report(startedAt, clock.now()), outcome: 'failed', detail: this.#lastFault });
      if (error instanceof ExecError && error.code === 'organization.mismatch' && !access.everProven)
        onFatal(error);
      return 'poll';
    }
  }

  /** Answers whether a check found something that must be put right. */
  async #rotate(token: LeaseToken): Promise<boolean> {
    const { rotation, stateKeeper, lease, intervalMs, signal, status } = this.#options;
    const state = stateKeeper.state;
    const { stop, review } = status.current;
    if (state === undefined || stop !== undefined || review !== undefined) return false;
    const goesOn = () => !signal.aborted && heldBy(lease, token) !== undefined;
    const found = await rotation.tick(token, state, rotation.quota(intervalMs), goesOn);
    status.note({ type: 'checked', oldestAt: rotation.oldestAt });
    if (found) stateKeeper.changed = true;
    return found;
  }

  /** A whole round went well, also the checks: what was refused before is answered again. */
  #takeBackRefusal(): void {
    if (!this.#cloudRefused) return;
    this.#cloudRefused = false;
    this.#cloudHealth.up();
  }

  #succeeded(result: CycleResult, startedAt: number, onCycle: LoopOptions['onCycle']): void {
    const { status, clock, logger } = this.#options;
    const now = clock.now();
    this.#engageHealth.up('read completely');
    if (result.outcome !== 'unchanged') {
      this.#cloudHealth.up();
      this.#cloudRefused = false;
    }
    const { plan, applied, outcome } = result;
    const done: CycleReport = {
      ...report(startedAt, now),
      planId: plan?.id,
      operations: outcome === 'unchanged' ? 0 : (plan?.operations.length ?? 0),
      done: applied?.done ?? 0,
      failed: applied?.failed ?? 0,
      outcome: outcome === 'planned' ? 'complete' : outcome,
    };
    status.note({ type: 'cycle-ended', outcome, report: done });
    const { stop, review } = status.current;
    // To wait for a person is no fault.
    if (stop === undefined) this.#syncHealth.up(review?.detail ?? `last cycle: ${outcome}`);
    else this.#syncHealth.down(stop.detail);
    if (outcome === 'stopped' && plan?.stop !== undefined)
      logger.error(
        {
          'error.code': 'sync.stopped-by-limit',
          'exec.plan_id': plan.id,
          'exec.counts': planCounts(plan.operations),
        },
        plan.stop.detail,
      );
    else if (outcome === 'waiting') this.#saysThatItWaits(plan);
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

  /** Once for a plan: the same one is compared again and again until somebody approves it. */
  #saysThatItWaits(plan: Plan | undefined): void {
    if (plan?.review === undefined || plan.id === this.#lastWaiting) return;
    this.#lastWaiting = plan.id;
    this.#options.logger.warn(
      { 'exec.plan_id': plan.id, 'exec.counts': planCounts(plan.operations) },
      plan.review.detail,
    );
  }

  #fault(error: unknown): void {
    const { status, logger } = this.#options;
    const reason = stopReasonOf(error);
    const detail = textOf(error);
    const stop: Stopped = { reason, detail };
    status.note({ type: 'cycle-failed', stop, lasting: isStop(error) });
    if (reason === 'engage' || reason === 'read-refused') this.#engageHealth.down(detail);
    // Whatever else failed came after a complete read.
    else if (reason !== 'redis') this.#engageHealth.up('read completely');
    if (reason === 'cloud') {
      this.#cloudHealth.down(detail);
      this.#cloudRefused = true;
    }
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
      const detail = textOf(error);
      const changed = error instanceof ExecError && error.code === 'plan.changed';
      runs.end(id, clock.now(), { state: changed ? 'stopped' : 'failed', planId: null, counts: {}, detail });
      return;
    }
    const { plan, applied, outcome } = result;
    const counts = applied && { done: applied.done, skipped: applied.skipped, failed: applied.failed };
    runs.end(id, clock.now(), {
      state: outcome === 'stopped' || outcome === 'waiting' ? 'stopped' : 'done',
      planId: plan?.id ?? null,
      counts: { ...planCounts(plan?.operations ?? []), ...counts },
      ...(outcome === 'stopped' && plan?.stop !== undefined ? { detail: plan.stop.detail } : {}),
      ...(outcome === 'waiting' && plan?.review !== undefined ? { detail: plan.review.detail } : {}),
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

function heldBy(lease: LoopOptions['lease'], token: LeaseToken): LeaseToken | undefined {
  return lease.token?.value === token.value ? token : undefined;
}

function report(startedAt: number, endedAt: number): CycleReport {
  return { startedAt, endedAt, planId: undefined, operations: 0, done: 0, failed: 0, outcome: 'unchanged' };
}
