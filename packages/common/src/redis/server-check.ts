/** Looks once at the Redis server and warns about settings that put data at risk. */
import type { Redis } from 'ioredis';
import type { Logger } from '../logging/logging.ts';

/** What a hosted Redis does not tell is left alone: unknown is no fault. Never throws. */
export async function checkServer(client: Redis, logger: Logger): Promise<void> {
  const info = await client.info().catch(() => '');
  const facts = new Map(
    info
      .split(/\r?\n/)
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
  for (const warning of warnings(facts)) logger.warn(warning);
}

/** What an operator should change, from the lines of `INFO`. */
export function* warnings(facts: ReadonlyMap<string, string>): Iterable<string> {
  const version = /^(\d+)\.(\d+)/.exec(facts.get('redis_version') ?? '');
  if (version !== null && Number(version[1]) * 100 + Number(version[2]) < 600)
    yield `Redis ${facts.get('redis_version')} is older than 6.0, the oldest release that is supported`;
  const policy = facts.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction' && Number(facts.get('maxmemory') ?? 0) > 0)
    yield `Redis may throw data away (maxmemory-policy ${policy}); set it to noeviction`;
  if (facts.get('cluster_enabled') === '1') yield 'Redis runs in cluster mode, which is not supported';
  if (facts.get('aof_enabled') === '0' && facts.get('rdb_last_bgsave_status') === 'err')
    yield 'Redis cannot save its data to disk (the last background save failed)';
}
