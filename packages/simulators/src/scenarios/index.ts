/** Scenarios with the conversations they must become, and how they are played. */
export type * from './script/scenario.ts';
export { Stage, type StageHooks } from './script/stage.ts';
