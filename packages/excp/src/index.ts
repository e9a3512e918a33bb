/** EXCP as a part of tests and documentation; the process itself begins in main.ts. */
export { excpVariables } from './environment.ts';
export { excpMetrics } from './metrics.ts';
export { excpService } from './service.ts';
