/** Routing skills: objects with a unique name that can never be renamed. */
import { randomUUID } from 'node:crypto';
import { ApiError } from '../api-error.ts';
import type { Visibility } from './visibility.ts';

export interface CloudSkill {
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'deleted';
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  readonly divisionId: string;
  readonly visibleFrom: number;
}

export interface SkillStoreOptions {
  readonly conflictStatus: () => number;
  readonly visibility: Visibility;
  readonly homeDivisionId: string;
}

export class SkillStore {
  readonly #skills = new Map<string, CloudSkill>();
  readonly #byName = new Map<string, string>();
  readonly #options: SkillStoreOptions;

  constructor(options: SkillStoreOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#skills.size;
  }

  /** Also a deleted or not yet visible one. */
  get(id: string): CloudSkill | undefined {
    return this.#skills.get(id);
  }

  isActive(id: string): boolean {
    return this.#skills.get(id)?.state === 'active';
  }

  all(): IterableIterator<CloudSkill> {
    return this.#skills.values();
  }

  /** The active one of that name, in any case. */
  byName(name: string): CloudSkill | undefined {
    return this.#skills.get(this.#byName.get(name.toLowerCase()) ?? '');
  }

  /** Names that differ only in case are the same name. Raises `general.conflict`. */
  create(name: string, divisionId?: string): CloudSkill {
    const { conflictStatus, visibility, homeDivisionId } = this.#options;
    if (this.#byName.has(name.toLowerCase()))
      throw new ApiError(conflictStatus(), 'general.conflict', `A skill named ${name} already exists.`);
    const id = randomUUID();
    const created: CloudSkill = {
      id,
      name,
      state: 'active',
      modifiedAt: visibility.now(),
      divisionId: divisionId ?? homeDivisionId,
      visibleFrom: visibility.from(id),
    };
    this.#skills.set(id, created);
    this.#byName.set(name.toLowerCase(), id);
    return created;
  }

  /** Marks it deleted and frees its name; false when there is no active one. */
  remove(id: string): boolean {
    const skill = this.#skills.get(id);
    if (skill === undefined || skill.state === 'deleted') return false;
    this.#skills.set(id, { ...skill, state: 'deleted', modifiedAt: this.#options.visibility.now() });
    this.#byName.delete(skill.name.toLowerCase());
    return true;
  }
}
