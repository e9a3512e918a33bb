/** One cycle: what Engage calls for, what the cloud holds, the plan between them, and its application. */

import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { GenesysCloud } from '@exec/common/genesys-cloud';
import type { LeaseToken } from '@exec/common/lease';
import type { Logger } from '@exec/common/logging';
import { type ApplyOutcome, applyPlan } from '../apply/executor.ts';
import type { KnownState } from '../cloud/known-state.ts';
import type { Ledger } from '../cloud/ledger.ts';
import { diff } from '../plan/diff.ts';
import { type AllowanceNumbers, allowanceOf, allowedKeys, type LimitRules } from '../plan/limits.ts';
import type { LimitClass, Operation } from '../plan/operation.ts';
import { orphansOf } from '../plan/orphans.ts';
import { makePlan, type Plan, planCounts } from '../plan/plan.ts';
import { existingOf } from '../plan/totals.ts';
import type { Access } from './access.ts';
import type { EngageSide, EngageState } from './engage-side.ts';
import { type Journal, windowMs } from './journal.ts';
import type { Knowledge } from './knowledge.ts';
import type { SyncStatus } from './status.ts';

export interface CycleOptions {
  readonly engage: EngageSide;
  readonly knowledge: Knowledge;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly access: Access;
  readonly cloud: GenesysCloud;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: LimitRules;
  readonly status: SyncStatus;
  readonly signal: AbortSignal;
  readonly intervalMs: number;
  /** Makes the present mapping known to the other services. */
  readonly publish: (engage: EngageState, state: KnownState) => Promise<void>;
  readonly onResult: (operation: Operation, result: 'done' | 'skipped' | 'adopted' | 'failed') => void;
}

export interface CycleRequest {
  readonly mode: 'plan' | 'apply';
  /** Read the organisation even if it is not due. */
  readonly drift: boolean;
  /** Read Engage and compare even if nothing seems to have changed. */
  readonly forced: boolean;
  readonly allow?: { readonly planId: string; readonly numbers: AllowanceNumbers } | undefined;
}

export interface CycleResult {
  readonly outcome: 'unchanged' | 'planned' | 'complete' | 'interrupted' | 'stopped';
  readonly plan: Plan | undefined;
  readonly applied: ApplyOutcome | undefined;
  /** There is more to do than waiting for the next poll. */
  readonly again: boolean;
}

/** How often the mapping is published and progress is written down while a plan is being applied. */
const reportMs = 5000;
/** How often progress is logged, in reports. */
const logEvery = 6;

export class Cycle {
  readonly #options: CycleOptions;
  /** The last comparison left something to do, or was never made. */
  #unsettled = true;
  #journalLoadedUnder: string | undefined;
  #rows: ReadonlyMap<string, number> = new Map();

  constructor(options: CycleOptions) {
    this.#options = options;
  }

  /** @throws ExecError: nothing or a part of the plan was applied; the next cycle goes on */
  async run(
    token: LeaseToken,
    isHeld: () => LeaseToken | undefined,
    request: CycleRequest,
  ): Promise<CycleResult> {
    const { engage, knowledge, access, cloud, journal, clock, status, signal } = this.#options;
    if (this.#journalLoadedUnder !== token.value) {
      await journal.load();
      this.#rows = await journal.tableRows();
      this.#journalLoadedUnder = token.value;
      this.#unsettled = true;
    }
    status.state = 'reading';
    const before = engage.state?.readNumber;
    const now = await this.#engageState(token, request.forced);
    const isNew = now.readNumber !== before;
    await access.use(now.settings);
    await access.verify(cloud, signal);
    const state = await knowledge.load(token);
    const drift = request.drift || knowledge.isDriftDue();
    if (drift) await knowledge.readOrganization(token, state);
    const retry = [...journal.quarantine.values()].some(({ until }) => until <= clock.now());
    if (!isNew && !knowledge.learned && !this.#unsettled && !retry && !request.forced)
      return { outcome: 'unchanged', plan: status.plan, applied: undefined, again: false };

    status.state = 'comparing';
    await knowledge.fillIn(token, state, now.desired, (left) => this.#progress(left, left));
    knowledge.learned = false;
    this.#unsettled = true;
    let plan = await this.#compare(now, state, drift);
    if (plan.operations.some((operation) => operation.operation === 'deactivate')) {
      await knowledge.refreshProtected(state);
      plan = await this.#compare(now, state, drift);
    }
    if (request.allow !== undefined && request.mode === 'apply')
      plan = await this.#allow(token, now, state, plan, request.allow);
    const asked = new Set(journal.waiting(clock.now()));
    for (const { id } of plan.operations) asked.add(id);
    await this.#options.ledger.write(token, journal.keepOnly(asked));
    if (request.mode === 'plan') return { outcome: 'planned', plan, applied: undefined, again: false };
    if (plan.stop !== undefined) {
      this.#unsettled = false;
      status.stop = { reason: 'limit', detail: plan.stop.detail };
      await this.#options.publish(now, state);
      return { outcome: 'stopped', plan, applied: undefined, again: false };
    }
    status.stop = undefined;
    const applied = await this.#apply(token, isHeld, now, state, plan);
    this.#count(now, state);
    if (applied.fault !== undefined) throw applied.fault;
    this.#unsettled = applied.ended !== 'complete' || applied.surprised;
    const outcome = applied.ended === 'complete' ? 'complete' : 'interrupted';
    return { outcome, plan, applied, again: this.#unsettled && !signal.aborted };
  }

  /** The last read, or a new one when something may have changed. */
  async #engageState(token: LeaseToken, forced: boolean): Promise<EngageState> {
    const { engage, journal, ledger } = this.#options;
    const known = engage.state;
    if (known !== undefined && !forced && !(await engage.needsRead())) return known;
    const read = await engage.read(this.#rows);
    await ledger.write(token, journal.tableRowChanges(this.#rows, read.tableRows));
    this.#rows = read.tableRows;
    return read;
  }

  async #compare(now: EngageState, state: KnownState, drift: boolean): Promise<Plan> {
    const { engage, journal, clock, limits, status } = this.#options;
    const { desired, describe } = now;
    const difference = diff({
      desired,
      known: state,
      absentBefore: engage.absentBefore,
      quarantined: journal.waiting(clock.now()),
      describe,
    });
    engage.noteAbsences(difference.absent, difference.waiting);
    const classes = new Set<LimitClass>();
    for (const { counted } of difference.operations) if (counted !== undefined) classes.add(counted.limit);
    const allowance = classes.size === 0 ? undefined : await journal.allowance(clock.now());
    const plan = makePlan({
      difference,
      createdAt: clock.now(),
      drift,
      rules: limits,
      totals: {
        existing: existingOf(state, classes),
        applied: classes.size === 0 ? new Map() : await journal.applied(clock.now()),
      },
      allowed: new Set(allowance?.items),
      conflicts: desired.conflicts,
      describe,
    });
    status.plan = plan;
    status.conflicts = plan.conflicts;
    status.orphans = orphansOf(desired, state);
    status.refused = desired.refused;
    status.quarantined = journal.quarantine;
    this.#count(now, state);
    return plan;
  }

  /** What is in scope, and how much of it has a counterpart by now. */
  #count({ desired }: EngageState, state: KnownState): void {
    this.#options.status.counts = {
      persons: desired.eligible.persons,
      skills: desired.eligible.skills,
      queues: desired.eligible.queues,
      users: count(desired.users.keys(), (dbid) => state.users.has(dbid)),
      mappedSkills: count(desired.skills.keys(), (dbid) => state.skills.has(dbid)),
      mappedQueues: count(desired.queues.keys(), (dbid) => state.queues.has(dbid)),
      wrapupCodes: count(desired.wrapupCodes.keys(), (dbid) => state.wrapupCodes.has(dbid)),
      clampedLevels: desired.clampedLevels,
    };
  }

  /** Writes the allowance down, so that it holds until this one plan is done, also after a restart. */
  async #allow(
    token: LeaseToken,
    now: EngageState,
    state: KnownState,
    plan: Plan,
    allow: NonNullable<CycleRequest['allow']>,
  ): Promise<Plan> {
    if (plan.id !== allow.planId)
      throw new ExecError(
        'plan.changed',
        `The plan is ${plan.id} by now, not ${allow.planId}; nothing was applied.`,
      );
    const items = allowedKeys(plan.operations, allowanceOf(plan.demands), allow.numbers);
    const until = this.#options.clock.now() + windowMs;
    await this.#options.journal.allow(token, { planId: plan.id, items: [...items], until });
    this.#options.logger.warn(
      { 'exec.plan_id': plan.id, 'exec.allowed': items.size },
      'A plan beyond the safety limits was allowed by request',
    );
    return await this.#compare(now, state, plan.drift);
  }

  async #apply(
    token: LeaseToken,
    isHeld: () => LeaseToken | undefined,
    now: EngageState,
    state: KnownState,
    plan: Plan,
  ): Promise<ApplyOutcome> {
    const { journal, ledger, cloud, clock, logger, engage, status, signal, intervalMs } = this.#options;
    const allowed = new Set((await journal.allowance(clock.now()))?.items);
    const total = plan.operations.length;
    if (total > 0) {
      status.state = 'applying';
      logger.info(
        { 'exec.plan_id': plan.id, 'exec.operations': total, 'exec.counts': planCounts(plan.operations) },
        `Applying a plan of ${total} operations, about ${this.#minutes(total)} min at the request budget; ` +
          `${plan.billableUsers} users become billable`,
      );
    }
    let finished = 0;
    let changed = false;
    const notes: ReturnType<Journal['failed']> = [];
    const flush = async () => {
      await ledger.write(isHeld(), notes.splice(0));
      await this.#options.publish(now, state);
    };
    let reports = 0;
    const report = repeat(clock, reportMs, async () => {
      await flush();
      if (++reports % logEvery === 0 && total > 0) this.#logProgress(total, finished);
    });
    const watch = repeat(clock, intervalMs, async () => {
      changed = changed || (await engage.needsRead()) || (await journal.paused());
    });
    this.#progress(total, total);
    try {
      const outcome = await applyPlan(
        {
          cloud,
          state,
          ledger,
          desired: now.desired,
          clock,
          signal,
          token: isHeld,
          count: async ({ counted }) => {
            const items = counted?.items.filter((item) => !allowed.has(item)) ?? [];
            if (counted !== undefined && counted.limit !== 'creations')
              await journal.count(token, counted.limit, items, clock.now());
          },
        },
        plan.operations,
        {
          shouldYield: () => changed || isHeld() === undefined,
          onResult: (operation, result, error) => {
            finished++;
            this.#progress(total, total - finished);
            this.#options.onResult(operation, result);
            if (result !== 'failed') notes.push(...journal.succeeded(operation.id));
            else notes.push(...this.#failed(operation, error));
          },
        },
      );
      return outcome;
    } finally {
      await Promise.all([report.stop(), watch.stop()]);
      status.progress = undefined;
      if (plan.demands.length > 0) await journal.trim(clock.now());
      await flush();
    }
  }

  #failed(operation: Operation, error: unknown): ReturnType<Journal['failed']> {
    const reason = error instanceof Error ? error.message : String(error);
    const { journal, logger, clock } = this.#options;
    const code = error instanceof ExecError ? error.code : 'internal.unexpected';
    logger.warn(
      { err: error, 'error.code': code, 'exec.operation': operation.id },
      'An operation failed; it waits before it is tried again',
    );
    return journal.failed(operation.id, `${code}: ${reason}`.slice(0, 500), clock.now());
  }

  #progress(total: number, left: number): void {
    this.#options.status.progress = { total, done: total - left, etaSeconds: this.#seconds(left) };
  }

  /** Nearly every operation is one request. */
  #seconds(operations: number): number {
    return Math.ceil(operations / Math.max(this.#options.cloud.budget.ratePerSecond, 0.001));
  }

  #minutes(operations: number): number {
    return Math.ceil(this.#seconds(operations) / 60);
  }

  #logProgress(total: number, finished: number): void {
    const left = total - finished;
    this.#options.logger.info(
      { 'exec.operations': total, 'exec.done': finished, 'exec.eta_seconds': this.#seconds(left) },
      `${finished} of ${total} operations done, about ${this.#minutes(left)} min left`,
    );
  }
}

/** Does something again and again until it is stopped; a failure ends nothing and shows elsewhere. */
function repeat(clock: Clock, everyMs: number, work: () => Promise<void>): { stop(): Promise<void> } {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer = clock.setTimer(everyMs, tick);
  function tick(): void {
    running = work()
      .catch(() => undefined)
      .then(() => {
        if (!stopped) timer = clock.setTimer(everyMs, tick);
      });
  }
  return {
    async stop() {
      stopped = true;
      timer.cancel();
      await running;
    },
  };
}

function count<T>(items: Iterable<T>, matches: (item: T) => boolean): number {
  let total = 0;
  for (const item of items) if (matches(item)) total++;
  return total;
}
