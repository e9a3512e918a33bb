/** Counts what the safety limits look back on: what was deactivated and removed within the last 24 hours. */
import type { LeaseToken } from '@exec/common/leadership';
import { type LimitClass, limitClasses } from '../../plan/operation.ts';
import type { JournalStore } from './journal-store.ts';

/** The limits count over this time, in milliseconds. */
export const windowMs = 24 * 3600 * 1000;

/** Creations are limited per plan, not over time. */
const counted: readonly LimitClass[] = limitClasses.filter((limit) => limit !== 'creations');

/** All methods throw ExecError `redis.unavailable`. */
export class SafetyWindow {
  readonly #store: JournalStore;

  constructor(store: JournalStore) {
    this.#store = store;
  }

  /** Keys of what each limit has counted. */
  async applied(): Promise<ReadonlyMap<LimitClass, ReadonlySet<string>>> {
    const now = await this.#store.time();
    const applied = new Map<LimitClass, ReadonlySet<string>>();
    for (const limit of counted) {
      const items = await this.#store.command((client) =>
        client.zrangebyscore(this.#key(limit), now - windowMs, '+inf'),
      );
      applied.set(limit, new Set(items));
    }
    return applied;
  }

  /** Before the request goes out: what is counted twice is one item. @throws ExecError `lease.lost` too */
  async count(token: LeaseToken | undefined, limit: LimitClass, items: readonly string[]): Promise<void> {
    if (limit === 'creations' || items.length === 0) return;
    const now = await this.#store.time();
    const pairs = items.flatMap((item) => [now, item]);
    await this.#store.write(token, [['ZADD', this.#key(limit), ...pairs]]);
  }

  /** Forgets what is older than the limits look back. */
  async trim(): Promise<void> {
    const now = await this.#store.time();
    for (const limit of counted)
      await this.#store.command((client) =>
        client.zremrangebyscore(this.#key(limit), '-inf', `(${now - windowMs}`),
      );
  }

  #key(limit: LimitClass): string {
    return this.#store.key('counted', limit);
  }
}
