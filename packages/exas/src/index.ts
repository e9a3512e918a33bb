/** EXAS as a part of tests and documentation; the process itself begins in main.ts. */
export { exasCli } from './exas-cli.ts';
export { exasMetrics } from './metrics.ts';
export { exasService } from './service.ts';
export {
  defaultReasons,
  defaultTable,
  reasonMapSchema,
  type StateTable,
  stateMapSchema,
} from './state/table.ts';
