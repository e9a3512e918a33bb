/** The conversations in memory, and what of them has to be written: one batch of input after the other. */
import type { IdMap } from '@exec/common/id-map';
import { Switchboard } from '../conversation/switchboard.ts';
import type { ModelSettings, Oddity } from '../conversation/world.ts';
import { deadLegField, readDeadLetter } from '../inject/dead-letter.ts';
import { type OutEvent, writeOutEvent } from '../inject/out-entry.ts';
import { factsOf } from '../mirror/facts.ts';
import { retime } from '../translate/retime.ts';
import { nothingTold, type Told } from '../translate/told.ts';
import { translate } from '../translate/translate.ts';
import { type ConversationRecord, writeRecord, writeShifts } from './record.ts';
import type { StoredState, StreamEntry } from './store.ts';

/** What one commit writes. */
export interface Pending {
  /** Stream IDs that are dealt with. */
  readonly inputs: readonly string[];
  /** Keys of conversations. */
  readonly forgotten: readonly string[];
  readonly records: readonly (readonly [string, string])[];
  readonly agents: readonly (readonly [string, string])[];
  readonly events: readonly { readonly event: OutEvent; readonly text: string }[];
  /** IDs of dead letters that are sent again. */
  readonly letters: readonly string[];
  readonly revived: readonly {
    readonly conversation: string;
    readonly leg: string;
    readonly field: string;
  }[];
}

export interface WorkOptions {
  readonly settings: ModelSettings;
  readonly scope: string;
  readonly map: () => IdMap | undefined;
  readonly onOdd: (oddity: Oddity) => void;
  /** Events that follow from what was received before this wall time (ms) may have been sent before. */
  readonly repeatsBefore: number;
}

export class Work {
  readonly #options: WorkOptions;
  readonly #board: Switchboard;
  readonly #told = new Map<string, Told>();
  #facts: { readonly map: IdMap; readonly facts: ReturnType<typeof factsOf> } | undefined;
  #inputs: string[] = [];
  #events: { readonly event: OutEvent; readonly text: string }[] = [];
  #changed = new Set<string>();
  #forgotten = new Set<string>();
  #letters: string[] = [];
  #revived: { readonly conversation: string; readonly leg: string; readonly field: string }[] = [];

  constructor(options: WorkOptions) {
    this.#options = options;
    this.#board = new Switchboard({
      settings: options.settings,
      facts: () => this.#currentFacts(),
      onOdd: options.onOdd,
    });
  }

  get open(): number {
    return this.#board.open;
  }

  /** Stream time at which a wait is over. */
  get nextDue(): number | undefined {
    return this.#board.nextDue;
  }

  load(state: StoredState): void {
    for (const { conversation, told } of state.records) this.#told.set(conversation.key, told);
    this.#board.load(
      state.records.map((record) => record.conversation),
      state.agents,
    );
  }

  accept({ id, storedAt, entry }: StreamEntry): void {
    if (entry === undefined) {
      this.#inputs.push(id);
      return;
    }
    const { content, received } = entry;
    switch (content.kind) {
      case 'retry-dead-letter':
        this.#inputs.push(id);
        return;
      case 'call-shed':
        this.#board.drop(content.site, content.call, storedAt);
        this.#inputs.push(id);
        break;
      default:
        this.#board.accept(content, storedAt, id);
    }
    this.#collect(received);
  }

  /** After a batch; `now`: stream time, when nothing came until then. */
  settle(now: number | undefined): void {
    this.#board.settle();
    if (now !== undefined) this.#board.advance(now);
    this.#collect(undefined);
  }

  /** Sends a dead letter again, with its times moved forward, if its conversation is open. */
  retry(id: string, text: string | null, stored: StreamEntry): void {
    this.#inputs.push(stored.id);
    const letter = readDeadLetter(text);
    if (letter === undefined) return;
    const { conversation, leg } = letter;
    if (this.#board.conversation(conversation)?.overAt !== undefined) return;
    const told = this.#told.get(conversation);
    if (told === undefined) return;
    const again = retime(told, letter.events);
    this.#told.set(conversation, again.told);
    this.#changed.add(conversation);
    this.#letters.push(id);
    if (leg !== undefined) this.#revived.push({ conversation, leg, field: deadLegField(conversation, leg) });
    const received = stored.entry?.received ?? stored.storedAt;
    for (const event of again.events) this.#push({ ...event, conversation, received, repeat: false });
  }

  /** Undefined when there is nothing to write. */
  take(): Pending | undefined {
    const inputs = [...this.#inputs, ...this.#board.takeSettled()];
    const agents = [...this.#board.agents.takeChanged()].map(
      ([key, shifts]) => [key, writeShifts(shifts)] as const,
    );
    const records: (readonly [string, string])[] = [];
    for (const key of this.#changed) {
      const conversation = this.#board.conversation(key);
      if (conversation === undefined) continue;
      const record: ConversationRecord = { conversation, told: this.#told.get(key) ?? nothingTold };
      records.push([key, writeRecord(record)]);
    }
    const pending: Pending = {
      inputs,
      forgotten: [...this.#forgotten],
      records,
      agents,
      events: this.#events,
      letters: this.#letters,
      revived: this.#revived,
    };
    for (const key of this.#forgotten) this.#told.delete(key);
    this.#inputs = [];
    this.#events = [];
    this.#changed = new Set();
    this.#forgotten = new Set();
    this.#letters = [];
    this.#revived = [];
    const parts = [pending.inputs, pending.forgotten, records, agents, pending.events, pending.letters];
    return parts.every((part) => part.length === 0) ? undefined : pending;
  }

  #collect(received: number | undefined): void {
    for (const { conversation, changes, forgotten } of this.#board.takeEffects()) {
      const { key, interactionId } = conversation;
      if (changes.length > 0) {
        const made = translate(this.#told.get(key) ?? nothingTold, changes, {
          scope: this.#options.scope,
          sourceId: this.#options.map()?.content.sourceId ?? '',
          afterCallWorkRequired: this.#options.settings.afterCallWorkRequired,
          key,
          interactionId,
        });
        this.#told.set(key, made.told);
        const since = received ?? Math.max(...made.events.map((event) => event.at));
        const repeat = since < this.#options.repeatsBefore;
        for (const event of made.events) this.#push({ ...event, conversation: key, received: since, repeat });
      }
      if (forgotten) {
        this.#forgotten.add(key);
        this.#changed.delete(key);
      } else {
        this.#changed.add(key);
        this.#forgotten.delete(key);
      }
    }
  }

  #push(event: OutEvent): void {
    this.#events.push({ event, text: writeOutEvent(event) });
  }

  #currentFacts() {
    const map = this.#options.map();
    if (map === undefined) throw new Error('nothing is processed without a mapping');
    if (this.#facts?.map !== map) this.#facts = { map, facts: factsOf(map) };
    return this.#facts.facts;
  }
}
