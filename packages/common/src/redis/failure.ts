/** Turns what the Redis client throws into the two failures the services tell apart. */
import { ExecError } from '../errors.ts';

/** Replies that say "not now": a failover, a load or a full memory that operators or Redis itself will end. */
const passing =
  /^(READONLY|LOADING|MASTERDOWN|TRYAGAIN|CLUSTERDOWN|BUSY|OOM|MISCONF|NOAUTH|WRONGPASS|NOREPLICAS)\b/;

/**
 * `redis.unavailable` (retryable; whether the command was executed is unknown) or `redis.refused`.
 * The original error is not kept as cause: it carries the arguments of the command, which may be secret.
 *
 * @param doing what was attempted, for the message: "store the settings"
 */
export function redisFailure(error: unknown, doing: string): ExecError {
  if (error instanceof ExecError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const isReply = error instanceof Error && error.name === 'ReplyError';
  if (isReply && !passing.test(reason))
    return new ExecError('redis.refused', `Redis refused to ${doing}: ${reason}`);
  return new ExecError('redis.unavailable', `Could not ${doing}: ${reason}`, { retryable: true });
}
