/**
 * Decides whether a person must look at a plan before it is applied: the first one of a deployment, every one, or one
 * that makes more users billable than may go unasked. Waiting is no fault. The Source alone is never waited for: it
 * costs nothing, and EXAS and EXCP get ready by it.
 */
import type { Allowed, Demand } from './limits.ts';
import type { Operation } from './operation.ts';

export const reviewModes = ['first', 'always', 'never'] as const;
export type ReviewMode = (typeof reviewModes)[number];

export const reviewReasons = ['first-plan', 'every-plan', 'creations'] as const;
export type ReviewReason = (typeof reviewReasons)[number];

export interface ReviewRules {
  readonly mode: ReviewMode;
  /** No plan of this deployment has been approved, and nothing is mapped yet. */
  readonly isFirst: boolean;
}

/** What a plan waits for. */
export interface Review {
  readonly reason: ReviewReason;
  /** The totals, and what the operator can do, in one text. */
  readonly detail: string;
}

/**
 * The steps that wait for nobody.
 *
 * @rule The presence source alone is created before anybody approves a plan.
 * @test plan/review.test.ts
 */
export function isUnreviewed({ type }: Pick<Operation, 'type'>): boolean {
  return type === 'source.create' || type === 'source.update';
}

/**
 * Undefined when nobody needs to be asked.
 *
 * @rule The first plan of a deployment waits for the approval of a person; with always every plan, with never none.
 * @test review.test.ts: that waits says its totals and the next command
 * @test packages/excs/src/review.test.ts: that changed before it was approved waits as the plan that it is now
 */
export function reviewOf(
  plan: {
    readonly id: string;
    readonly operations: readonly Operation[];
    readonly billableUsers: number;
    readonly demands: readonly Demand[];
  },
  rules: ReviewRules,
  approved: Allowed,
): Review | undefined {
  const reviewed = plan.operations.filter((operation) => !isUnreviewed(operation));
  const reason = reasonOf(plan.demands, reviewed, rules, approved);
  if (reason === undefined) return undefined;
  const { id, billableUsers } = plan;
  return {
    reason,
    detail:
      `Plan ${id} waits for approval: ${because(reason)}. It has ${counted(reviewed.length, 'operation')}; ` +
      `${counted(billableUsers, 'user')} would become billable. Nothing of it is applied. To look at it: exop sync plan ` +
      `(GET /api/v1/sync/plan). To approve it: exop sync approve ${id} ` +
      `(POST /api/v1/sync/approve {"planId":"${id}"}).`,
  };
}

/** Keys of everything in a plan that a person looks at: what an approval of it covers. */
export function approvedKeys(operations: readonly Operation[], mode: ReviewMode): Set<string> {
  const keys = new Set<string>();
  for (const operation of operations) {
    if (operation.counted?.limit === 'creations') for (const item of operation.counted.items) keys.add(item);
    // Only where every plan is looked at does anybody ask for the steps one by one.
    if (mode === 'always') keys.add(stepKey(operation));
  }
  return keys;
}

function reasonOf(
  demands: readonly Demand[],
  reviewed: readonly Operation[],
  { mode, isFirst }: ReviewRules,
  approved: Allowed,
): ReviewReason | undefined {
  if (mode === 'always' && reviewed.some((operation) => !approved.has(stepKey(operation))))
    return 'every-plan';
  if (mode === 'first' && isFirst && reviewed.length > 0) return 'first-plan';
  const creations = demands.find(({ limit }) => limit === 'creations');
  return creations !== undefined && creations.unallowed > creations.most ? 'creations' : undefined;
}

/** What is left of an approved plan stays approved, and what is to become of an object must stay what was seen. */
function stepKey({ id, after }: Operation): string {
  return `step/${id}/${after ?? ''}`;
}

function because(reason: ReviewReason): string {
  switch (reason) {
    case 'first-plan':
      return 'it is the first of this deployment (SYNC_REVIEW=first)';
    case 'every-plan':
      return 'every plan is to be approved (SYNC_REVIEW=always)';
    case 'creations':
      return 'it makes more users billable than SYNC_MAX_CREATIONS allows unasked';
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
