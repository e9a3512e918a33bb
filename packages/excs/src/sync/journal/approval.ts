/** Keeps what an operator has approved: that a first plan was, for ever; the things of the last one, for a day. */
import type { LeaseToken } from '@exec/common/leadership';
import { z } from 'zod';
import { isAhead } from './deadline.ts';
import type { JournalStore } from './journal-store.ts';
import { windowMs } from './safety-window.ts';

const kind = 'excs:approval';
const approval = z.object({
  planId: z.string(),
  /** Keys of what was approved; they stay approved while the plan is being finished. */
  items: z.array(z.string()),
  /** Milliseconds since 1970, by the time of Redis. */
  until: z.number(),
});

export interface Approvals {
  /** A plan of this deployment has been approved, at whatever time. */
  readonly any: boolean;
  /** Keys that are approved now. */
  readonly items: readonly string[];
}

export class ApprovalStore {
  readonly #store: JournalStore;

  constructor(store: JournalStore) {
    this.#store = store;
  }

  /** @throws ExecError `redis.unavailable` */
  async current(): Promise<Approvals> {
    const now = await this.#store.time();
    const text = await this.#store.command((client) => client.get(this.#key));
    const given = this.#store.read(kind, text, approval);
    const holds = given !== undefined && isAhead(given.until, now, windowMs);
    return { any: text !== null, items: holds ? given.items : [] };
  }

  /** Takes the place of the one before. @throws ExecError `lease.lost`, `redis.unavailable` */
  async give(token: LeaseToken | undefined, planId: string, items: Iterable<string>): Promise<void> {
    const until = (await this.#store.time()) + windowMs;
    const given: z.output<typeof approval> = { planId, items: [...items], until };
    await this.#store.write(token, [['SET', this.#key, this.#store.format(kind, given)]]);
  }

  get #key(): string {
    return this.#store.key('approval');
  }
}
