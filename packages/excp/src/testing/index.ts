/** A site for benchmarks of EXCP; production code never imports it. */
export {
  agentsFor,
  type CallLoadOptions,
  callLoad,
  eventsOfCall,
  type LoadEvent,
  logInAgents,
  momentOf,
  tellOnTime,
  toldOfCall,
} from './call-load.ts';
export { LoadStand, type LoadStandOptions, siteOf } from './load-stand.ts';
export { ExcpProcess } from './processes.ts';
export { readiness, Stand, type StandOptions, waitFor } from './stand.ts';
