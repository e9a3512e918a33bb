/** Keeps what an operator has allowed beyond the safety limits: the things of one plan, until they are done, for a day. */
import type { LeaseToken } from '@exec/common/leadership';
import { z } from 'zod';
import { isAhead } from './deadline.ts';
import type { JournalStore } from './journal-store.ts';
import { windowMs } from './safety-window.ts';

const kind = 'excs:allowance';
const allowance = z.object({
  planId: z.string(),
  /** Keys of what was allowed; they stay allowed while the plan is being finished. */
  items: z.array(z.string()),
  /** Milliseconds since 1970, by the time of Redis. */
  until: z.number(),
});
export type Allowance = z.output<typeof allowance>;

export class AllowanceStore {
  readonly #store: JournalStore;

  constructor(store: JournalStore) {
    this.#store = store;
  }

  /** The one that holds now. @throws ExecError `redis.unavailable` */
  async current(): Promise<Allowance | undefined> {
    const now = await this.#store.time();
    const text = await this.#store.command((client) => client.get(this.#key));
    const given = this.#store.read(kind, text, allowance);
    return given !== undefined && isAhead(given.until, now, windowMs) ? given : undefined;
  }

  /** Takes the place of the one before. @throws ExecError `lease.lost`, `redis.unavailable` */
  async give(token: LeaseToken | undefined, planId: string, items: Iterable<string>): Promise<void> {
    const until = (await this.#store.time()) + windowMs;
    const given: Allowance = { planId, items: [...items], until };
    await this.#store.write(token, [['SET', this.#key, this.#store.format(kind, given)]]);
  }

  get #key(): string {
    return this.#store.key('allowance');
  }
}
