/** Real PostgreSQL and Redis servers for tests and the demo: found, started and ended here. */
export { debianProgram } from './debian-program.ts';
export { OtherClock } from './faketime.ts';
export { freePort, onFreePort, portForLater } from './free-port.ts';
export { GuardedServer } from './guarded-server.ts';
export { startOwnPostgres, startOwnPostgresPair, startPostgres } from './postgres.ts';
export type { PostgresPair } from './postgres-process.ts';
export { type OwnRedisOptions, startOwnRedis, startRedis } from './redis.ts';
export { type RedisVersion, redisVersions } from './redis-versions.ts';
export { NoServerError } from './sources.ts';
export type { OwnServer, StartedRedis, StartedServer } from './started-server.ts';
