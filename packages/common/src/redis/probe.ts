/** Asks Redis whether it answers, whether it takes writes, and what time it has. */
import type { Redis } from 'ioredis';
import type { Clock } from '../time/clock.ts';
import { redisFailure, refusalOfWrites } from './failure.ts';

export interface ProbeResult {
  /** Why Redis takes no writes, in its words; undefined while it takes them. */
  readonly refusal: string | undefined;
  /** Time of Redis minus the own, in milliseconds; undefined where Redis does not tell it. */
  readonly skewMs: number | undefined;
}

/**
 * The write is one that Redis checks like any other (role, memory, disk, replicas) but that changes nothing: nothing is put
 * at the beginning of a string that does not exist.
 *
 * @param key a name that holds nothing, and that the user of Redis may write
 * @throws Error when there is no answer, or one that says "not now"
 */
export async function probe(client: Redis, key: string, clock: Clock): Promise<ProbeResult> {
  const sent = clock.now();
  const sentAt = clock.monotonic();
  const [written, time] = await Promise.allSettled([client.setrange(key, 0, ''), client.time()]);
  const tookMs = clock.monotonic() - sentAt;
  if (time.status === 'rejected') throwUnlessRefused(time.reason);
  if (written.status === 'rejected' && refusalOfWrites(written.reason) === undefined)
    throwUnlessRefused(written.reason);
  return {
    refusal: written.status === 'rejected' ? refusalOfWrites(written.reason) : undefined,
    skewMs:
      time.status === 'fulfilled'
        ? Number(time.value[0]) * 1000 + Number(time.value[1]) / 1000 - (sent + tookMs / 2)
        : undefined,
  };
}

/** A command that the user of Redis has no right to was answered all the same. */
function throwUnlessRefused(error: unknown): void {
  if (redisFailure(error, 'probe').code !== 'redis.refused') throw error;
}
