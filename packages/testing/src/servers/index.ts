/** Real PostgreSQL and Redis servers for tests and the demo: found, started and ended here. */
export { onFreePort } from './free-port.ts';
export { GuardedServer } from './guarded-server.ts';
export { startOwnPostgres, startPostgres } from './postgres.ts';
export { type OwnRedisOptions, startOwnRedis, startRedis } from './redis.ts';
export { NoServerError } from './sources.ts';
export type { OwnServer, StartedRedis, StartedServer } from './started-server.ts';
