/**
 * How complete the picture of the cloud is: each conversation is counted once, when it is over and none of its events waits
 * any more. A term that begins counts what its predecessor could not: what is over and still waits.
 */
import { type Conversation, type Incomplete, incompletions } from '../conversation/state.ts';
import { readDeadLegField } from '../outbox/dead-letter.ts';
import type { StoredOutbox } from '../outbox/outbox.ts';
import type { Output } from './model.ts';
import { type ConversationRecord, isOver, keyOf } from './record.ts';

/**
 * `complete`: the cloud accepted every event. `refused`: it refused one for good. `gap`, `too-long`, `shed`: see
 * {@link incompletions}. `fault`: it made the model fail. `not-mapped`: no mapped queue and no mapped agent took part, so that
 * nothing was sent.
 */
export const outcomes = ['complete', 'refused', 'fault', 'not-mapped', ...incompletions] as const;
export type Outcome = (typeof outcomes)[number];

export interface OutcomesOptions {
  readonly count: (outcome: Outcome) => void;
  /** Whether an event of the conversation waits to be answered. */
  readonly waits: (conversation: string) => boolean;
}

interface Over extends Pick<Conversation, 'published'> {
  readonly incomplete: Incomplete | undefined;
  /** It is kept no longer. */
  readonly forgotten?: boolean;
}

/** What a term begins with. */
interface Stored extends Pick<StoredOutbox, 'entries' | 'deadLegs'> {
  readonly records: readonly ConversationRecord[];
}

export class Outcomes {
  readonly #options: OutcomesOptions;
  /** Over, and not counted yet. */
  readonly #over = new Map<string, Over>();
  /** Counted, and still kept for what may come late. */
  readonly #counted = new Set<string>();
  /** The cloud refused an event of them for good; not counted yet. */
  readonly #refused: Set<string>;

  constructor(options: OutcomesOptions, { records, entries, deadLegs }: Stored) {
    this.#options = options;
    this.#refused = new Set(Object.keys(deadLegs).flatMap((field) => readDeadLegField(field)?.[0] ?? []));
    const waiting = new Set(entries.map(({ conversation }) => conversation));
    for (const record of records) {
      const key = keyOf(record);
      if (!isOver(record)) continue;
      if (waiting.has(key)) this.#over.set(key, overOf(record));
      else this.#counted.add(key);
    }
  }

  /** The cloud refused an event for good. */
  refused(conversation: string): void {
    if (!this.#counted.has(conversation)) this.#refused.add(conversation);
  }

  /** What was written, in its order. */
  written(outputs: readonly Output[]): void {
    // Before the records: those of what was given up are gone with the same commit.
    for (const output of outputs)
      if (output.type === 'fault' && output.conversation !== undefined) this.#givenUp(output.conversation);
      else if (output.type === 'call-left-out') this.#options.count('shed');
    for (const output of outputs) if (output.type === 'record') this.#stored(output.key, output.record);
  }

  /** Counts those of which nothing waits any more. */
  look(): void {
    for (const [key, over] of this.#over) {
      if (this.#options.waits(key)) continue;
      this.#count(key, this.#outcomeOf(key, over));
      if (over.forgotten === true) this.#counted.delete(key);
    }
  }

  #stored(key: string, record: ConversationRecord | undefined): void {
    if (record === undefined) this.#forget(key);
    else if (!isOver(record)) this.#over.delete(key);
    else if (!this.#counted.has(key)) this.#over.set(key, overOf(record));
  }

  #forget(key: string): void {
    const over = this.#over.get(key);
    this.#counted.delete(key);
    if (over === undefined) this.#refused.delete(key);
    else this.#over.set(key, { ...over, forgotten: true });
  }

  #givenUp(key: string): void {
    if (!this.#counted.has(key)) this.#count(key, 'fault');
  }

  #outcomeOf(key: string, { published, incomplete }: Over): Outcome {
    if (this.#refused.has(key)) return 'refused';
    if (!published) return incomplete === 'shed' ? 'shed' : 'not-mapped';
    return incomplete ?? 'complete';
  }

  #count(key: string, outcome: Outcome): void {
    this.#over.delete(key);
    this.#refused.delete(key);
    this.#counted.add(key);
    this.#options.count(outcome);
  }
}

/** No more of it: many may wait to be answered. */
function overOf({ conversation: { published, incomplete } }: ConversationRecord): Over {
  return { published, incomplete };
}
