/** Shows a plan to people. */
import { type PlanTextOptions, planText } from '@exec/common/sync-plan';
import type { StoredPlan } from './plan.ts';
import { planJson } from './plan-json.ts';

/** The narrowest terminal that people use. */
const defaultWidth = 80;

export function planTable(plan: StoredPlan, options: PlanTextOptions = { width: defaultWidth }): string {
  return planText(planJson(plan), options);
}
