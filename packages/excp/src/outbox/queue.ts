/**
 * What waits to be sent and in which order, as a pure object: each conversation has a queue of its own with at most one
 * request in flight; the events of a leg that the cloud refused to establish go to that leg's dead letter instead.
 */

import { type ConversationEvent, toEventTime } from '@exec/common/genesys-cloud';
import { laterBy, latest, type MonotonicMs, type WallMs, wallMs } from '@exec/common/instants';
import { deadLegField, noLeg, readDeadLegField } from './dead-letter.ts';
import type { OutboxEntry } from './entry.ts';

export interface BatchLimits {
  readonly events: number;
  readonly bytes: number;
  /** Events of one conversation in a request. */
  readonly ofConversation: number;
}

/** What a refusal for good means. */
export type Judgement =
  /** It was accepted before: this was its repeat. */
  | 'repeated'
  /** One before it is sent again; perhaps it was refused because of that. It is judged when it is sent again. */
  | 'waits'
  /** It may have been accepted before, and the refusal of a whole request does not tell: to be sent again, alone. */
  | 'again'
  | 'dead';

interface ConversationQueue {
  readonly conversation: string;
  /** In the order in which they must be accepted. */
  readonly entries: OutboxEntry[];
  inFlight: boolean;
  /** Monotonic time before which nothing of it is sent, because the cloud refused its first entry for now. */
  heldUntil: MonotonicMs | undefined;
  /** Refusals in a row that may pass. */
  tries: number;
  /** The first entry makes whole requests fail, perhaps: it goes in one of its own. */
  alone: boolean;
  /** Time of the newest accepted event, once one was accepted before its turn; else 0. */
  accepted: WallMs;
}

/** Of a conversation of which nothing was accepted before its turn. */
const none = wallMs(0);
/** Sendings alone of an event that may have been accepted before; then it is taken to be refused. */
const mostAlone = 5;
/** Room for what stands around the events of a request. */
const frameBytes = 1_024;

export class SendQueue {
  readonly #conversations = new Map<string, ConversationQueue>();
  /** Those that may be sent from, longest wait first. */
  readonly #ready = new Set<ConversationQueue>();
  /** Those that wait after a refusal. */
  readonly #held = new Set<ConversationQueue>();
  /** Those whose first event waits for another conversation, by that one. */
  readonly #parked = new Map<string, Set<ConversationQueue>>();
  /** By conversation: leg → ID of the dead letter that holds its events. */
  readonly #deadLegs = new Map<string, Map<string, string>>();
  /** IDs of entries that may have been accepted; whether that follows from more than a 500. */
  readonly #unsure = new Map<string, boolean>();
  /** What is known of the times of conversations of which nothing waits at present. */
  readonly #accepted = new Map<string, WallMs>();
  #size = 0;

  /** @param deadLegs as they are stored, field by field */
  constructor(deadLegs: Readonly<Record<string, string>> = {}) {
    for (const [field, letter] of Object.entries(deadLegs)) {
      const parts = readDeadLegField(field);
      if (parts !== undefined) this.#markDead(parts[0], parts[1], letter);
    }
  }

  /** Entries of all conversations. */
  get size(): number {
    return this.#size;
  }

  get hasReady(): boolean {
    return this.#ready.size > 0;
  }

  /** Monotonic time at which the first of the conversations that wait may go on. */
  get nextRelease(): MonotonicMs | undefined {
    let next: MonotonicMs | undefined;
    for (const { heldUntil } of this.#held)
      if (heldUntil !== undefined && (next === undefined || heldUntil < next)) next = heldUntil;
    return next;
  }

  /** Entries behind one that was refused for the time being. */
  get heldBack(): number {
    let count = 0;
    for (const { entries } of this.#held) count += entries.length;
    return count;
  }

  /** Wall time at which the oldest entry was received. */
  get oldest(): WallMs | undefined {
    let oldest: WallMs | undefined;
    for (const { entries } of this.#conversations.values()) {
      const received = entries[0]?.received;
      if (received !== undefined && (oldest === undefined || received < oldest)) oldest = received;
    }
    return oldest;
  }

  /** Whether an entry of the conversation is here. */
  waits(conversation: string): boolean {
    return this.#conversations.has(conversation);
  }

  /** The dead letter to which the entry belongs, because the cloud refused to establish a leg of it. */
  letterOf({ conversation, legs }: OutboxEntry): string | undefined {
    const dead = this.#deadLegs.get(conversation);
    if (dead === undefined) return undefined;
    for (const leg of legs) {
      const letter = dead.get(leg);
      if (letter !== undefined) return letter;
    }
    return undefined;
  }

  /**
   * Takes an entry in, in the order of the out-stream; not one that has a {@link letterOf}.
   * @param o `sent`: it may have been sent already; `floor`: time of what was accepted although it comes later
   */
  add(
    entry: OutboxEntry,
    o: { readonly sent?: boolean | undefined; readonly floor?: WallMs | undefined } = {},
  ): void {
    if (entry.repeat || o.sent === true) this.#unsure.set(entry.id, true);
    let queue = this.#conversations.get(entry.conversation);
    if (queue === undefined) {
      queue = {
        conversation: entry.conversation,
        entries: [],
        inFlight: false,
        heldUntil: undefined,
        tries: 0,
        alone: false,
        accepted: this.#accepted.get(entry.conversation) ?? none,
      };
      this.#conversations.set(entry.conversation, queue);
    }
    queue.entries.push(entry);
    if (o.floor !== undefined) queue.accepted = latest(queue.accepted, o.floor);
    this.#size++;
    if (queue.entries.length === 1 && !queue.inFlight) this.#ready.add(queue);
  }

  /** Makes ready what waited until `now`. */
  release(now: MonotonicMs): void {
    for (const queue of this.#held)
      if ((queue.heldUntil ?? now) <= now) {
        queue.heldUntil = undefined;
        this.#held.delete(queue);
        this.#ready.add(queue);
      }
  }

  /** The next request: its conversations are in flight until {@link finish}. */
  take(limits: BatchLimits): OutboxEntry[] {
    const batch: OutboxEntry[] = [];
    let bytes = frameBytes;
    for (const queue of this.#ready) {
      if (queue.alone && batch.length > 0) continue;
      let taken = 0;
      moveForward(queue);
      for (const entry of queue.entries) {
        if (this.#mustWait(entry)) {
          if (taken === 0) this.#park(queue, entry);
          break;
        }
        if (taken >= limits.ofConversation || batch.length >= limits.events) break;
        if (bytes + entry.bytes > limits.bytes && batch.length > 0) return batch;
        batch.push(entry);
        bytes += entry.bytes;
        taken++;
        queue.inFlight = true;
        this.#ready.delete(queue);
        if (queue.alone) return batch;
      }
      if (batch.length >= limits.events) break;
    }
    return batch;
  }

  /** Of a part of the batch, what may go now: nothing that overtakes an entry before it, nothing that is dealt with. */
  sendable(part: readonly OutboxEntry[]): OutboxEntry[] {
    const counts = new Map<ConversationQueue, number>();
    return part.filter((entry) => {
      const queue = this.#conversations.get(entry.conversation);
      if (queue === undefined || queue.heldUntil !== undefined) return false;
      const count = counts.get(queue) ?? 0;
      if (queue.entries[count] !== entry) return false;
      counts.set(queue, count + 1);
      return true;
    });
  }

  /** The cloud has it. */
  accepted(entry: OutboxEntry): void {
    const queue = this.#conversations.get(entry.conversation);
    const index = queue?.entries.indexOf(entry) ?? -1;
    if (queue === undefined || index < 0) return;
    this.#remove(queue, entry);
    if (index === 0) {
      queue.tries = 0;
      queue.alone = false;
    }
    if (index > 0 || queue.accepted > 0) queue.accepted = latest(queue.accepted, entry.at);
  }

  /** What was overtaken in a conversation: ID of its first entry, and the time that it has to be after. */
  overtaken(conversation: string): readonly [string, WallMs] | undefined {
    const queue = this.#conversations.get(conversation);
    const next = queue?.entries[0];
    if (queue === undefined || next === undefined || queue.accepted === 0) return undefined;
    return [next.id, queue.accepted];
  }

  /** Whether it is not dealt with. */
  has(entry: OutboxEntry): boolean {
    return this.#conversations.get(entry.conversation)?.entries.includes(entry) ?? false;
  }

  /** It may have been accepted. `lost`: more than a 500 says so. */
  unknown(entry: OutboxEntry, lost: boolean): void {
    this.#unsure.set(entry.id, lost || this.#unsure.get(entry.id) === true);
  }

  /** Those of the entries that wait, and of which it is certain that the cloud does not have them. */
  unsent(entries: readonly OutboxEntry[]): OutboxEntry[] {
    return entries.filter((entry) => !this.#unsure.has(entry.id) && this.has(entry));
  }

  /**
   * What it means that the cloud refused it for good.
   * @param whole how its whole request was refused, in which it stood alone; undefined: by the answer to the event
   */
  judge(entry: OutboxEntry, whole: 'invalid' | 'server-error' | undefined): Judgement {
    const queue = this.#conversations.get(entry.conversation);
    if (queue?.heldUntil !== undefined) return 'waits';
    const lost = this.#unsure.get(entry.id);
    if (lost === undefined) return 'dead';
    if (whole === undefined) return 'repeated';
    // An event that is always answered with 500 would else never be given up.
    if (whole === 'server-error' && !lost) return 'dead';
    return (queue?.tries ?? 0) < mostAlone ? 'again' : 'dead';
  }

  /** Refusals for now in a row of a conversation's first entry. */
  tries(conversation: string): number {
    return this.#conversations.get(conversation)?.tries ?? 0;
  }

  /** Whether an entry of the conversation was refused for now since it was taken. */
  isHeld(conversation: string): boolean {
    return this.#conversations.get(conversation)?.heldUntil !== undefined;
  }

  /** It is sent again, not before the monotonic time `until`; what follows in its conversation waits for it. */
  later(entry: OutboxEntry, until: MonotonicMs, o: { readonly alone?: boolean } = {}): void {
    const queue = this.#conversations.get(entry.conversation);
    if (queue === undefined) return;
    queue.heldUntil = until;
    queue.tries++;
    queue.alone = o.alone ?? false;
  }

  /**
   * The cloud will never have it. A refused establishment takes its leg along.
   * @param letter ID of the dead letter that holds it
   * @returns what leaves the queue with it: the entry, then those of its leg; and the field of the dead leg, if one is
   */
  dead(
    entry: OutboxEntry,
    letter: string,
  ): { readonly entries: readonly OutboxEntry[]; readonly deadLeg: string | undefined } {
    const queue = this.#conversations.get(entry.conversation);
    const [leg] = entry.legs;
    if (queue !== undefined) {
      queue.tries = 0;
      queue.alone = false;
      this.#remove(queue, entry);
    }
    if (!entry.establishes || leg === undefined) {
      this.#markDead(entry.conversation, noLeg, letter);
      return { entries: [entry], deadLeg: undefined };
    }
    this.#markDead(entry.conversation, leg, letter);
    const others = queue?.entries.filter((other) => this.letterOf(other) !== undefined) ?? [];
    for (const other of others) if (queue !== undefined) this.#remove(queue, other);
    return { entries: [entry, ...others], deadLeg: deadLegField(entry.conversation, leg) };
  }

  /** The request that was made of this batch is over, however it ended: what is left of it waits for its next turn. */
  finish(batch: readonly OutboxEntry[]): void {
    for (const conversation of new Set(batch.map((entry) => entry.conversation))) {
      const queue = this.#conversations.get(conversation);
      if (queue !== undefined) {
        queue.inFlight = false;
        if (queue.entries.length === 0) {
          this.#conversations.delete(conversation);
          if (queue.accepted > 0) this.#accepted.set(conversation, queue.accepted);
        } else if (queue.heldUntil === undefined) this.#ready.add(queue);
        else this.#held.add(queue);
      }
      for (const parked of this.#parked.get(conversation) ?? []) this.#ready.add(parked);
      this.#parked.delete(conversation);
    }
  }

  /** All that waits, in the order of the out-stream. */
  get all(): OutboxEntry[] {
    return [...this.#conversations.values()]
      .flatMap(({ entries }) => entries)
      .toSorted((one, other) => (isBefore(one.id, other.id) ? -1 : 1));
  }

  /** Marks of what waits, by ID: a time that it has to be after, else that it may have been accepted. */
  get marks(): ReadonlyMap<string, string> {
    const marks = new Map<string, string>();
    for (const id of this.#unsure.keys()) marks.set(id, '1');
    for (const { conversation, entries, inFlight } of this.#conversations.values()) {
      if (inFlight) for (const { id } of entries) marks.set(id, '1');
      const floor = this.overtaken(conversation);
      if (floor !== undefined) marks.set(floor[0], String(floor[1]));
    }
    return marks;
  }

  /** Dead legs as they are stored, field by field. */
  get deadLegs(): Record<string, string> {
    return Object.fromEntries(
      [...this.#deadLegs].flatMap(([conversation, legs]) =>
        [...legs].map(([leg, letter]) => [deadLegField(conversation, leg), letter] as const),
      ),
    );
  }

  /** Fields under which the dead legs of a conversation are stored. */
  deadLegFields(conversation: string): string[] {
    return [...(this.#deadLegs.get(conversation)?.keys() ?? [])].map((leg) =>
      deadLegField(conversation, leg),
    );
  }

  /** The conversation is no longer stored. */
  forget(conversation: string): void {
    this.#deadLegs.delete(conversation);
    this.#accepted.delete(conversation);
  }

  /** The dead letter of the leg is sent again: its events go to the cloud from now on. */
  revive(conversation: string, leg: string): void {
    this.#deadLegs.get(conversation)?.delete(leg);
  }

  #remove(queue: ConversationQueue, entry: OutboxEntry): void {
    const index = queue.entries.indexOf(entry);
    if (index < 0) return;
    queue.entries.splice(index, 1);
    this.#size--;
    this.#unsure.delete(entry.id);
  }

  #markDead(conversation: string, leg: string, letter: string): void {
    const legs = this.#deadLegs.get(conversation) ?? new Map<string, string>();
    this.#deadLegs.set(conversation, legs.set(leg, letter));
  }

  /** An event that names another conversation comes after what was sent of that one before. */
  #mustWait(entry: OutboxEntry): boolean {
    const first = entry.after === undefined ? undefined : this.#conversations.get(entry.after)?.entries[0];
    return first !== undefined && isBefore(first.id, entry.id);
  }

  #park(queue: ConversationQueue, { after = '' }: OutboxEntry): void {
    this.#ready.delete(queue);
    this.#parked.set(after, (this.#parked.get(after) ?? new Set<ConversationQueue>()).add(queue));
  }
}

/** Times rise within a conversation: what is sent again after something later was accepted gets a later time. */
function moveForward(queue: ConversationQueue): void {
  if (queue.accepted === 0) return;
  let last = queue.accepted;
  for (const [index, entry] of queue.entries.entries()) {
    last = latest(laterBy(last, 1), entry.at);
    if (last === entry.at) continue;
    const { kind, event } = entry.event;
    const moved = { kind, event: { ...event, eventDateTime: toEventTime(last) } } as ConversationEvent;
    queue.entries[index] = { ...entry, at: last, event: moved };
  }
}

/** Whether an ID of the out-stream is older than another one. */
function isBefore(one: string, other: string): boolean {
  const [a = 0, b = 0] = one.split('-').map(Number);
  const [c = 0, d = 0] = other.split('-').map(Number);
  return a < c || (a === c && b < d);
}
