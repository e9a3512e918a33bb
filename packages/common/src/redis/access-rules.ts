/**
 * What each service may do in Redis, and nothing else: the commands it sends and those of its scripts, and the keys. A test
 * runs the services as these users on every release of Redis and finds nothing refused.
 */
import { type ServiceName, services } from '../config/services/index.ts';

/** Of every service: settings, mapping, presence, lease, formats, probe, audit, and what the client sends by itself. */
const shared = [
  ...['auth', 'client|setname', 'info', 'ping', 'time'],
  ...['eval', 'evalsha'],
  ...['get', 'set', 'setrange', 'del', 'exists', 'incr', 'pexpire', 'pttl'],
  ...['hget', 'hgetall', 'hmget', 'hset', 'hdel'],
  ...['lpush', 'lrange', 'ltrim', 'multi', 'exec'],
] as const;

const ofService: Readonly<Record<ServiceName, readonly string[]>> = {
  excs: ['hscan', 'zadd', 'zrangebyscore', 'zremrangebyscore'],
  exas: ['hscan'],
  excp: [
    ...['hexists', 'hincrby', 'hlen', 'hscan', 'hsetnx'],
    ...['lindex', 'llen', 'lpop', 'lrem', 'rpush'],
    ...['sadd', 'scard', 'sismember'],
    ...['xadd', 'xdel', 'xinfo', 'xlen', 'xrange', 'xread', 'xrevrange'],
    ...['zadd', 'zcard', 'zpopmin', 'zrangebyscore', 'zrem', 'zrevrange'],
  ],
};

/** The commands of a service, in order of their names; with a subcommand as ACLs write it. */
export function redisCommandsOf(service: ServiceName): readonly string[] {
  return [...shared, ...ofService[service]].sort();
}

/** Patterns of the keys of a service below the root of the deployment, as `KeySpace` writes them. */
export function redisKeysOf(service: ServiceName): readonly string[] {
  return ['settings', 'id-map*', 'formats', 'probe', `instance:${service}:*`, `${service}:*`];
}

export interface RedisUser {
  readonly service: ServiceName;
  /** `<prefix>:{<organisation>.<tenant>}:v1` */
  readonly keyRoot: string;
  /** As an ACL file writes it: `>secret`, `#<SHA-256>` or `nopass`. */
  readonly password: string;
}

/** The rules of a user as `ACL SETUSER <name>` and a line of an ACL file take them, from Redis 6.0 on. */
export function redisAccessRules({ service, keyRoot, password }: RedisUser): readonly string[] {
  return [
    ...['reset', 'on', password],
    ...redisKeysOf(service).map((key) => `~${keyRoot}:${key}`),
    ...redisCommandsOf(service).map((command) => `+${command}`),
  ];
}

/**
 * The file for `aclfile`: a user for each service, one for the administrator, and nobody without a name. Such a file holds
 * no comments; what stands in capitals is to be filled in.
 */
export function redisAccessFile(keyRoot: string): string {
  const users = services.map((service) => {
    const rules = redisAccessRules({ service, keyRoot, password: `>PASSWORD_OF_${service.toUpperCase()}` });
    return `user ${service} ${rules.filter((rule) => rule !== 'reset').join(' ')}`;
  });
  return `${['user default off', 'user admin on >PASSWORD_OF_ADMIN ~* +@all', ...users].join('\n')}\n`;
}
