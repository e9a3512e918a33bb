/** Routing skills and languages: objects with a unique name that can never be renamed. */
import { randomUUID } from 'node:crypto';
import { ApiError } from '../api-error.ts';
import type { Visibility } from './visibility.ts';

export interface NamedObject {
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'deleted';
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  readonly divisionId: string;
  readonly visibleFrom: number;
}

export interface NamedStoreOptions {
  /** `skill` or `language`, for messages. */
  readonly what: string;
  readonly conflictStatus: () => number;
  readonly visibility: Visibility;
  readonly homeDivisionId: string;
}

export class NamedStore {
  readonly #objects = new Map<string, NamedObject>();
  readonly #byName = new Map<string, string>();
  readonly #options: NamedStoreOptions;

  constructor(options: NamedStoreOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Also a deleted or not yet visible one. */
  get(id: string): NamedObject | undefined {
    return this.#objects.get(id);
  }

  isActive(id: string): boolean {
    return this.#objects.get(id)?.state === 'active';
  }

  all(): IterableIterator<NamedObject> {
    return this.#objects.values();
  }

  /** The active one of that name, in any case. */
  byName(name: string): NamedObject | undefined {
    return this.#objects.get(this.#byName.get(name.toLowerCase()) ?? '');
  }

  /** Names that differ only in case are the same name. Raises `general.conflict`. */
  create(name: string, divisionId?: string): NamedObject {
    const { what, conflictStatus, visibility, homeDivisionId } = this.#options;
    if (this.#byName.has(name.toLowerCase()))
      throw new ApiError(conflictStatus(), 'general.conflict', `A ${what} named ${name} already exists.`);
    const id = randomUUID();
    const created: NamedObject = {
      id,
      name,
      state: 'active',
      modifiedAt: visibility.now(),
      divisionId: divisionId ?? homeDivisionId,
      visibleFrom: visibility.from(id),
    };
    this.#objects.set(id, created);
    this.#byName.set(name.toLowerCase(), id);
    return created;
  }

  /** Marks it deleted and frees its name; false when there is no active one. */
  remove(id: string): boolean {
    const object = this.#objects.get(id);
    if (object === undefined || object.state === 'deleted') return false;
    this.#objects.set(id, { ...object, state: 'deleted', modifiedAt: this.#options.visibility.now() });
    this.#byName.delete(object.name.toLowerCase());
    return true;
  }
}
