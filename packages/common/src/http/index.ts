/** The service shell: REST with problem answers, health, metrics, API description. */
export { Access, type AccessTokens, type Caller, type Right } from './access.ts';
export { type AuditEntry, type NoteAction, noteActions, requireOperator } from './actions.ts';
export type { ServiceApp } from './app.ts';
export { type Dependency, type DependencyState, Health, type Readiness } from './health.ts';
export { nameParams } from './name-params.ts';
export { type Problem, problemSchema } from './problem.ts';
export {
  createHttpServer,
  type HttpEnvironment,
  type HttpLimits,
  type HttpServerOptions,
  type ServiceHttp,
} from './server.ts';
