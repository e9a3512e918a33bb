/** What is on its way to the cloud during one term of the lease: the queue, who sends it, who writes what became of it. */

import type { Clock } from '@exec/common/clock';
import type { Formats } from '@exec/common/formats';
import type { Dependency, Health } from '@exec/common/http';
import type { WallMs } from '@exec/common/instants';
import type { Logger } from '@exec/common/logging';
import type { RedisConnection } from '@exec/common/redis';
import { Trouble } from '@exec/common/trouble';
import type { ExcpKeys } from '../keys.ts';
import { deadEvent } from './dead-letter.ts';
import type { OutboxEntry } from './entry.ts';
import { SendQueue } from './queue.ts';
import { type EventSink, Sender, type SendResult } from './sender.ts';
import { OutboxWriter } from './writer.ts';

export interface OutboxOptions {
  readonly cloud: EventSink;
  readonly redis: Pick<RedisConnection, 'client'>;
  readonly keys: ExcpKeys;
  readonly formats: Formats;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Value of the lease's token; undefined while it is not held: nothing is sent and nothing is written. */
  readonly token: () => string | undefined;
  /** Whether the cloud may be sent to: the organisation is proven. */
  readonly maySend: () => boolean;
  /** `reason`: why it is dead. */
  readonly onResult: (entry: OutboxEntry, result: SendResult, reason?: string) => void;
  readonly health: OutboxHealth;
  readonly random?: (() => number) | undefined;
}

/** What the outbox depends on; up while no term runs. */
export interface OutboxHealth {
  /** Redis takes what became of the events. */
  readonly written: Dependency;
  /** The cloud takes events. */
  readonly sent: Dependency;
}

/** Declares them; both are up while no term runs. */
export function outboxHealth(health: Health): OutboxHealth {
  const written = health.dependency('outbox');
  const sent = health.dependency('event-delivery', undefined, { required: false });
  for (const dependency of [written, sent]) dependency.up(idle);
  return { written, sent };
}

const idle = 'stands by';
/** Together they fit into the time that the service has for stopping. */
const inFlightGraceMs = 5_000;
const writeGraceMs = 1_500;

/** What Redis holds when the term begins. */
export interface StoredOutbox {
  /** In the order of the out-stream. */
  readonly entries: readonly OutboxEntry[];
  /** IDs of those that an earlier holder of the lease may have sent. */
  readonly sent: ReadonlySet<string>;
  /** By ID: time of what was accepted although it comes later; it is sent with a time after that. */
  readonly floors: ReadonlyMap<string, WallMs>;
  /** The legs that the cloud refused to establish, field by field. */
  readonly deadLegs: Readonly<Record<string, string>>;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #queue: SendQueue;
  readonly #writer: OutboxWriter;
  readonly #sender: Sender;
  readonly #troubles: readonly Trouble[];

  constructor(options: OutboxOptions, stored: StoredOutbox) {
    const { cloud, redis, keys, formats, clock, logger, token, maySend, onResult, health, random } = options;
    this.#options = options;
    const writing = new Trouble({
      logger,
      message: 'What became of events cannot be written; it is kept, and nothing more is sent',
      health: health.written,
    });
    const sending = new Trouble({
      logger,
      message: 'Events are held: nothing can be sent at present',
      health: health.sent,
    });
    this.#troubles = [writing, sending];
    for (const trouble of this.#troubles) trouble.over();
    this.#queue = new SendQueue(stored.deadLegs);
    this.#writer = new OutboxWriter({ redis, keys, clock, token, trouble: writing });
    this.#sender = new Sender({
      cloud,
      queue: this.#queue,
      writer: this.#writer,
      formats,
      clock,
      logger,
      token: () => (maySend() ? token() : undefined),
      trouble: sending,
      onResult,
      random,
    });
    this.#add(stored.entries, stored);
  }

  /** Events that were neither accepted nor refused for good. */
  get size(): number {
    return this.#queue.size;
  }

  /** Of them, those behind a refused one, or all when nothing can be sent. */
  get heldBack(): number {
    return this.#sender.isPaused ? this.#queue.size : this.#queue.heldBack;
  }

  /** Whether an event of the conversation was neither accepted nor refused for good. */
  waits(conversation: string): boolean {
    return this.#queue.waits(conversation);
  }

  /** Wall time at which the oldest of them was received. */
  get oldest(): WallMs | undefined {
    return this.#queue.oldest;
  }

  /** All that is not dealt with, as it would be stored. */
  get all(): Pick<SendQueue, 'all' | 'marks' | 'deadLegs'> {
    return this.#queue;
  }

  /** Takes events over that were committed, in the order of the out-stream. */
  add(entries: readonly OutboxEntry[]): void {
    this.#add(entries);
  }

  /** Fields of `deadLegs` of a conversation, to be removed with it. */
  deadLegFields(conversation: string): readonly string[] {
    return this.#queue.deadLegFields(conversation);
  }

  /** The conversation is no longer stored. */
  forget(conversation: string): void {
    this.#queue.forget(conversation);
  }

  /** The dead letter of a leg is sent again: its events go to the cloud from now on. */
  revive(conversation: string, leg: string): void {
    this.#queue.revive(conversation, leg);
  }

  /**
   * Resolves when all that is known is written: the letter of a dead leg then holds every event that was added.
   * @throws ExecError `lease.lost`
   */
  written(): Promise<void> {
    return this.#writer.written();
  }

  /** Something may be sent now that could not be sent before. */
  wake(): void {
    this.#sender.wake();
  }

  /**
   * Sends nothing more; resolves within 7 seconds, as a rule when what is in flight is answered and written. What could
   * not be written is repeated by the next holder of the lease.
   */
  async stop(): Promise<void> {
    await this.#sender.stop(inFlightGraceMs);
    const left = await this.#writer.close(writeGraceMs);
    if (left > 0)
      this.#options.logger.warn(
        { 'exec.updates': left },
        'What became of some events could not be written: the next holder of the lease sends them once more',
      );
    for (const trouble of this.#troubles) trouble.over(idle);
  }

  #add(entries: readonly OutboxEntry[], marks?: Pick<StoredOutbox, 'sent' | 'floors'>): void {
    const buried: OutboxEntry[] = [];
    for (const entry of entries) {
      if (this.#queue.letterOf(entry) === undefined)
        this.#queue.add(entry, { sent: marks?.sent.has(entry.id), floor: marks?.floors.get(entry.id) });
      else buried.push(entry);
    }
    if (buried.length > 0) this.#bury(buried);
    this.#sender.wake();
  }

  /** Events of a leg that could not be established join its dead letter. */
  #bury(entries: readonly OutboxEntry[]): void {
    const update = entries.map((entry) => ({
      id: entry.id,
      letter: this.#queue.letterOf(entry) ?? '',
      event: JSON.stringify(deadEvent(entry)),
    }));
    this.#writer.write({ buried: update }).catch(() => undefined);
    for (const entry of entries) this.#options.onResult(entry, 'dead', 'its leg was refused before');
  }
}
