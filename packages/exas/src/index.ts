/** EXAS as a part of tests and documentation; the process itself begins in main.ts. */
export { exasVariables } from './environment.ts';
export { exasMetrics } from './metrics.ts';
export { exasService } from './service.ts';
export { defaultReasons, defaultTable, type StateTable } from './state/table.ts';
