/** What showing a plan of EXCS to people takes of it. */
import type { Answer } from '../answers/answer.ts';
import type { planAnswer } from '../answers/plan.ts';

type Plan = Answer<typeof planAnswer>;

export type OperationView = Pick<
  Plan['operations'][number],
  'kind' | 'operation' | 'engage' | 'reason' | 'before' | 'after'
>;

export interface PlanView extends Omit<Plan, 'counts' | 'gone' | 'review' | 'operations'> {
  readonly review?: { readonly detail: string } | undefined;
  readonly operations: readonly OperationView[];
}
