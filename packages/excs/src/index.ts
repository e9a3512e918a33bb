/** EXCS for other packages: the service, its variables and metrics, for tests, demo and generated docs. */
export { excsCli } from './cli/excs-cli.ts';
export { grantsScript } from './engage/grants.ts';
export {
  configDbTables,
  defaultSchemaMap,
  schemaMapFileSchema,
  type TableName,
} from './engage/schema-map.ts';
export { schemaTexts } from './engage/schema-texts.ts';
export { type ExcsMetrics, excsMetrics } from './metrics.ts';
export { type ExcsTuning, excsService } from './service.ts';
