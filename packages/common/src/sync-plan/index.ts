/** A plan of EXCS for people, wherever it is shown. */
export { type PlanTextOptions, planText } from './plan-text.ts';
