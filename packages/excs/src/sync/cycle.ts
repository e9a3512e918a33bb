/** One cycle: what Engage calls for, what the cloud holds, the plan between them, and its application. */

import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { GenesysCloud } from '@exec/common/genesys-cloud';
import type { LeaseToken } from '@exec/common/leadership';
import type { Logger } from '@exec/common/logging';
import { textOf } from '@exec/common/trouble';
import { type ApplyOutcome, applyPlan } from '../apply/executor.ts';
import type { SourcePosition } from '../engage/source-position.ts';
import type { Ledger } from '../organization/ledger.ts';
import type { Change } from '../organization/ledger-changes.ts';
import type { OrganizationState } from '../organization/organization-state.ts';
import { diff } from '../plan/diff.ts';
import type { LimitRules } from '../plan/limits.ts';
import type { LimitClass, Operation } from '../plan/operation.ts';
import { orphansOf } from '../plan/orphans.ts';
import { makePlan, type Plan, planCounts } from '../plan/plan.ts';
import { isUnreviewed } from '../plan/review.ts';
import { existingOf } from '../plan/totals.ts';
import type { Access } from './access.ts';
import type { ClockDoubt } from './clock-doubt.ts';
import type { Decision, Decisions } from './decisions.ts';
import type { EngageSide, EngageState } from './engage-side.ts';
import type { Journal } from './journal/journal.ts';
import type { SourceMark } from './source-mark.ts';
import type { StateKeeper } from './state-keeper.ts';
import type { StatusBoard } from './status.ts';

export interface CycleOptions {
  readonly engage: EngageSide;
  readonly stateKeeper: StateKeeper;
  readonly journal: Journal;
  readonly sourceMark: SourceMark;
  readonly ledger: Ledger;
  readonly access: Access;
  readonly cloud: GenesysCloud;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: LimitRules;
  readonly decisions: Decisions;
  readonly clockDoubt: ClockDoubt;
  readonly status: StatusBoard;
  readonly signal: AbortSignal;
  readonly intervalMs: number;
  /** Makes the present mapping known to the other services. */
  readonly publish: (engage: EngageState, state: OrganizationState) => Promise<void>;
  /** Whether what was published last is still there: Redis may have lost it. */
  readonly isPublished: () => Promise<boolean>;
  readonly onResult: (operation: Operation, result: 'done' | 'skipped' | 'adopted' | 'failed') => void;
}

export interface CycleRequest extends Decision {
  readonly mode: 'plan' | 'apply';
  /** Read the organisation even if it is not due. */
  readonly drift: boolean;
  /** Read Engage and compare even if nothing seems to have changed. */
  readonly forced: boolean;
}

export interface CycleResult {
  readonly outcome: 'unchanged' | 'planned' | 'complete' | 'interrupted' | 'stopped' | 'waiting';
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
  #mayHaveMore = true;
  /** The last plan was held back because the clock is doubted: it is made again when it is not. */
  #doubted = false;
  #rows: ReadonlyMap<string, number> = new Map();
  /** How far the Config DB server had come that was read last. */
  #seen: SourcePosition | undefined;

  constructor(options: CycleOptions) {
    this.#options = options;
  }

  /** Reads what earlier terms left behind, of this instance or another. @throws ExecError `redis.unavailable` */
  async load(): Promise<void> {
    const { journal, sourceMark } = this.#options;
    await journal.quarantine.load();
    this.#rows = await journal.tableRows.load();
    this.#seen = (await sourceMark.load()) ?? this.#seen;
    this.#mayHaveMore = true;
  }

  /** To be called after `load`. @throws ExecError: nothing or a part of the plan was applied; the next cycle goes on */
  async run(
    token: LeaseToken,
    isHeld: () => LeaseToken | undefined,
    request: CycleRequest,
  ): Promise<CycleResult> {
    const { engage, stateKeeper, access, cloud, journal, decisions, clock, status, signal } = this.#options;
    status.note({ type: 'reading' });
    const before = engage.state?.readNumber;
    const now = await this.#engageState(token, request.forced);
    const isNew = now.readNumber !== before;
    await access.use(now.settings, cloud, signal);
    const state = await stateKeeper.load(token);
    const drift = request.drift || stateKeeper.isDriftDue();
    if (drift) await stateKeeper.readOrganization(token, state);
    const retry = journal.quarantine.isAnyDue(clock.now());
    const believed = this.#options.clockDoubt.look() === undefined;
    const freed = this.#doubted && believed;
    if (!isNew && !stateKeeper.changed && !this.#mayHaveMore && !retry && !freed && !request.forced) {
      if (!(await this.#options.isPublished())) await this.#options.publish(now, state);
      return { outcome: 'unchanged', plan: status.current.plan, applied: undefined, again: false };
    }

    status.note({ type: 'comparing' });
    await stateKeeper.readDetails(token, state, now.desired, (left) => this.#progress(left, left));
    stateKeeper.changed = false;
    this.#mayHaveMore = true;
    let plan = await this.#compare(now, state, drift);
    if (plan.operations.some((operation) => operation.type === 'user.deactivate')) {
      await stateKeeper.refreshProtected(state);
      plan = await this.#compare(now, state, drift);
    }
    if (request.mode === 'apply' && (await decisions.take(token, plan, request)))
      plan = await this.#compare(now, state, plan.drift);
    const asked = new Set(journal.quarantine.waiting(clock.now()));
    for (const { id } of plan.operations) asked.add(id);
    await this.#options.ledger.write(token, journal.quarantine.keepOnly(asked));
    if (request.mode === 'plan') return { outcome: 'planned', plan, applied: undefined, again: false };
    const unreviewed = plan.operations.filter(isUnreviewed);
    if (plan.stop !== undefined || (plan.review !== undefined && unreviewed.length === 0)) {
      this.#mayHaveMore = false;
      await this.#options.publish(now, state);
      const outcome = plan.stop === undefined ? 'waiting' : 'stopped';
      return { outcome, plan, applied: undefined, again: false };
    }
    const part = plan.review === undefined ? plan : { ...plan, operations: unreviewed };
    const applied = await this.#apply(token, isHeld, now, state, part);
    this.#count(now, state);
    if (applied.fault !== undefined) throw applied.fault;
    const complete = applied.ended === 'complete' && part === plan;
    this.#mayHaveMore = !complete || applied.surprised;
    const outcome = complete ? 'complete' : 'interrupted';
    return { outcome, plan, applied, again: this.#mayHaveMore && !signal.aborted };
  }

  /** The last read, or a new one when something may have changed. */
  async #engageState(token: LeaseToken, forced: boolean): Promise<EngageState> {
    const { engage, journal, ledger, sourceMark } = this.#options;
    const known = engage.state;
    if (known !== undefined && !forced && !(await engage.needsRead())) return known;
    this.#rows = await journal.tableRows.withAccepted(this.#rows);
    const read = await engage.read(this.#rows, this.#seen);
    await ledger.write(token, [
      ...journal.tableRows.changes(this.#rows, read.tableRows),
      ...sourceMark.changes(this.#seen, read.seen),
    ]);
    this.#rows = read.tableRows;
    this.#seen = read.seen;
    return read;
  }

  async #compare(now: EngageState, state: OrganizationState, drift: boolean): Promise<Plan> {
    const { engage, journal, clock, clockDoubt, limits, decisions, status } = this.#options;
    const { desired, describe } = now;
    const difference = diff({
      desired,
      known: state,
      absentBefore: engage.absentBefore,
      quarantined: journal.quarantine.waiting(clock.now()),
      describe,
    });
    engage.noteAbsences(difference.absent, difference.waiting);
    const classes = new Set<LimitClass>();
    for (const { counted } of difference.operations) if (counted !== undefined) classes.add(counted.limit);
    const decided = await decisions.current(state);
    // The limits count by this time: it is asked for right before they do.
    if (classes.size > 0) clockDoubt.onRedisTime(await journal.time());
    const doubt = clockDoubt.look();
    this.#doubted = doubt !== undefined;
    const plan = makePlan({
      difference,
      createdAt: clock.now(),
      drift,
      rules: limits,
      doubt,
      totals: {
        existing: existingOf(state, classes),
        applied: classes.size === 0 ? new Map() : await journal.window.applied(),
      },
      ...decided,
      conflicts: desired.conflicts,
      describe,
    });
    status.note({
      type: 'compared',
      plan,
      orphans: orphansOf(desired, state),
      refused: desired.refused,
      quarantined: journal.quarantine.entries,
    });
    this.#count(now, state);
    return plan;
  }

  /** What is in scope, and how much of it has a counterpart by now. */
  #count({ desired }: EngageState, state: OrganizationState): void {
    const counts = {
      persons: desired.eligible.persons,
      skills: desired.eligible.skills,
      queues: desired.eligible.queues,
      users: count(desired.users.keys(), (dbid) => state.users.has(dbid)),
      mappedSkills: count(desired.skills.keys(), (dbid) => state.skills.has(dbid)),
      mappedQueues: count(desired.queues.keys(), (dbid) => state.queues.has(dbid)),
      wrapupValues: desired.wrapupCodes.size,
      wrapupCodes: count(desired.wrapupCodes.keys(), (dbid) => state.wrapupCodes.has(dbid)),
      clampedLevels: desired.clampedLevels,
    };
    this.#options.status.note({ type: 'counted', counts });
  }

  async #apply(
    token: LeaseToken,
    isHeld: () => LeaseToken | undefined,
    now: EngageState,
    state: OrganizationState,
    plan: Plan,
  ): Promise<ApplyOutcome> {
    const { journal, ledger, cloud, clock, logger, engage, status, signal, intervalMs } = this.#options;
    const allowed = new Set((await journal.allowance.current())?.items);
    const total = plan.operations.length;
    status.note({ type: 'applying' });
    if (total > 0)
      logger.info(
        { 'exec.plan_id': plan.id, 'exec.operations': total, 'exec.counts': planCounts(plan.operations) },
        `Applying a plan of ${total} operations, about ${this.#minutes(total)} min at the request budget; ` +
          `${plan.billableUsers} users become billable`,
      );
    let finished = 0;
    let changed = false;
    const notes: Change[] = [];
    const flush = async () => {
      await ledger.write(isHeld(), notes.splice(0));
      await this.#options.publish(now, state);
    };
    let reports = 0;
    const failed = (doing: string) => (error: unknown) =>
      logger.warn({ err: error }, `While a plan is being applied: ${doing} failed, and is tried again`);
    const report = repeat(
      clock,
      reportMs,
      async () => {
        await flush();
        if (++reports % logEvery === 0 && total > 0) this.#logProgress(total, finished);
      },
      failed('publishing the mapping'),
    );
    const watch = repeat(
      clock,
      intervalMs,
      async () => {
        changed = changed || (await engage.hasChanged()) || (await journal.pause.isSet());
      },
      failed('looking for changes in Engage'),
    );
    this.#progress(total, total);
    try {
      const outcome = await applyPlan(
        {
          cloud,
          state,
          ledger,
          clock,
          signal,
          token: isHeld,
          count: async ({ counted }) => {
            const items = counted?.items.filter((item) => !allowed.has(item)) ?? [];
            if (counted !== undefined) await journal.window.count(token, counted.limit, items);
          },
        },
        plan,
        {
          keysAtOnce: cloud.budget.maxInFlight,
          shouldYield: () => changed || isHeld() === undefined,
          onResult: (operation, result, error) => {
            finished++;
            this.#progress(total, total - finished);
            this.#options.onResult(operation, result);
            if (result !== 'failed') notes.push(...journal.quarantine.succeeded(operation.id));
            else notes.push(...this.#failed(operation, error));
          },
        },
      );
      return outcome;
    } finally {
      await Promise.all([report.stop(), watch.stop()]);
      status.note({ type: 'progressed', progress: undefined });
      if (plan.demands.length > 0) await journal.window.trim();
      await flush();
    }
  }

  #failed(operation: Operation, error: unknown): Change[] {
    const reason = textOf(error);
    const { journal, logger, clock } = this.#options;
    const code = error instanceof ExecError ? error.code : 'internal.unexpected';
    logger.warn(
      { err: error, 'error.code': code, 'exec.operation': operation.id },
      'An operation failed; it waits before it is tried again',
    );
    return journal.quarantine.failed(operation.id, `${code}: ${reason}`.slice(0, 500), clock.now());
  }

  #progress(total: number, left: number): void {
    const progress = { total, done: total - left, etaSeconds: this.#seconds(left) };
    this.#options.status.note({ type: 'progressed', progress });
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

/** Does something again and again until it is stopped; a failure ends nothing, and is reported when it differs from the last one. */
function repeat(
  clock: Clock,
  everyMs: number,
  work: () => Promise<void>,
  failed: (error: unknown) => void,
): { stop(): Promise<void> } {
  let lastFailure = '';
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer = clock.setTimer(everyMs, tick);
  function tick(): void {
    running = work()
      .then(
        () => {
          lastFailure = '';
        },
        (error: unknown) => {
          const failure = error instanceof ExecError ? error.code : String(error);
          if (failure !== lastFailure) failed(error);
          lastFailure = failure;
        },
      )
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
