/** EXCP as a part of tests and documentation; the process itself begins in main.ts. */
export { excpCli } from './cli/excp-cli.ts';
export { excpMetrics } from './metrics.ts';
export { excpService } from './service.ts';
