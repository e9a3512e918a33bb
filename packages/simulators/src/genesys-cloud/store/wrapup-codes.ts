/** The wrap-up codes of the organisation. */
import { randomUUID } from 'node:crypto';
import { ApiError } from '../api-error.ts';
import type { Visibility } from './visibility.ts';

export interface CloudWrapupCode {
  readonly id: string;
  readonly name: string;
  /** `*` stands for all divisions. */
  readonly divisionId: string;
  readonly description?: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly visibleFrom: number;
}

export class WrapupCodeStore {
  readonly #codes = new Map<string, CloudWrapupCode>();
  readonly #byName = new Map<string, string>();
  readonly #visibility: Visibility;
  readonly #homeDivisionId: string;

  constructor(visibility: Visibility, homeDivisionId: string) {
    this.#visibility = visibility;
    this.#homeDivisionId = homeDivisionId;
  }

  get size(): number {
    return this.#codes.size;
  }

  get(id: string): CloudWrapupCode | undefined {
    return this.#codes.get(id);
  }

  all(): IterableIterator<CloudWrapupCode> {
    return this.#codes.values();
  }

  /** Any case. */
  byName(name: string): CloudWrapupCode | undefined {
    return this.#codes.get(this.#byName.get(name.toLowerCase()) ?? '');
  }

  create(code: {
    readonly name: string;
    readonly divisionId?: string;
    readonly description?: string;
  }): CloudWrapupCode {
    this.#refuseTakenName(code.name, undefined);
    const id = randomUUID();
    const now = this.#visibility.now();
    const created: CloudWrapupCode = {
      id,
      name: code.name,
      divisionId: code.divisionId ?? this.#homeDivisionId,
      ...(code.description === undefined ? {} : { description: code.description }),
      createdAt: now,
      modifiedAt: now,
      visibleFrom: this.#visibility.from(id),
    };
    this.#codes.set(id, created);
    this.#byName.set(code.name.toLowerCase(), id);
    return created;
  }

  change(
    id: string,
    change: { readonly name?: string; readonly divisionId?: string; readonly description?: string },
  ): CloudWrapupCode {
    const before = this.#codes.get(id);
    if (before === undefined) throw unknownWrapupCode(id);
    if (change.name !== undefined && change.name.toLowerCase() !== before.name.toLowerCase()) {
      this.#refuseTakenName(change.name, id);
      this.#byName.delete(before.name.toLowerCase());
      this.#byName.set(change.name.toLowerCase(), id);
    }
    const after = { ...before, ...change, modifiedAt: this.#visibility.now() };
    this.#codes.set(id, after);
    return after;
  }

  /** False when there is none. */
  remove(id: string): boolean {
    const code = this.#codes.get(id);
    if (code === undefined) return false;
    this.#codes.delete(id);
    this.#byName.delete(code.name.toLowerCase());
    return true;
  }

  #refuseTakenName(name: string, except: string | undefined): void {
    const holder = this.#byName.get(name.toLowerCase());
    if (holder === undefined || holder === except) return;
    throw new ApiError(400, 'duplicate.name', `A wrap-up code named ${name} already exists.`);
  }
}

export function unknownWrapupCode(id: string): ApiError {
  return new ApiError(404, 'resource.not.found', `Unable to find wrap-up code ${id}.`);
}
