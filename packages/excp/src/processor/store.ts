/** What the holder of the lease reads when it begins, and the stream it follows. */
import type { RedisConnection } from '@exec/common/redis';
import type { Redis } from 'ioredis';
import type { DnShifts } from '../conversation/agents.ts';
import { type OutEntry, readOutEvent } from '../inject/out-entry.ts';
import { type Entry, readEntry } from '../intake/entry.ts';
import type { ExcpKeys } from '../keys.ts';
import { type ConversationRecord, readRecord, readShifts } from './record.ts';

export interface StoredState {
  readonly records: readonly ConversationRecord[];
  readonly agents: readonly DnShifts[];
  readonly out: readonly OutEntry[];
  /** Newest ID that the out-stream has ever had. */
  readonly lastOutId: string | undefined;
  /** Out-stream IDs that may have been sent already. */
  readonly sending: ReadonlySet<string>;
  readonly deadLegs: Readonly<Record<string, string>>;
  /** Entries that could not be read: of another version, or not ours. */
  readonly unreadable: number;
}

export interface StreamEntry {
  readonly id: string;
  /** Time at which Redis stored it, milliseconds. */
  readonly storedAt: number;
  /** Undefined: cannot be read. */
  readonly entry: Entry | undefined;
}

const page = 1_000;

export async function loadState(redis: RedisConnection, keys: ExcpKeys): Promise<StoredState> {
  let unreadable = 0;
  const readAll = async <T>(key: string, read: (text: string) => T | undefined): Promise<T[]> => {
    const found: T[] = [];
    let cursor = '0';
    const seen = new Set<string>();
    do {
      const [next, fields] = await redis.client.hscan(key, cursor, 'COUNT', page);
      cursor = next;
      for (let at = 0; at + 1 < fields.length; at += 2) {
        const [field = '', text = ''] = [fields[at], fields[at + 1]];
        if (seen.has(field)) continue;
        seen.add(field);
        const value = read(text);
        if (value === undefined) unreadable++;
        else found.push(value);
      }
    } while (cursor !== '0');
    return found;
  };
  const records = await readAll(keys.conversations, readRecord);
  const agents = await readAll(keys.agents, readShifts);
  const out: OutEntry[] = [];
  for await (const [id, text] of streamPages(redis.client, keys.out)) {
    const event = readOutEvent(text);
    if (event === undefined) unreadable++;
    else out.push({ ...event, id, bytes: Buffer.byteLength(text ?? '') });
  }
  const sending = new Set(await redis.client.hkeys(keys.sending));
  const deadLegs = await redis.client.hgetall(keys.deadLegs);
  return {
    records,
    agents,
    out,
    lastOutId: await lastId(redis.client, keys.out),
    sending,
    deadLegs,
    unreadable,
  };
}

/** Also of entries that were deleted. */
async function lastId(client: Redis, key: string): Promise<string | undefined> {
  if ((await client.exists(key)) === 0) return undefined;
  const facts = await client.xinfo('STREAM', key);
  if (!Array.isArray(facts)) return undefined;
  const at = facts.indexOf('last-generated-id');
  const id: unknown = at < 0 ? undefined : facts[at + 1];
  return typeof id === 'string' ? id : undefined;
}

async function* streamPages(
  client: Redis,
  key: string,
): AsyncGenerator<readonly [string, string | undefined]> {
  let after = '-';
  for (;;) {
    const entries = await client.xrange(key, after, '+', 'COUNT', page);
    for (const [id, fields] of entries) yield [id, fields[1]];
    const last = entries.at(-1)?.[0];
    if (last === undefined || entries.length < page) return;
    after = `(${last}`;
  }
}

/** Waits up to `blockMs` for entries after `after`. */
export async function readStream(
  client: Redis,
  key: string,
  after: string,
  count: number,
  blockMs: number,
): Promise<StreamEntry[]> {
  const answer = await client.xread(
    'COUNT',
    count,
    'BLOCK',
    Math.max(1, Math.ceil(blockMs)),
    'STREAMS',
    key,
    after,
  );
  return streamEntries(answer?.[0]?.[1] ?? []);
}

/** Entries as Redis answers them: IDs with their fields. */
export function streamEntries(entries: readonly (readonly [string, readonly string[]])[]): StreamEntry[] {
  return entries.map(([id, fields]) => ({
    id,
    storedAt: Number(id.slice(0, id.indexOf('-'))),
    entry: readEntry(fields[1]),
  }));
}
