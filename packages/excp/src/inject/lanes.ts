/** The order of sending: one lane for each conversation, its events in order, one request at a time. */
import { type ConversationEvent, toEventTime } from '@exec/common/genesys-cloud';
import type { OutEntry } from './out-entry.ts';

interface Lane {
  readonly conversation: string;
  /** In the order in which they must be accepted. */
  readonly entries: OutEntry[];
  inFlight: boolean;
  /** Monotonic time (ms) before which nothing of it is sent. */
  notBefore: number;
  /** Refusals in a row that may pass. */
  tries: number;
  /** Time of the newest accepted event, when one that was before it is sent again. */
  accepted: number;
}

export interface BatchLimits {
  readonly events: number;
  readonly bytes: number;
  /** Events of one conversation in a request. */
  readonly ofLane: number;
}

export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  /** Lanes that may be sent from, longest wait first. */
  readonly #ready = new Set<Lane>();
  /** Lanes that wait after a refusal. */
  readonly #held = new Set<Lane>();
  /** Lanes whose first event waits for another conversation, by that one. */
  readonly #parked = new Map<string, Set<Lane>>();
  #size = 0;

  /** Events in all lanes. */
  get size(): number {
    return this.#size;
  }

  get hasReady(): boolean {
    return this.#ready.size > 0;
  }

  /** Earliest time at which a held-back lane may go on. */
  get nextRelease(): number | undefined {
    let next: number | undefined;
    for (const lane of this.#held) if (next === undefined || lane.notBefore < next) next = lane.notBefore;
    return next;
  }

  /** Events behind one that was refused for the time being. */
  get heldBack(): number {
    let count = 0;
    for (const lane of this.#held) count += lane.entries.length;
    return count;
  }

  /** Wall time (ms) at which the oldest event was received. */
  get oldest(): number | undefined {
    let oldest: number | undefined;
    for (const lane of this.#lanes.values()) {
      const received = lane.entries[0]?.received;
      if (received !== undefined && (oldest === undefined || received < oldest)) oldest = received;
    }
    return oldest;
  }

  add(entry: OutEntry): void {
    let lane = this.#lanes.get(entry.conversation);
    if (lane === undefined) {
      lane = {
        conversation: entry.conversation,
        entries: [],
        inFlight: false,
        notBefore: 0,
        tries: 0,
        accepted: 0,
      };
      this.#lanes.set(entry.conversation, lane);
    }
    lane.entries.push(entry);
    this.#size++;
    if (lane.entries.length === 1 && !lane.inFlight) this.#ready.add(lane);
  }

  /** Makes lanes ready whose time has come. */
  release(now: number): void {
    for (const lane of this.#held)
      if (lane.notBefore <= now) {
        this.#held.delete(lane);
        this.#ready.add(lane);
      }
  }

  /** Takes the next request: its lanes are in flight until {@link settle}. */
  take(limits: BatchLimits): OutEntry[] {
    const batch: OutEntry[] = [];
    let bytes = 1_024;
    for (const lane of this.#ready) {
      let taken = 0;
      moveForward(lane);
      for (const entry of lane.entries) {
        if (this.#mustWait(entry)) {
          if (taken === 0) this.#park(lane, entry);
          break;
        }
        if (taken >= limits.ofLane || batch.length >= limits.events) break;
        if (bytes + entry.bytes > limits.bytes && batch.length > 0) return batch;
        batch.push(entry);
        bytes += entry.bytes;
        taken++;
        lane.inFlight = true;
        this.#ready.delete(lane);
      }
      if (batch.length >= limits.events) break;
    }
    return batch;
  }

  /** Refusals in a row of a conversation's first event. */
  tries(conversation: string): number {
    return this.#lanes.get(conversation)?.tries ?? 0;
  }

  /**
   * The request is settled; `gone`: what is dealt with. `hold`: the rest is held back until then, and what was
   * accepted although it came later has this time.
   */
  settle(
    conversation: string,
    gone: ReadonlySet<OutEntry>,
    hold?: { readonly until: number; readonly accepted: number },
  ): void {
    const lane = this.#lanes.get(conversation);
    if (lane === undefined) return;
    const before = lane.entries.length;
    if (gone.size > 0) lane.entries.splice(0, before, ...lane.entries.filter((entry) => !gone.has(entry)));
    this.#size -= before - lane.entries.length;
    lane.inFlight = false;
    if (hold === undefined) {
      lane.tries = 0;
      lane.notBefore = 0;
    } else {
      lane.tries++;
      lane.notBefore = hold.until;
      lane.accepted = Math.max(lane.accepted, hold.accepted);
    }
    if (lane.entries.length === 0) this.#lanes.delete(conversation);
    else if (hold === undefined) this.#ready.add(lane);
    else this.#held.add(lane);
    this.#unpark(conversation);
  }

  /** The request came to nothing: the lanes are as before. */
  giveBack(conversations: Iterable<string>): void {
    for (const conversation of conversations) {
      const lane = this.#lanes.get(conversation);
      if (lane === undefined) continue;
      lane.inFlight = false;
      if (lane.entries.length > 0) this.#ready.add(lane);
    }
  }

  /** Events of a conversation that have not been settled, in order. */
  entries(conversation: string): readonly OutEntry[] {
    return this.#lanes.get(conversation)?.entries ?? [];
  }

  /** An event that names another conversation comes after what was told of that one before. */
  #mustWait(entry: OutEntry): boolean {
    const first = entry.after === undefined ? undefined : this.#lanes.get(entry.after)?.entries[0];
    return first !== undefined && isBefore(first.id, entry.id);
  }

  #park(lane: Lane, entry: OutEntry): void {
    const target = entry.after ?? '';
    this.#ready.delete(lane);
    this.#parked.set(target, (this.#parked.get(target) ?? new Set<Lane>()).add(lane));
  }

  #unpark(conversation: string): void {
    const parked = this.#parked.get(conversation);
    this.#parked.delete(conversation);
    for (const lane of parked ?? []) this.#ready.add(lane);
  }

  clear(): void {
    this.#lanes.clear();
    this.#ready.clear();
    this.#held.clear();
    this.#parked.clear();
    this.#size = 0;
  }
}

/** Times rise within a conversation: what is sent again after something later was accepted gets a later time. */
function moveForward(lane: Lane): void {
  if (lane.accepted === 0) return;
  let last = lane.accepted;
  for (const [index, entry] of lane.entries.entries()) {
    last = Math.max(last + 1, entry.at);
    if (last === entry.at) continue;
    const { kind, event } = entry.event;
    const moved = { kind, event: { ...event, eventDateTime: toEventTime(last) } } as ConversationEvent;
    lane.entries[index] = { ...entry, at: last, event: moved };
  }
}

/** Whether an ID of the out-stream is older than another one. */
function isBefore(one: string, other: string): boolean {
  const [a = 0, b = 0] = one.split('-').map(Number);
  const [c = 0, d = 0] = other.split('-').map(Number);
  return a < c || (a === c && b < d);
}
