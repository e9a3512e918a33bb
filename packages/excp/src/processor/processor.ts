/**
 * While it holds the lease: reads the stream, steps the conversations, and writes state and outgoing events in one
 * fenced commit. Everything in memory is a copy of what Redis holds and is thrown away when the lease is lost.
 */
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { Formats } from '@exec/common/formats';
import type { Dependency } from '@exec/common/http';
import type { IdMap } from '@exec/common/id-map';
import { isLeaseLost, type LeaseToken } from '@exec/common/leadership';
import type { Logger } from '@exec/common/logging';
import type { RedisConnection } from '@exec/common/redis';
import { Trouble } from '@exec/common/trouble';
import type { Anomaly, ModelSettings } from '../conversation/step-context.ts';
import type { AwaitedConnection } from '../events/snapshots.ts';
import { shedMs } from '../intake/claimer.ts';
import type { ExcpKeys } from '../keys.ts';
import { type DeadLetter, readDeadLetter } from '../outbox/dead-letter.ts';
import type { OutboxEntry } from '../outbox/entry.ts';
import type { Outage } from './arrival-order.ts';
import { type CommitBatch, commit, commitBatch, commitKeys, commitValues } from './commit.ts';
import { type DealtWith, dealtMost } from './dealt-with.ts';
import { sayGivenUp } from './given-up.ts';
import { InStream } from './in-stream.ts';
import { Model, type ModelOptions, type Output } from './model.ts';
import type { Outcomes } from './outcomes.ts';
import { quarantined, quarantineMost, writeQuarantineEntry } from './quarantine.ts';
import { type StoredState, type StreamEntry, streamEntries } from './store.ts';
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
  /** This process, as it names itself in the entries that it stores. */
  readonly owner?: string | undefined;
  /** The newest mapping; undefined while there is none: then nothing is processed. */
  readonly map: () => IdMap | undefined;
  readonly outgoing: Outgoing;
  /** Counts what has ended. */
  readonly outcomes: Pick<Outcomes, 'written' | 'look'>;
  /** Asks a connection whether it has more to tell; the answer comes through the stream. */
  readonly ask: (awaited: AwaitedConnection) => void;
  /** Value of the token; undefined when the lease is not held any more. */
  readonly token: () => LeaseToken | undefined;
  readonly outLimit?: number;
  readonly streamClock: StreamClock;
  /** When this instance had no connection to Redis last, for a second or more. */
  readonly outage: () => Outage | undefined;
  /** Whether this instance has events in memory that Redis has not taken. */
  readonly intakeWaits: () => boolean;
  readonly health: Dependency;
  /** Something of this format is left where it is, because this release does not read it; called again and again. */
  readonly onLeft: (format: number) => void;
}

const idle = 'at work or standing by';
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

export class Processor {
  readonly #options: ProcessorOptions;
  readonly #model: Model;
  /** What is stored, until the model has it. */
  #toLoad: StoredState | undefined;
  /** What loading led to, until it is written. */
  #loaded: readonly Output[] = [];
  readonly #abort = new AbortController();
  readonly #inStream: InStream;
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
    const { settings, scope, map, logger, health, dealtWith, owner } = options;
    this.#model = new Model({ settings, scope, map, repeatsBefore: o.repeatsBefore, dealtWith, owner });
    this.#toLoad = state;
    this.#outIds = new OutIds(state.lastOutId);
    this.#inStream = new InStream(options);
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
    const { records, agents } = this.#toLoad ?? this.#model.all;
    return { records, agents, out: last?.out ?? [] };
  }

  /** Runs until it is stopped or the lease is lost. Never throws for an absent Redis: it tries until the lease ends. */
  async run(): Promise<void> {
    const { logger, token } = this.#options;
    let known: readonly StreamEntry[] = [];
    try {
      await this.#load();
      while (!this.#abort.signal.aborted && token() !== undefined) {
        if (!(await this.#mayWork())) continue;
        const isAtWork = known.length > 0 || this.#inStream.isReady;
        const entries = isAtWork ? known : await this.#read();
        known = entries === undefined ? [] : await this.#process(entries);
      }
    } catch (error) {
      if (!this.#abort.signal.aborted && !isLeaseLost(error)) throw error;
      logger.debug({ err: error }, 'Processing ended');
    } finally {
      this.#inStream.close();
      // The term is over: what comes next is another's to say.
      this.#trouble.over(idle);
    }
  }

  /** Ends after the step that is being made. */
  stop(): void {
    this.#abort.abort(new ExecError('service.unavailable', 'The processor is stopping.'));
    this.#inStream.close();
  }

  /** With pauses: however much is stored, and however slow the machine, the lease is renewed meanwhile. */
  async #load(): Promise<void> {
    if (this.#toLoad === undefined) return;
    const loaded: (readonly Output[])[] = [];
    for (const outputs of this.#model.load(this.#toLoad)) {
      loaded.push(outputs);
      await setImmediate();
      if (this.#abort.signal.aborted) return;
    }
    this.#loaded = loaded.flat();
    this.#toLoad = undefined;
  }

  async #mayWork(): Promise<boolean> {
    const { map, outgoing, outLimit = 50_000 } = this.#options;
    if (map() !== undefined && outgoing.size < outLimit) return true;
    await this.#pause(pauseMs);
    return false;
  }

  /** Undefined: Redis does not answer; it is said, and after a while tried again. */
  async #read(): Promise<readonly StreamEntry[] | undefined> {
    const { signal } = this.#abort;
    const dueAt = this.#model.nextDue;
    try {
      const entries = await this.#inStream.read({
        dueAt,
        silenceCounts: !this.#options.intakeWaits(),
        signal,
      });
      this.#trouble.over(this.#detail);
      return entries;
    } catch (error) {
      if (signal.aborted) return undefined;
      this.#trouble.failed(error);
      await this.#pause(retryMs);
      return undefined;
    }
  }

  /** Answers what stands in the stream after what was read, as far as it is known. */
  async #process(entries: readonly StreamEntry[]): Promise<readonly StreamEntry[]> {
    const { clock } = this.#options;
    await this.#keepReadable();
    this.#leave(entries.flatMap(({ other }) => other ?? []));
    if (this.#left !== undefined) this.#options.onLeft(this.#left);
    this.#inStream.add(entries);
    let outputs = [this.#loaded];
    this.#loaded = [];
    const began = clock.monotonic();
    for (let next = this.#inStream.take(); next !== undefined; next = this.#inStream.take()) {
      const { stored, at } = next;
      if (stored.entry?.content.kind === 'retry-dead-letter') {
        await this.#commit(outputs.flat());
        outputs = [this.#model.sendAgain(await this.#letter(stored.entry.content.id), stored)];
      } else outputs.push(this.#model.accept(stored, at));
      if (clock.monotonic() - began > longestStepMs) break;
    }
    outputs.push(this.#model.reconsider(this.#inStream.takeQuiet()));
    for (const awaited of this.#model.awaited()) this.#options.ask(awaited);
    this.#inStream.dealtWith();
    const next = await this.#commit(outputs.flat(), this.#inStream.readTo);
    this.#options.outcomes.look();
    return next;
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
    const next = batch === undefined ? [] : await this.#write(batch, after);
    this.#options.outcomes.written(outputs);
    return next;
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
            most: InStream.page,
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
        if (isLeaseLost(error) || isOurs(error)) throw error;
        // Whether it was carried out is unknown: the same commit again answers that. A fault that is not about the
        // input (Redis full, read-only, away; rights missing) loses nothing: it is said, and tried again.
        this.#trouble.failed(error);
        await clock.sleep(retryMs);
      }
    }
    this.#unwritten = undefined;
    dealtWith.add(batch.dealtWith);
    sayGivenUp(setAside, batch.shed, this.#options);
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

  async #pause(ms: number): Promise<void> {
    await this.#options.clock.sleep(ms, this.#abort.signal).catch(() => undefined);
  }
}

/** Refused because of what was asked, not of the state of Redis: loading afresh is the way out. */
function isOurs(error: unknown): boolean {
  if (!(error instanceof ExecError)) return true;
  return error.code === 'redis.refused' && !/\bNOPERM\b/.test(error.message);
}

function lost(): ExecError {
  return new ExecError('lease.lost', 'The lease is held by another instance, or could not be renewed.');
}
