/** Legs that the cloud refused to establish: their events go to the leg's dead letter instead of the cloud. */
import type { Clock } from '@exec/common/clock';
import type { RedisConnection } from '@exec/common/redis';
import type { ExcpKeys } from '../keys.ts';
import {
  type DeadLetter,
  deadEvent,
  deadLegField,
  eventsOfLetter,
  readDeadLegField,
  readDeadLetter,
} from './dead-letter.ts';
import type { OutEntry } from './out-entry.ts';
import type { Settlement } from './settler.ts';

export interface DeadLegsOptions {
  readonly redis: RedisConnection;
  readonly keys: ExcpKeys;
  readonly clock: Clock;
}

export class DeadLegs {
  readonly #options: DeadLegsOptions;
  /** By conversation: leg → ID of its letter. */
  readonly #legs = new Map<string, Map<string, string>>();

  constructor(options: DeadLegsOptions) {
    this.#options = options;
  }

  /** What is stored, field by field. */
  load(fields: Readonly<Record<string, string>>): void {
    this.#legs.clear();
    for (const [field, letter] of Object.entries(fields)) {
      const parts = readDeadLegField(field);
      if (parts !== undefined) this.#add(parts[0], parts[1], letter);
    }
  }

  /** Fields of a conversation, to be removed with it. */
  fieldsOf(conversation: string): string[] {
    return [...(this.#legs.get(conversation)?.keys() ?? [])].map((leg) => deadLegField(conversation, leg));
  }

  forget(conversation: string): void {
    this.#legs.delete(conversation);
  }

  revive(conversation: string, leg: string): void {
    this.#legs.get(conversation)?.delete(leg);
  }

  divide(entries: readonly OutEntry[]): { diverted: OutEntry[]; sendable: OutEntry[] } {
    const diverted: OutEntry[] = [];
    const sendable: OutEntry[] = [];
    for (const entry of entries) (this.#letterOf(entry) === undefined ? sendable : diverted).push(entry);
    return { diverted, sendable };
  }

  /** A letter for an event that was refused; a refused establishment takes its leg along. */
  refused(entry: OutEntry, reason: string, correlationId: string | undefined): Settlement {
    const [leg] = entry.legs;
    const id = entry.event.event.eventId;
    const letter: DeadLetter = {
      id,
      at: this.#options.clock.now(),
      conversation: entry.conversation,
      ...(entry.establishes ? { leg } : {}),
      reason,
      correlationId,
      events: [deadEvent(entry)],
    };
    if (!entry.establishes || leg === undefined) return { done: [entry.id], letters: [letter] };
    this.#add(entry.conversation, leg, id);
    return { done: [entry.id], letters: [letter], deadLegs: [[deadLegField(entry.conversation, leg), id]] };
  }

  /** The events join the letters of their legs; a letter that somebody dropped takes nothing more. */
  async buried(entries: readonly OutEntry[]): Promise<Settlement> {
    const letters: DeadLetter[] = [];
    for (const [id, list] of Map.groupBy(entries, (entry) => this.#letterOf(entry) ?? '')) {
      const letter = readDeadLetter(await this.#options.redis.client.hget(this.#options.keys.dead, id));
      if (letter === undefined) continue;
      const known = new Set(letter.events.map(({ event }) => event.event.eventId));
      const more = list.filter((entry) => !known.has(entry.event.event.eventId)).map(deadEvent);
      letters.push({ ...letter, events: [...letter.events, ...more].slice(0, eventsOfLetter) });
    }
    return { done: entries.map((entry) => entry.id), letters };
  }

  #letterOf(entry: OutEntry): string | undefined {
    const legs = this.#legs.get(entry.conversation);
    if (legs === undefined) return undefined;
    for (const leg of entry.legs) {
      const letter = legs.get(leg);
      if (letter !== undefined) return letter;
    }
    return undefined;
  }

  #add(conversation: string, leg: string, letter: string): void {
    const legs = this.#legs.get(conversation) ?? new Map<string, string>();
    this.#legs.set(conversation, legs.set(leg, letter));
  }
}
