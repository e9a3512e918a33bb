/** Redis: the connection, names of keys, Lua commands. */
export { redisAccessFile, redisAccessRules } from './access-rules.ts';
export { RedisConnection, type RedisConnectionOptions } from './connection.ts';
export { redisFailure } from './failure.ts';
export { KeySpace } from './key-space.ts';
export {
  defineScript,
  type Script,
  type ScriptDefinition,
  type ScriptTarget,
  type ScriptValue,
} from './script.ts';
