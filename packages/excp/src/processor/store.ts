/** What the holder of the lease reads when it begins, and the stream it follows. */

import { type Formats, readValue, type Stored } from '@exec/common/formats';
import type { WallMs } from '@exec/common/instants';
import type { RedisConnection } from '@exec/common/redis';
import type { Redis } from 'ioredis';
import { type Entry, readEntry } from '../events/in-stream-entry.ts';
import type { ExcpKeys } from '../keys.ts';
import { type OutboxEntry, readOutboxEvent } from '../outbox/entry.ts';
import { floorOf } from '../outbox/outbox-script.ts';
import type { DnShifts } from '../registry/effects.ts';
import { type ConversationRecord, readRecord, readShifts } from './record.ts';
import { idAfter } from './stream-ids.ts';

export interface StoredState {
  readonly records: readonly ConversationRecord[];
  readonly agents: readonly DnShifts[];
  readonly out: readonly OutboxEntry[];
  /** Newest ID that the out-stream has ever had. */
  readonly lastOutId: string | undefined;
  /** Out-stream IDs that may have been sent already. */
  readonly sending: ReadonlySet<string>;
  /** By ID of the out-stream: time of what was accepted before it although it comes later. */
  readonly floors: ReadonlyMap<string, WallMs>;
  readonly deadLegs: Readonly<Record<string, string>>;
  /** Names of the events that were dealt with lately, by either instance. */
  readonly dealtWith: readonly string[];
  /** Formats that this release does not read, one for each value that has one: left where they are. */
  readonly others: readonly number[];
  /** Newest format of the conversations and agents that were read. */
  readonly newest: number;
  /** What nobody can read, with its field: set aside. */
  readonly broken: readonly Broken[];
}

export interface Broken {
  readonly where: 'conversation' | 'agent' | 'outgoing';
  readonly field: string;
  readonly text: string;
}

export interface StreamEntry {
  readonly id: string;
  /** Milliseconds for which it had waited in memory when Redis took it. */
  readonly waited: number;
  /** Undefined: cannot be read by this release. */
  readonly entry: Entry | undefined;
  /** Format of an entry that this release does not read. */
  readonly other?: number | undefined;
  readonly text: string;
}

const page = 1_000;

export async function loadState(
  redis: RedisConnection,
  keys: ExcpKeys,
  formats: Formats,
): Promise<StoredState> {
  const others: number[] = [];
  let newest = 0;
  const broken: Broken[] = [];
  const readAll = async <T>(
    key: string,
    read: (field: string, text: string) => Stored<T>,
    where: Broken['where'],
  ): Promise<T[]> => {
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
        const stored = read(field, text);
        if (stored.kind === 'read') {
          found.push(stored.value);
          newest = Math.max(newest, stored.format);
        } else if (stored.kind === 'other') others.push(stored.format);
        else broken.push({ where, field, text });
      }
    } while (cursor !== '0');
    return found;
  };
  const records = await readAll(
    keys.conversations,
    (field, text) => readRecord(formats, field, text),
    'conversation',
  );
  const agents = await readAll(keys.agents, (_, text) => readShifts(formats, text), 'agent');
  const out: OutboxEntry[] = [];
  for await (const [id, text] of streamPages(redis.client, keys.out)) {
    const event = readOutboxEvent(formats, text);
    if (event.kind === 'read') out.push({ ...event.value, id, bytes: Buffer.byteLength(text ?? '') });
    else if (event.kind === 'other') others.push(event.format);
    else broken.push({ where: 'outgoing', field: id, text: text ?? '' });
  }
  const marks = await redis.client.hgetall(keys.sending);
  const sending = new Set(Object.keys(marks));
  const floors = new Map(Object.entries(marks).flatMap(([id, mark]) => floorOf(id, mark)));
  const deadLegs = await redis.client.hgetall(keys.deadLegs);
  return {
    records,
    agents,
    out,
    lastOutId: await lastId(redis.client, keys.out),
    sending,
    floors,
    deadLegs,
    dealtWith: await redis.client.lrange(keys.dealt, 0, -1),
    others,
    newest,
    broken,
  };
}

/** Also of entries that were deleted. */
async function lastId(client: Redis, key: string): Promise<string | undefined> {
  if ((await client.exists(key)) === 0) return undefined;
  const lookups = await client.xinfo('STREAM', key);
  if (!Array.isArray(lookups)) return undefined;
  const at = lookups.indexOf('last-generated-id');
  const id: unknown = at < 0 ? undefined : lookups[at + 1];
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
    after = idAfter(last);
  }
}

/** Waits up to `blockMs` for entries after `after`. */
export async function readStream(
  formats: Formats,
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
  return streamEntries(formats, answer?.[0]?.[1] ?? []);
}

/** Entries as Redis answers them: IDs with their fields. */
export function streamEntries(
  formats: Formats,
  entries: readonly (readonly [string, readonly string[]])[],
): StreamEntry[] {
  return entries.map(([id, fields]) => {
    const stored = readEntry(formats, fields[1]);
    return {
      id,
      waited: fields[2] === 'w' ? Number(fields[3]) : 0,
      entry: readValue(stored),
      other: stored.kind === 'other' ? stored.format : undefined,
      text: fields[1] ?? '',
    };
  });
}
