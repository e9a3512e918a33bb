/** What people have decided about plans: written down when they decide, and looked up when a plan is made. */
import { ExecError } from '@exec/common/errors';
import type { LeaseToken } from '@exec/common/leadership';
import type { Logger } from '@exec/common/logging';
import { type AllowanceNumbers, type Allowed, allowanceOf, allowedKeys } from '../plan/limits.ts';
import { type Plan, planCounts } from '../plan/plan.ts';
import { approvedKeys, type ReviewMode, type ReviewRules } from '../plan/review.ts';
import type { Journal } from './journal/journal.ts';

/** Both hold for the plan that they name, and for no other. */
export interface Decision {
  /** Lets it pass the safety limits; the numbers are those of the plan. */
  readonly allow?: { readonly planId: string; readonly numbers: AllowanceNumbers } | undefined;
  /** The ID of the plan that was looked at and found right. */
  readonly approve?: string | undefined;
}

export class Decisions {
  readonly #journal: Pick<Journal, 'allowance' | 'approval'>;
  readonly #logger: Logger;
  readonly #mode: ReviewMode;

  constructor(options: {
    readonly journal: Pick<Journal, 'allowance' | 'approval'>;
    readonly logger: Logger;
    readonly mode: ReviewMode;
  }) {
    this.#journal = options.journal;
    this.#logger = options.logger;
    this.#mode = options.mode;
  }

  /** What a plan is judged by that is made now. @throws ExecError `redis.unavailable` */
  async current(state: {
    readonly mapsAnything: boolean;
  }): Promise<{ readonly allowed: Allowed; readonly review: ReviewRules }> {
    const allowance = await this.#journal.allowance.current();
    const approvals = await this.#journal.approval.current();
    return {
      allowed: new Set([...(allowance?.items ?? []), ...approvals.items]),
      review: { mode: this.#mode, isFirst: !approvals.any && !state.mapsAnything },
    };
  }

  /**
   * Writes it down, so that it holds until this one plan is done, also after a restart. Answers whether there was
   * anything to write: then the plan is to be judged anew.
   *
   * @throws ExecError `plan.changed`, `lease.lost`, `redis.unavailable`
   */
  async take(token: LeaseToken, plan: Plan, { allow, approve }: Decision): Promise<boolean> {
    const { id, operations } = plan;
    for (const planId of [allow?.planId, approve])
      if (planId !== undefined && planId !== id)
        throw new ExecError('plan.changed', `The plan is ${id} by now, not ${planId}; nothing was applied.`);
    if (allow !== undefined) {
      const items = allowedKeys(operations, allowanceOf(plan.demands), allow.numbers);
      await this.#journal.allowance.give(token, id, items);
      this.#logger.warn(
        { 'exec.plan_id': id, 'exec.allowed': items.size },
        'A plan beyond the safety limits was allowed by request',
      );
    }
    // What a limit stops is not applied: an approval of it would hold for a plan that nobody has seen.
    const approves = approve !== undefined && plan.stop === undefined;
    if (approves) {
      await this.#journal.approval.give(token, id, approvedKeys(operations, this.#mode));
      this.#logger.warn(
        { 'exec.plan_id': id, 'exec.counts': planCounts(operations) },
        'A plan was approved by request',
      );
    }
    return allow !== undefined || approves;
  }
}
