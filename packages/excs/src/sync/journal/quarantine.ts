/** Remembers the operations that failed, in memory and in Redis alike. */
import { z } from 'zod';
import type { Change } from '../../organization/ledger-changes.ts';
import type { JournalStore } from './journal-store.ts';
import { afterFailure, isWaiting, type Quarantined, quarantineMost } from './quarantine-rules.ts';

const kind = 'excs:quarantine';
const record = z.object({ tries: z.number(), until: z.number(), reason: z.string() });

/** Far below what Lua passes to one call. */
const fieldsPerChange = 1000;

/** Methods that answer changes have made them in memory: the caller writes them to the ledger. */
export class Quarantine {
  readonly #store: JournalStore;
  readonly #entries = new Map<string, Quarantined>();

  constructor(store: JournalStore) {
    this.#store = store;
  }

  /** By the ID of the operation; goes on changing. */
  get entries(): ReadonlyMap<string, Quarantined> {
    return this.#entries;
  }

  /** @throws ExecError `redis.unavailable` */
  async load(): Promise<void> {
    const stored = await this.#store.command((client) => client.hgetall(this.#key));
    this.#entries.clear();
    for (const [id, text] of Object.entries(stored)) {
      const entry = this.#store.read(kind, text, record);
      if (entry !== undefined) this.#entries.set(id, entry);
    }
  }

  /** IDs of operations that must not be tried yet. */
  waiting(now: number): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const [id, entry] of this.#entries) if (isWaiting(entry, now)) ids.add(id);
    return ids;
  }

  /** Whether one of them may be tried again. */
  isAnyDue(now: number): boolean {
    for (const entry of this.#entries.values()) if (!isWaiting(entry, now)) return true;
    return false;
  }

  failed(id: string, reason: string, now: number): Change[] {
    const before = this.#entries.get(id);
    if (before === undefined && this.#entries.size >= quarantineMost) return [];
    const entry = afterFailure(before, reason, now);
    this.#entries.set(id, entry);
    return [['HSET', this.#key, id, this.#store.format(kind, entry)]];
  }

  succeeded(id: string): Change[] {
    return this.#entries.delete(id) ? [['HDEL', this.#key, id]] : [];
  }

  /** Forgets failures of operations that no plan asks for any more. */
  keepOnly(ids: ReadonlySet<string>): Change[] {
    const gone = [...this.#entries.keys()].filter((id) => !ids.has(id));
    for (const id of gone) this.#entries.delete(id);
    const changes: Change[] = [];
    for (let start = 0; start < gone.length; start += fieldsPerChange)
      changes.push(['HDEL', this.#key, ...gone.slice(start, start + fieldsPerChange)]);
    return changes;
  }

  get #key(): string {
    return this.#store.key('quarantine');
  }
}
