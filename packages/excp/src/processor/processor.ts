/**
 * While it holds the lease: reads the stream, steps the conversations, and writes state and outgoing events in one
 * fenced commit. Everything in memory is a copy of what Redis holds and is thrown away when the lease is lost.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { Formats } from '@exec/common/formats';
import type { Dependency } from '@exec/common/http';
import type { IdMap } from '@exec/common/id-map';
import type { LeaseToken } from '@exec/common/leadership';
import type { Logger } from '@exec/common/logging';
import type { RedisConnection } from '@exec/common/redis';
import { Trouble } from '@exec/common/trouble';
import type { Redis } from 'ioredis';
import type { Anomaly, ModelSettings } from '../conversation/step-context.ts';
import type { AwaitedConnection } from '../events/snapshots.ts';
import { shedMs } from '../intake/claimer.ts';
import type { ExcpKeys } from '../keys.ts';
import { type DeadLetter, readDeadLetter } from '../outbox/dead-letter.ts';
import type { OutboxEntry } from '../outbox/entry.ts';
import { type CommitBatch, commit, commitBatch, commitKeys, commitValues } from './commit.ts';
import { type DealtWith, dealtMost } from './dealt-with.ts';
import { Model, type ModelOptions, type Output } from './model.ts';
import { type QuarantineEntry, quarantined, quarantineMost, writeQuarantineEntry } from './quarantine.ts';
import { readStream, type StoredState, type StreamEntry, streamEntries } from './store.ts';
import type { StreamClock } from './stream-clock.ts';
import { idAfter, OutIds } from './stream-ids.ts';

/** Takes outgoing events over once they are committed. */
export interface Outgoing {
  readonly size: number;
  add(entries: readonly OutboxEntry[]): void;
  deadLegFields(conversation: string): readonly string[];
  forget(conversation: string): void;
  revive(conversation: string, leg: string): void;
  /** Resolves when what was taken over is in the dead letters, as far as it belongs there. @throws ExecError `lease.lost` */
  written(): Promise<void>;
}

export interface ProcessorMetrics {
  anomaly(anomaly: Anomaly): void;
  unreadable(count: number): void;
  /** Entries were set aside because they made the model fail. */
  quarantined(count: number): void;
  /** A whole call was left out. */
  shed(): void;
}

export interface ProcessorOptions {
  readonly redis: RedisConnection;
  readonly keys: ExcpKeys;
  readonly formats: Formats;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ProcessorMetrics;
  readonly settings: ModelSettings;
  /** Organisation and tenant: part of every ID. */
  readonly scope: string;
  /** Of this term; grows with each commit. */
  readonly dealtWith: DealtWith;
  /** The newest mapping; undefined while there is none: then nothing is processed. */
  readonly map: () => IdMap | undefined;
  readonly outgoing: Outgoing;
  /** Asks a connection whether it has more to tell; the answer comes through the stream. */
  readonly ask: (awaited: AwaitedConnection) => void;
  /** Value of the token; undefined when the lease is not held any more. */
  readonly token: () => LeaseToken | undefined;
  readonly outLimit?: number;
  readonly streamClock: StreamClock;
  /** Whether this instance has events in memory that Redis has not taken. */
  readonly intakeWaits: () => boolean;
  readonly health: Dependency;
  /** Something of this format is left where it is, because this release does not read it; called again and again. */
  readonly onLeft: (format: number) => void;
}

const idle = 'at work or standing by';
const entriesPerRead = 500;
const longestBlockMs = 1_000;
/** Without a mapping, or with too many events waiting for the cloud, it is looked again after this time. */
const pauseMs = 250;
const retryMs = 100;
/** Conversations and agents that are written once more with one commit. */
const rewrittenAtOnce = 500;
/**
 * A step ends after this time, and what it led to is written: however much waits, and however slow the machine, each term
 * gets on before its lease can end. Otherwise a backlog may stop two instances for good, each beginning it anew.
 */
const longestStepMs = 200;
/** A connection is there within this time, or something is wrong. */
const connectMs = 1_000;

export class Processor {
  readonly #options: ProcessorOptions;
  readonly #model: Model;
  /** What loading led to, until it is written. */
  #loaded: readonly Output[];
  readonly #abort = new AbortController();
  #reader: Redis | undefined;
  /** A new one for each term: the same token may serve two of them. */
  readonly #term = randomUUID();
  #commits = 0;
  /** What is being written, until it surely is. */
  #unwritten: { readonly batch: CommitBatch; readonly out: readonly OutboxEntry[] } | undefined;
  readonly #outIds: OutIds;
  /** Redis does not let it go on: said once for each reason, and as long as it lasts in the health. */
  readonly #trouble: Trouble;
  #detail = idle;
  /** Newest format of what is left where it is. */
  #left: number | undefined;
  /** Newest format in which conversations and agents may be stored. */
  #stored: number;

  /** `repeatsBefore`: see {@link ModelOptions.repeatsBefore}. */
  constructor(options: ProcessorOptions, state: StoredState, o: Pick<ModelOptions, 'repeatsBefore'>) {
    this.#options = options;
    const { settings, scope, map, logger, health, dealtWith } = options;
    this.#model = new Model({ settings, scope, map, repeatsBefore: o.repeatsBefore, dealtWith });
    this.#loaded = this.#model.load(state);
    this.#outIds = new OutIds(state.lastOutId);
    this.#trouble = new Trouble({ logger, message: 'Redis does not take what was processed', health });
    this.#trouble.over(idle);
    this.#stored = state.newest;
    this.#leave(state.others);
  }

  get openConversations(): number {
    return this.#model.open;
  }

  /** Conversations that are known, as they would be stored. */
  get conversations(): StoredState['records'] {
    return this.#model.all.records;
  }

  /** Begin of the names of its commits. */
  get term(): string {
    return this.#term;
  }

  /**
   * What Redis would hold if it had taken everything, besides what waits to be sent; to be asked once, after the end. What
   * could not be written counts as dealt with from then on.
   */
  keep(): Pick<StoredState, 'records' | 'agents' | 'out'> {
    const last = this.#unwritten;
    if (last !== undefined) this.#options.dealtWith.add(last.batch.dealtWith);
    return { ...this.#model.all, out: last?.out ?? [] };
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
        ({ after, next } = await this.#process(entries, after));
      }
    } catch (error) {
      if (!this.#abort.signal.aborted && !isLost(error)) throw error;
      logger.debug({ err: error }, 'Processing ended');
    } finally {
      this.#reader.disconnect();
      // The term is over: what comes next is another's to say.
      this.#trouble.over(idle);
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
    const { keys, formats, streamClock } = this.#options;
    try {
      if (streamClock.now === undefined) await streamClock.look();
      const due = this.#model.nextDue;
      const untilDue = due === undefined ? longestBlockMs : due - (streamClock.now ?? due);
      // What waits in memory may end the wait that is due: it is looked again shortly.
      const block = Math.min(longestBlockMs, Math.max(this.#mayWait ? 1 : retryMs, untilDue));
      const reader = this.#reader;
      if (reader === undefined) return undefined;
      await this.#untilConnected(reader);
      const entries = await readStream(formats, reader, keys.in, after, entriesPerRead, block);
      this.#trouble.over(this.#detail);
      return entries;
    } catch (error) {
      if (this.#abort.signal.aborted) return undefined;
      this.#trouble.failed(error);
      await this.#pause(retryMs);
      return undefined;
    }
  }

  /** A connection of a new term is still on its way; one that does not come is said by what is asked of it. */
  async #untilConnected(reader: Redis): Promise<void> {
    if (reader.status === 'ready') return;
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(connectMs)]);
    await once(reader, 'ready', { signal }).catch(() => undefined);
  }

  /** Silence means that nothing happened only while nothing waits to be stored. */
  get #mayWait(): boolean {
    return !this.#options.intakeWaits();
  }

  /** Answers how far it got, and what stands in the stream after that, as far as it is known. */
  async #process(
    entries: readonly StreamEntry[],
    before: string,
  ): Promise<{ readonly after: string; readonly next: readonly StreamEntry[] }> {
    const { streamClock, clock } = this.#options;
    let after = before;
    await this.#keepReadable();
    this.#leave(entries.flatMap(({ other }) => other ?? []));
    if (this.#left !== undefined) this.#options.onLeft(this.#left);
    let outputs = [this.#loaded];
    this.#loaded = [];
    const began = clock.monotonic();
    for (const stored of entries) {
      if (after !== before && clock.monotonic() - began > longestStepMs) break;
      after = stored.id;
      if (stored.entry?.content.kind === 'retry-dead-letter') {
        await this.#commit(outputs.flat());
        outputs = [this.#model.sendAgain(await this.#letter(stored.entry.content.id), stored)];
      } else outputs.push(this.#model.accept(stored, streamClock.timeOf(stored.id, stored.waited)));
    }
    const quietUntil = entries.length === 0 && this.#mayWait ? streamClock.now : undefined;
    outputs.push(this.#model.reconsider(quietUntil));
    for (const awaited of this.#model.awaited()) this.#options.ask(awaited);
    return { after, next: await this.#commit(outputs.flat(), after) };
  }

  /** A dead letter, with whatever belongs into it by now. */
  async #letter(id: string): Promise<DeadLetter | undefined> {
    const { outgoing, redis, keys, formats } = this.#options;
    await outgoing.written();
    return readDeadLetter(formats, await redis.client.hget(keys.dead, id));
  }

  /** Answers the entries of the stream after `after`, if it is given and there was something to write. */
  async #commit(outputs: readonly Output[], after = ''): Promise<readonly StreamEntry[]> {
    for (const output of outputs)
      if (output.type === 'anomaly') this.#options.metrics.anomaly(output.anomaly);
    const batch = commitBatch(outputs, this.#options.formats);
    return batch === undefined ? [] : await this.#write(batch, after);
  }

  async #write(batch: CommitBatch, after: string): Promise<readonly StreamEntry[]> {
    const { outgoing, token, clock, redis, keys, formats, streamClock, dealtWith } = this.#options;
    const held = token();
    const out = this.#outOf(batch, held?.epoch ?? 0);
    this.#unwritten = { batch, out };
    if (held === undefined) throw lost();
    const from = after === '' ? '' : idAfter(after);
    const commitId = `${this.#term}/${++this.#commits}`;
    const setAside = quarantined(batch.faults, clock.now());
    const values = commitValues(batch, {
      out,
      deadLegFields: (conversation) => outgoing.deadLegFields(conversation),
      setAside: setAside.map((entry) => writeQuarantineEntry(formats, entry)),
    });
    let next: StreamEntry[];
    for (;;) {
      const current = token();
      if (current?.value !== held.value) throw lost();
      try {
        const [answer, come] = await commit(
          redis,
          commitKeys(keys),
          {
            token: held.value,
            commitId,
            from,
            most: entriesPerRead,
            quarantineMost,
            shedMs,
            clockShift: streamClock.shift,
            clockPlace: streamClock.place,
            inputBytes: batch.inputBytes,
            dealtMost,
          },
          values,
        );
        if (answer === 'fenced') throw lost();
        next = streamEntries(formats, come);
        this.#trouble.over(this.#detail);
        break;
      } catch (error) {
        if (isLost(error) || isOurs(error)) throw error;
        // Whether it was carried out is unknown: the same commit again answers that. A fault that is not about the
        // input (Redis full, read-only, away; rights missing) loses nothing: it is said, and tried again.
        this.#trouble.failed(error);
        await clock.sleep(retryMs);
      }
    }
    this.#unwritten = undefined;
    dealtWith.add(batch.dealtWith);
    this.#say(setAside);
    this.#sayShed(batch.shed);
    for (const { conversation, leg } of batch.revived) outgoing.revive(conversation, leg);
    for (const conversation of batch.forgotten) outgoing.forget(conversation);
    if (out.length > 0) outgoing.add(out.map(({ text: _, ...entry }) => entry));
    return next;
  }

  #outOf({ events }: CommitBatch, epoch: number): (OutboxEntry & { readonly text: string })[] {
    return events.map(({ event, text }) => ({
      ...event,
      text,
      id: this.#outIds.next(epoch),
      bytes: Buffer.byteLength(text),
    }));
  }

  #say(setAside: readonly QuarantineEntry[]): void {
    const { logger, metrics } = this.#options;
    if (setAside.length > 0) metrics.quarantined(setAside.length);
    for (const { entry, kind, calls, reason } of setAside)
      logger.error(
        {
          'exec.entry': entry,
          'exec.kind': kind,
          'exec.call_uuid': calls.map(uuidOf),
          'exec.reason': reason,
        },
        'An entry made the model fail: it is set aside, its call is closed as lost, the others go on',
      );
  }

  /** An older release has come to stand beside this one: what is stored is brought into a format that it reads. */
  async #keepReadable(): Promise<void> {
    const { writes } = this.#options.formats;
    if (writes < this.#stored) {
      const outputs = this.#model.everything();
      for (let from = 0; from < outputs.length; from += rewrittenAtOnce)
        await this.#commit(outputs.slice(from, from + rewrittenAtOnce));
      this.#options.logger.info({ 'exec.format': writes }, 'What is stored was brought into an older format');
    }
    this.#stored = writes;
  }

  /** What is in formats that this release does not read stays where it is, for an instance that does. */
  #leave(formats: readonly number[]): void {
    if (formats.length === 0) return;
    const { logger, metrics } = this.#options;
    metrics.unreadable(formats.length);
    this.#detail = 'what a newer release wrote waits for an instance of that release';
    if (!this.#trouble.lasts) this.#trouble.over(this.#detail);
    const before = this.#left;
    this.#left = Math.max(before ?? 0, ...formats);
    if (before !== undefined) return;
    logger.error(
      { 'exec.entries': formats.length, 'exec.format': this.#left },
      'Redis holds what a newer release wrote: it is left for an instance of that release, the rest goes on',
    );
  }

  #sayShed(calls: readonly string[]): void {
    const { logger, metrics } = this.#options;
    for (const call of calls) {
      metrics.shed();
      logger.warn(
        { 'exec.call_uuid': uuidOf(call) },
        'A call is left out whole: too many conversations are open',
      );
    }
  }

  async #pause(ms: number): Promise<void> {
    await this.#options.clock.sleep(ms, this.#abort.signal).catch(() => undefined);
  }
}

function uuidOf(call: string): string {
  return call.slice(call.lastIndexOf('/') + 1);
}

/** Refused because of what was asked, not of the state of Redis: loading afresh is the way out. */
function isOurs(error: unknown): boolean {
  if (!(error instanceof ExecError)) return true;
  return error.code === 'redis.refused' && !/\bNOPERM\b/.test(error.message);
}

function isLost(error: unknown): boolean {
  return error instanceof ExecError && error.code === 'lease.lost';
}

function lost(): ExecError {
  return new ExecError('lease.lost', 'The lease is held by another instance, or could not be renewed.');
}
