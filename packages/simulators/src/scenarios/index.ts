/** Scenarios with the conversations they must become, and how they are played. */

export { Random } from '../random.ts';
export { type AgentState, DayBook, type DayTotals } from './day/day-book.ts';
export {
  type BreakReason,
  breakReasons,
  type DayMix,
  type DayMoment,
  type DayOptions,
  type DayPlan,
  planDay,
} from './day/plan-day.ts';
export { type DayAgent, type DayCentre, type PlayDayOptions, playDay } from './day/play-day.ts';
export { needsTwoSites, scenarioNamed, scenarios } from './library/index.ts';
export type {
  EngageCommand,
  EngageCommandInput,
  EngageConfig,
  EngageConfigInput,
} from './process/config.ts';
export { engageCommand, engageConfig } from './process/config.ts';
export { EngageProcess } from './process/engage-process.ts';
export {
  type DayResult,
  type EngageAddresses,
  EngageSide,
  type EngageStatus,
  type ScenarioResult,
} from './process/engage-side.ts';
export type * from './script/cast.ts';
export type { SitePeople } from './script/casting.ts';
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
  type Found,
  type Recorded,
  type RecordedValue,
  type Recording,
  type RecordOptions,
  record,
  type Visit,
} from './script/recording.ts';
export { type RunnerOptions, ScenarioRunner } from './script/runner.ts';
export type * from './script/scenario.ts';
export { routingPointNumber, Stage, type StageHooks, serviceNumber } from './script/stage.ts';
export { TestCallControl } from './test-calls/control.ts';
export { TestCaller, type TestCallName, type TestPeople } from './test-calls/test-caller.ts';
