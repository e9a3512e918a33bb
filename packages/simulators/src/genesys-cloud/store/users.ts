/** The users of the organisation, deleted ones included: e-mail addresses, versions, states, skills. */
import { randomUUID } from 'node:crypto';
import { ApiError } from '../api-error.ts';
import type { Quirks } from '../options.ts';
import { ExternalIds } from './external-ids.ts';
import type { Visibility } from './visibility.ts';

export type UserState = 'active' | 'inactive' | 'deleted';

export interface CloudUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly state: UserState;
  /** Goes up by one with every write to the user, skills included. */
  readonly version: number;
  readonly divisionId: string;
  /** Further fields of the user as they were written: title, department, addresses and so on. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Skill ID → proficiency. */
  readonly skills: ReadonlyMap<string, number>;
  /** Invitations sent. */
  readonly invitations: number;
  /** Monotonic time from which reads show it. */
  readonly visibleFrom: number;
  /** Monotonic time of the last write: the search is behind it. */
  readonly changedAt: number;
}

export interface NewUser {
  readonly name: string;
  readonly email: string;
  /** Default `inactive`, as the platform does when no invitation goes out. */
  readonly state?: UserState;
  readonly divisionId?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export type UserChange = Partial<
  Pick<CloudUser, 'name' | 'email' | 'state' | 'divisionId' | 'attributes' | 'skills' | 'invitations'>
>;

/** States of one user that the search may still have to catch up with. */
const maxHistory = 20;

export class UserStore {
  readonly externalIds = new ExternalIds();
  readonly #users = new Map<string, CloudUser>();
  readonly #byEmail = new Map<string, string>();
  /** Newer states that the search does not know yet, oldest first; the first one it may know. */
  readonly #history = new Map<string, CloudUser[]>();
  readonly #quirks: Quirks;
  readonly #visibility: Visibility;
  readonly #homeDivisionId: string;

  constructor(quirks: Quirks, visibility: Visibility, homeDivisionId: string) {
    this.#quirks = quirks;
    this.#visibility = visibility;
    this.#homeDivisionId = homeDivisionId;
  }

  get size(): number {
    return this.#users.size;
  }

  /** Also a deleted or not yet visible one. */
  get(id: string): CloudUser | undefined {
    return this.#users.get(id);
  }

  /** In the order of creation, deleted ones included. */
  all(): IterableIterator<CloudUser> {
    return this.#users.values();
  }

  /** Any case; deleted users hold their address. */
  byEmail(email: string): CloudUser | undefined {
    return this.#users.get(this.#byEmail.get(email.toLowerCase()) ?? '');
  }

  byExternalId(authorityName: string, externalKey: string): CloudUser | undefined {
    return this.#users.get(this.externalIds.owner(authorityName, externalKey) ?? '');
  }

  /** The users as the search knows them: behind by `searchDelayMs`. */
  *indexed(): IterableIterator<CloudUser> {
    for (const id of this.#users.keys()) {
      const known = this.#history.get(id)?.findLast((user) => this.#visibility.isSearchable(user.changedAt));
      if (known !== undefined) yield known;
    }
  }

  /** Raises `general.conflict` when the address is taken, also by a deleted user. */
  create(user: NewUser): CloudUser {
    this.#refuseTakenEmail(user.email, undefined);
    const id = randomUUID();
    const created: CloudUser = {
      id,
      name: user.name,
      email: user.email,
      state: user.state ?? 'inactive',
      version: 1,
      divisionId: user.divisionId ?? this.#homeDivisionId,
      attributes: user.attributes ?? {},
      skills: new Map(),
      invitations: 0,
      visibleFrom: this.#visibility.from(id),
      changedAt: this.#visibility.monotonic(),
    };
    this.#save(created);
    this.#byEmail.set(user.email.toLowerCase(), id);
    return created;
  }

  /** Writes the change and raises the version. The user must exist. */
  change(id: string, change: UserChange): CloudUser {
    const before = this.#users.get(id);
    if (before === undefined) throw unknownUser(id);
    if (change.email !== undefined && change.email.toLowerCase() !== before.email.toLowerCase()) {
      this.#refuseTakenEmail(change.email, id);
      this.#byEmail.delete(before.email.toLowerCase());
      this.#byEmail.set(change.email.toLowerCase(), id);
    }
    const after: CloudUser = {
      ...before,
      ...change,
      version: before.version + 1,
      changedAt: this.#visibility.monotonic(),
    };
    this.#save(after);
    return after;
  }

  #save(user: CloudUser): void {
    this.#users.set(user.id, user);
    const history = this.#history.get(user.id) ?? [];
    const known = history.findLastIndex((state) => this.#visibility.isSearchable(state.changedAt));
    this.#history.set(user.id, [...history.slice(Math.max(0, known)), user].slice(-maxHistory));
  }

  #refuseTakenEmail(email: string, except: string | undefined): void {
    const holder = this.#byEmail.get(email.toLowerCase());
    if (holder === undefined || holder === except) return;
    throw new ApiError(
      this.#quirks.duplicateStatus,
      'general.conflict',
      'The email address is already used by another user.',
    );
  }
}

export function unknownUser(id: string): ApiError {
  return new ApiError(404, 'general.resource.not.found', `Unable to find a user with id ${id}.`);
}
