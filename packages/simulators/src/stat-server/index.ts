/** Agents' states by the published priorities, and a Stat Server pair that tells them. */
export { type AgentChange, AgentStates, type AgentStatesOptions, type Subject } from './agent-states.ts';
export type {
  Base,
  BaseAction,
  DnCondition,
  ExtraAction,
  PhoneCall,
  PhoneCallType,
  Watch,
} from './conditions.ts';
export { followSwitch } from './follow-switch.ts';
export { highest, priorities, statusOf } from './priorities.ts';
export { StatServer } from './stat-server.ts';
export { StatServerSimulator, type StatServerSimulatorOptions } from './stat-server-simulator.ts';
