/** Whether an operator has paused the synchronisation. Any instance may say so; the active one obeys. */
import type { JournalStore } from './journal-store.ts';

/** Both methods throw ExecError `redis.unavailable`. */
export class Pause {
  readonly #store: JournalStore;

  constructor(store: JournalStore) {
    this.#store = store;
  }

  async isSet(): Promise<boolean> {
    return (await this.#store.command((client) => client.get(this.#key))) !== null;
  }

  async set(paused: boolean): Promise<void> {
    await this.#store.command(async (client) => {
      if (paused) await client.set(this.#key, '1');
      else await client.del(this.#key);
    });
  }

  get #key(): string {
    return this.#store.key('paused');
  }
}
