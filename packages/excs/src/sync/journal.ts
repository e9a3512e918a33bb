/** What the safety rules must remember beyond a restart: what was taken away, what was allowed, what keeps failing. */
import type { LeaseToken } from '@exec/common/lease';
import { type KeySpace, type RedisConnection, redisFailure } from '@exec/common/redis';
import { z } from 'zod';
import type { Ledger } from '../cloud/ledger.ts';
import type { Change } from '../cloud/ledger-changes.ts';
import { type LimitClass, removalKinds } from '../plan/operation.ts';

/** The limits count over this time, in milliseconds. */
export const windowMs = 24 * 3600 * 1000;

/** What is counted over the window; creations are limited per plan. */
const windowed: readonly LimitClass[] = [
  'deactivations',
  ...removalKinds.map((kind) => `removals.${kind}` as const),
];

const allowanceRecord = z.object({
  planId: z.string(),
  /** Keys of what was allowed; they stay allowed while the plan is being finished. */
  items: z.array(z.string()),
  /** Milliseconds since 1970. */
  until: z.number(),
});
export type Allowance = z.output<typeof allowanceRecord>;

const quarantineRecord = z.object({
  tries: z.number(),
  /** Milliseconds since 1970 before which it is not tried again. */
  until: z.number(),
  reason: z.string(),
});
export type Quarantined = z.output<typeof quarantineRecord>;

export interface JournalOptions {
  readonly redis: RedisConnection;
  readonly keys: KeySpace;
  readonly ledger: Ledger;
}

/** Operations remembered as failing; more than that is not a matter of single objects. */
const quarantineMost = 10_000;
const firstWaitMs = 30_000;
const longestWaitMs = 3_600_000;

export class Journal {
  readonly #redis: RedisConnection;
  readonly #keys: KeySpace;
  readonly #ledger: Ledger;
  readonly quarantine = new Map<string, Quarantined>();

  constructor(options: JournalOptions) {
    this.#redis = options.redis;
    this.#keys = options.keys;
    this.#ledger = options.ledger;
  }

  /** @throws ExecError `redis.unavailable` */
  async load(): Promise<void> {
    const stored = await this.#command((client) => client.hgetall(this.#key('quarantine')));
    this.quarantine.clear();
    for (const [id, text] of Object.entries(stored)) {
      const parsed = quarantineRecord.safeParse(parseJson(text));
      if (parsed.success) this.quarantine.set(id, parsed.data);
    }
  }

  /** Keys of what each limit has counted within the last 24 hours. */
  async applied(now: number): Promise<ReadonlyMap<LimitClass, ReadonlySet<string>>> {
    const applied = new Map<LimitClass, ReadonlySet<string>>();
    for (const limit of windowed) {
      const key = this.#key('counted', limit);
      const items = await this.#command((client) => client.zrangebyscore(key, now - windowMs, '+inf'));
      applied.set(limit, new Set(items));
    }
    return applied;
  }

  /** Counts before the request goes out: what is counted twice is one item. */
  async count(
    token: LeaseToken | undefined,
    limit: LimitClass,
    items: readonly string[],
    now: number,
  ): Promise<void> {
    const pairs = items.flatMap((item) => [now, item]);
    if (pairs.length > 0) await this.#ledger.write(token, [['ZADD', this.#key('counted', limit), ...pairs]]);
  }

  /** Forgets what is older than the limits look back. */
  async trim(now: number): Promise<void> {
    for (const limit of windowed)
      await this.#command((client) =>
        client.zremrangebyscore(this.#key('counted', limit), '-inf', `(${now - windowMs}`),
      );
  }

  async allowance(now: number): Promise<Allowance | undefined> {
    const text = await this.#command((client) => client.get(this.#key('allowance')));
    const parsed = allowanceRecord.safeParse(parseJson(text ?? ''));
    return parsed.success && parsed.data.until > now ? parsed.data : undefined;
  }

  async allow(token: LeaseToken | undefined, allowance: Allowance): Promise<void> {
    await this.#ledger.write(token, [['SET', this.#key('allowance'), JSON.stringify(allowance)]]);
  }

  /** Operations that must not be tried yet. */
  waiting(now: number): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const [id, { until }] of this.quarantine) if (until > now) ids.add(id);
    return ids;
  }

  /** When the next of them may be tried again, milliseconds since 1970. */
  nextTry(now: number): number | undefined {
    let next: number | undefined;
    for (const { until } of this.quarantine.values())
      if (until > now && (next === undefined || until < next)) next = until;
    return next;
  }

  /** Waits double with each failure: 30 s, one minute, and so on up to an hour. */
  failed(id: string, reason: string, now: number): Change[] {
    const tries = (this.quarantine.get(id)?.tries ?? 0) + 1;
    if (tries === 1 && this.quarantine.size >= quarantineMost) return [];
    const record = { tries, until: now + Math.min(longestWaitMs, firstWaitMs * 2 ** (tries - 1)), reason };
    this.quarantine.set(id, record);
    return [['HSET', this.#key('quarantine'), id, JSON.stringify(record)]];
  }

  succeeded(id: string): Change[] {
    return this.quarantine.delete(id) ? [['HDEL', this.#key('quarantine'), id]] : [];
  }

  /** Forgets failures of operations that no plan asks for any more. */
  keepOnly(ids: ReadonlySet<string>): Change[] {
    const gone = [...this.quarantine.keys()].filter((id) => !ids.has(id));
    for (const id of gone) this.quarantine.delete(id);
    return gone.length === 0 ? [] : [['HDEL', this.#key('quarantine'), ...gone.slice(0, 1000)]];
  }

  /** Rows per table of the last good read. */
  async tableRows(): Promise<ReadonlyMap<string, number>> {
    const stored = await this.#command((client) => client.hgetall(this.#key('table-rows')));
    return new Map(Object.entries(stored).map(([name, rows]) => [name, Number(rows)]));
  }

  tableRowChanges(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): Change[] {
    const changed = [...now].filter(([name, rows]) => before.get(name) !== rows);
    return changed.length === 0 ? [] : [['HSET', this.#key('table-rows'), ...changed.flat()]];
  }

  async paused(): Promise<boolean> {
    return (await this.#command((client) => client.get(this.#key('paused')))) !== null;
  }

  /** Any instance may say so; the active one obeys. */
  async setPaused(paused: boolean): Promise<void> {
    const key = this.#key('paused');
    await this.#command(async (client) => {
      if (paused) await client.set(key, '1');
      else await client.del(key);
    });
  }

  #key(...parts: readonly string[]): string {
    return this.#keys.key('excs', ...parts);
  }

  async #command<T>(run: (client: RedisConnection['client']) => Promise<T>): Promise<T> {
    try {
      return await run(this.#redis.client);
    } catch (error) {
      throw redisFailure(error, 'reach the journal of the synchronisation');
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
