/**
 * While it holds the lease: reads the stream, steps the conversations, and writes state and outgoing events in one
 * fenced commit. Everything in memory is a copy of what Redis holds and is thrown away when the lease is lost.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { IdMap } from '@exec/common/id-map';
import type { LeaseToken } from '@exec/common/lease';
import type { Logger } from '@exec/common/logging';
import type { RedisConnection } from '@exec/common/redis';
import type { Redis } from 'ioredis';
import type { ModelSettings, Oddity } from '../conversation/world.ts';
import type { OutEntry } from '../inject/out-entry.ts';
import type { ExcpKeys } from '../keys.ts';
import { commit, commitKeys } from './commit-script.ts';
import { OutIds } from './out-ids.ts';
import { readStream, type StoredState, type StreamEntry, streamEntries } from './store.ts';
import { type Pending, Work } from './work.ts';

/** Takes outgoing events over once they are committed. */
export interface Outgoing {
  readonly size: number;
  add(entries: readonly OutEntry[]): void;
  deadLegFields(conversation: string): readonly string[];
  forget(conversation: string): void;
  revive(conversation: string, leg: string): void;
}

export interface ProcessorMetrics {
  odd(oddity: Oddity): void;
  unreadable(count: number): void;
}

export interface ProcessorOptions {
  readonly redis: RedisConnection;
  readonly keys: ExcpKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ProcessorMetrics;
  readonly settings: ModelSettings;
  /** Organisation and tenant: part of every ID. */
  readonly scope: string;
  /** The newest mapping; undefined while there is none: then nothing is processed. */
  readonly map: () => IdMap | undefined;
  readonly outgoing: Outgoing;
  /** Value of the token; undefined when the lease is not held any more. */
  readonly token: () => LeaseToken | undefined;
  readonly outLimit?: number;
}

const entriesPerRead = 500;
const longestBlockMs = 1_000;
/** Without a mapping, or with too many events waiting for the cloud, it is looked again after this time. */
const pauseMs = 250;
const retryMs = 100;

export class Processor {
  readonly #options: ProcessorOptions;
  readonly #work: Work;
  readonly #abort = new AbortController();
  #reader: Redis | undefined;
  /** A new one for each term: the same token may serve two of them. */
  readonly #term = randomUUID();
  #commits = 0;
  readonly #outIds: OutIds;
  /** Stream time minus the own clock's, milliseconds. */
  #ahead = 0;

  /** `recovering`: Redis may have lost its newest data, so what is made now may have been sent before. */
  constructor(options: ProcessorOptions, state: StoredState, o: { readonly repeatsBefore: number }) {
    this.#options = options;
    const { settings, scope, map, metrics } = options;
    this.#work = new Work({
      settings,
      scope,
      map,
      onOdd: (oddity) => metrics.odd(oddity),
      repeatsBefore: o.repeatsBefore,
    });
    this.#work.load(state);
    this.#outIds = new OutIds(state.lastOutId);
    if (state.unreadable > 0) metrics.unreadable(state.unreadable);
  }

  get openConversations(): number {
    return this.#work.open;
  }

  get conversations(): Work {
    return this.#work;
  }

  /** Runs until it is stopped or the lease is lost. Never throws for an absent Redis: it tries until the lease ends. */
  async run(): Promise<void> {
    const { redis, logger, token } = this.#options;
    this.#reader = redis.blocking();
    let after = '0';
    let next: readonly StreamEntry[] = [];
    try {
      while (!this.#abort.signal.aborted && token() !== undefined) {
        if (!(await this.#mayWork())) continue;
        const entries = next.length > 0 ? next : await this.#read(after);
        if (entries === undefined) continue;
        after = entries.at(-1)?.id ?? after;
        next = await this.#process(entries, after);
      }
    } catch (error) {
      if (!this.#abort.signal.aborted && !isLost(error)) throw error;
      logger.debug({ err: error }, 'Processing ended');
    } finally {
      this.#reader.disconnect();
    }
  }

  /** Ends after the step that is being made. */
  stop(): void {
    this.#abort.abort(new ExecError('service.unavailable', 'The processor is stopping.'));
    this.#reader?.disconnect();
  }

  async #mayWork(): Promise<boolean> {
    const { map, outgoing, outLimit = 50_000 } = this.#options;
    if (map() !== undefined && outgoing.size < outLimit) return true;
    await this.#pause(pauseMs);
    return false;
  }

  async #read(after: string): Promise<StreamEntry[] | undefined> {
    const { keys, clock } = this.#options;
    const due = this.#work.nextDue;
    const untilDue = due === undefined ? longestBlockMs : due - (clock.now() + this.#ahead);
    try {
      const block = Math.min(longestBlockMs, Math.max(1, untilDue));
      const reader = this.#reader;
      if (reader === undefined) return undefined;
      return await readStream(reader, keys.in, after, entriesPerRead, block);
    } catch {
      if (!this.#abort.signal.aborted) await this.#pause(retryMs);
      return undefined;
    }
  }

  /** Answers what has come meanwhile, as far as it is known. */
  async #process(entries: readonly StreamEntry[], after: string): Promise<readonly StreamEntry[]> {
    const { clock } = this.#options;
    const last = entries.at(-1);
    if (last !== undefined) this.#ahead = Math.max(last.storedAt - clock.now(), -60_000);
    for (const stored of entries) {
      if (stored.entry?.content.kind === 'retry-dead-letter') {
        await this.#commit();
        const letter = await this.#options.redis.client.hget(
          this.#options.keys.dead,
          stored.entry.content.id,
        );
        this.#work.retry(stored.entry.content.id, letter, stored);
      } else this.#work.accept(stored);
    }
    this.#work.settle(entries.length === 0 ? clock.now() + this.#ahead : undefined);
    return this.#commit(after);
  }

  /** Answers the entries of the stream after `after`, if it is given and there was something to write. */
  async #commit(after = ''): Promise<readonly StreamEntry[]> {
    const pending = this.#work.take();
    if (pending === undefined) return [];
    const { outgoing, token, clock, redis, keys } = this.#options;
    const held = token();
    if (held === undefined) throw lost();
    const out = pending.events.map(({ event, text }) => ({
      ...event,
      text,
      id: this.#outIds.next(held.epoch),
      bytes: Buffer.byteLength(text),
    }));
    const commitId = `${this.#term}/${++this.#commits}`;
    const values = argumentsOf(pending, out, outgoing);
    let next: StreamEntry[];
    for (;;) {
      const current = token();
      if (current?.value !== held.value) throw lost();
      try {
        const [answer, come] = await commit(
          redis,
          commitKeys(keys),
          { token: held.value, commitId, after, most: entriesPerRead },
          values,
        );
        if (answer === 'fenced') throw lost();
        next = streamEntries(come);
        break;
      } catch (error) {
        // Whether it was carried out is unknown: the same commit again answers that.
        if (!(error instanceof ExecError) || error.code !== 'redis.unavailable') throw error;
        await clock.sleep(retryMs);
      }
    }
    for (const { conversation, leg } of pending.revived) outgoing.revive(conversation, leg);
    for (const conversation of pending.forgotten) outgoing.forget(conversation);
    if (out.length > 0) outgoing.add(out.map(({ text: _, ...entry }) => entry));
    return next;
  }

  async #pause(ms: number): Promise<void> {
    await this.#options.clock.sleep(ms, this.#abort.signal).catch(() => undefined);
  }
}

function argumentsOf(
  pending: Pending,
  out: readonly { readonly id: string; readonly text: string }[],
  outgoing: Outgoing,
): (string | number)[] {
  const deadLegs = [
    ...pending.forgotten.flatMap((conversation) => outgoing.deadLegFields(conversation)),
    ...pending.revived.map(({ field }) => field),
  ];
  return [
    ...[2 * out.length, ...out.flatMap(({ id, text }) => [id, text])],
    ...[pending.inputs.length, ...pending.inputs],
    ...[pending.forgotten.length, ...pending.forgotten],
    ...[2 * pending.records.length, ...pending.records.flat()],
    ...[2 * pending.agents.length, ...pending.agents.flat()],
    ...[pending.letters.length, ...pending.letters],
    ...[deadLegs.length, ...deadLegs],
  ];
}

function isLost(error: unknown): boolean {
  return error instanceof ExecError && error.code === 'lease.lost';
}

function lost(): ExecError {
  return new ExecError('lease.lost', 'The lease is held by another instance, or could not be renewed.');
}
