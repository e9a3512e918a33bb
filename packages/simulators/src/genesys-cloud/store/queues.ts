/** Queues with their members and their wrap-up codes. */
import { randomUUID } from 'node:crypto';
import { ApiError } from '../api-error.ts';
import type { Quirks } from '../options.ts';
import { QueueMembers } from './queue-members.ts';
import type { Visibility } from './visibility.ts';

export interface CloudQueue {
  readonly id: string;
  readonly name: string;
  readonly divisionId: string;
  /** Further fields as they were written: description, peerId, acwSettings and so on. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly members: QueueMembers;
  /** Wrap-up code IDs that are attached. */
  readonly wrapupCodeIds: ReadonlySet<string>;
  readonly visibleFrom: number;
  /** Monotonic time from which it is gone. */
  readonly goneFrom?: number;
}

export interface NewQueue {
  readonly name: string;
  readonly divisionId?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export class QueueStore {
  readonly #queues = new Map<string, CloudQueue>();
  readonly #byName = new Map<string, string>();
  readonly #quirks: Quirks;
  readonly #visibility: Visibility;
  readonly #homeDivisionId: string;

  constructor(quirks: Quirks, visibility: Visibility, homeDivisionId: string) {
    this.#quirks = quirks;
    this.#visibility = visibility;
    this.#homeDivisionId = homeDivisionId;
  }

  /** Queues that are there, also when they do not show yet. */
  get size(): number {
    let count = 0;
    for (const _ of this.all()) count++;
    return count;
  }

  get(id: string): CloudQueue | undefined {
    const queue = this.#queues.get(id);
    return queue !== undefined && this.#isThere(queue) ? queue : undefined;
  }

  *all(): IterableIterator<CloudQueue> {
    for (const queue of this.#queues.values()) if (this.#isThere(queue)) yield queue;
  }

  /** Any case. */
  byName(name: string): CloudQueue | undefined {
    return this.get(this.#byName.get(name.toLowerCase()) ?? '');
  }

  create(queue: NewQueue): CloudQueue {
    this.#refuseTakenName(queue.name, undefined);
    const id = randomUUID();
    const now = this.#visibility.now();
    const created: CloudQueue = {
      id,
      name: queue.name,
      divisionId: queue.divisionId ?? this.#homeDivisionId,
      attributes: queue.attributes ?? {},
      createdAt: now,
      modifiedAt: now,
      members: new QueueMembers(id, this.#visibility),
      wrapupCodeIds: new Set(),
      visibleFrom: this.#visibility.from(id),
    };
    this.#queues.set(id, created);
    this.#byName.set(queue.name.toLowerCase(), id);
    return created;
  }

  /** The last write wins: queues have no version. */
  change(
    id: string,
    change: Partial<Pick<CloudQueue, 'name' | 'divisionId' | 'attributes' | 'wrapupCodeIds'>>,
  ): CloudQueue {
    const before = this.get(id);
    if (before === undefined) throw unknownQueue(id);
    if (change.name !== undefined && change.name.toLowerCase() !== before.name.toLowerCase()) {
      this.#refuseTakenName(change.name, id);
      this.#byName.delete(before.name.toLowerCase());
      this.#byName.set(change.name.toLowerCase(), id);
    }
    const after: CloudQueue = { ...before, ...change, modifiedAt: this.#visibility.now() };
    this.#queues.set(id, after);
    return after;
  }

  /** Takes effect after `queueDeleteDelayMs`; until then the queue is found as before. */
  remove(id: string): void {
    const queue = this.get(id);
    if (queue === undefined) throw unknownQueue(id);
    this.#queues.set(id, {
      ...queue,
      goneFrom: this.#visibility.monotonic() + this.#quirks.queueDeleteDelayMs,
    });
  }

  #isThere(queue: CloudQueue): boolean {
    return queue.goneFrom === undefined || !this.#visibility.isReached(queue.goneFrom);
  }

  #refuseTakenName(name: string, except: string | undefined): void {
    const holder = this.get(this.#byName.get(name.toLowerCase()) ?? '');
    if (holder === undefined || holder.id === except) return;
    throw new ApiError(400, 'duplicate.name', `A queue named ${name} already exists.`);
  }
}

export function unknownQueue(id: string): ApiError {
  return new ApiError(404, 'resource.not.found', `Unable to find queue ${id}.`);
}
