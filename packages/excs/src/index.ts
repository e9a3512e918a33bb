/** EXCS for other packages: the service, its variables and metrics, for tests, demo and generated docs. */
export { excsVariables } from './environment.ts';
export { type ExcsMetrics, excsMetrics } from './metrics.ts';
export { type ExcsTuning, excsService } from './service.ts';
export { SyncStatus } from './sync/status.ts';
