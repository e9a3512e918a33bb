/** A site for benchmarks of EXCP; production code never imports it. */
export { writeEntry } from '../events/in-stream-entry.ts';
export { excpKeys } from '../keys.ts';
export { writeGap } from '../recovery/gap.ts';
export { expectedOfLoad, LegTally } from './call-legs.ts';
export {
  agentsFor,
  type CallLoadOptions,
  type CallStep,
  callerOf,
  callLoad,
  eventsOfCall,
  type LoadEvent,
  logInAgents,
  momentOf,
  publishedOfCall,
  stepsOfCall,
  tellOnTime,
} from './call-load.ts';
export { namesOf, outline, seenConversations } from './golden.ts';
export { excpFlags, LoadStand, type LoadStandOptions, siteOf } from './load-stand.ts';
export { ExcpProcess } from './processes.ts';
export { readiness, type ServerPair, Stand, type StandOptions, waitFor } from './stand.ts';
export { expectedEnds, expectedSteps, verdict } from './verdict.ts';
