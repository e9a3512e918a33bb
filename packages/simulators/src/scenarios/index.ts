/** Scenarios with the conversations they must become, and how they are played. */
export { scenarioNamed, scenarios } from './library/index.ts';
export { Random } from './random.ts';
export { wrapupCodes } from './script/common.ts';
export {
  equip,
  type Production,
  type ProductionOptions,
  produce,
  siteNames,
  switchesFor,
} from './script/production.ts';
export {
  type Arrival,
  arrivals,
  type Recorded,
  type Recording,
  type RecordOptions,
  record,
} from './script/recording.ts';
export { type RunnerOptions, ScenarioRunner } from './script/runner.ts';
export type * from './script/scenario.ts';
export { Stage, type StageHooks } from './script/stage.ts';
