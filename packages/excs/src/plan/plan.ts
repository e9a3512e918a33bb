/** A plan: the steps between Engage and the cloud, what they cost, and whether they may be taken. */
import { createHash } from 'node:crypto';
import type { Dbid } from '@exec/common/ids';
import type { Conflict, EngageKind, EngageObject } from '../desired/model.ts';
import type { Difference } from './diff.ts';
import type { Gone } from './gone.ts';
import {
  type Allowed,
  type Demand,
  demands,
  type LimitRules,
  type Stop,
  stopOf,
  type Totals,
} from './limits.ts';
import type { Operation } from './operation.ts';
import { type Review, type ReviewRules, reviewOf } from './review.ts';

/** What showing a plan and carrying it out take, wherever that is done. */
export interface StoredPlan {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Whether the cloud was read for it. */
  readonly drift: boolean;
  readonly operations: readonly Operation[];
  readonly gone: Gone;
  /** Users that the plan creates, activates or restores. */
  readonly billableUsers: number;
  /** Why it may not be applied. */
  readonly stop: { readonly detail: string } | undefined;
  /** What it waits for before it is applied. */
  readonly review: Review | undefined;
  /** Removals that wait until a second complete read shows the absence too. */
  readonly waiting: number;
  readonly conflicts: readonly Conflict[];
  /** Where an object lies in Engage; undefined for one that is gone. */
  readonly describe: (kind: EngageKind, dbid: Dbid) => EngageObject | undefined;
}

/** A plan with what the safety limits say of it. */
export interface Plan extends StoredPlan {
  readonly demands: readonly Demand[];
  readonly stop: Stop | undefined;
}

export interface PlanInput {
  readonly difference: Difference;
  readonly createdAt: number;
  readonly drift: boolean;
  readonly rules: LimitRules;
  readonly totals: Totals;
  readonly allowed: Allowed;
  readonly review: ReviewRules;
  /** Why nothing may be deactivated or removed at present. */
  readonly doubt?: string | undefined;
  /** Conflicts within Engage. */
  readonly conflicts: readonly Conflict[];
  readonly describe: Plan['describe'];
}

export function makePlan(input: PlanInput): Plan {
  const { operations, gone, waiting } = input.difference;
  const list = demands(operations, input.rules, input.totals, input.allowed);
  const id = planId(operations);
  const billableUsers = list.find((demand) => demand.limit === 'creations')?.inPlan ?? 0;
  return {
    id,
    createdAt: input.createdAt,
    drift: input.drift,
    operations,
    gone,
    billableUsers,
    demands: list,
    stop: stopOf(list, id, input.doubt),
    review: reviewOf({ id, operations, billableUsers, demands: list }, input.review, input.allowed),
    waiting,
    conflicts: [...input.conflicts, ...input.difference.conflicts],
    describe: input.describe,
  };
}

/**
 * @rule Equal operations give a plan the same ID, so that an approval holds for a plan that was made again and for no
 *   other.
 * @test sync/safety.test.ts: passes by an allowance for that one plan, by its ID and numbers
 */
function planId(operations: readonly Operation[]): string {
  const hash = createHash('sha256');
  for (const operation of operations) hash.update(`${JSON.stringify(operation)}\n`);
  return hash.digest('hex').slice(0, 16);
}

/** Operations by type, in the order of the plan. */
export function planCounts(operations: readonly Operation[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of operations) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}
