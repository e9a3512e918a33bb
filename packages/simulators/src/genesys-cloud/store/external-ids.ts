/** External IDs of users: one user per authority and key, told apart by case. */
import { ApiError } from '../api-error.ts';

export interface ExternalId {
  readonly authorityName: string;
  readonly externalKey: string;
}

/** Source: published notes of the API; more than this per user is refused. */
const maxPerUser = 100;

export class ExternalIds {
  readonly #owners = new Map<string, string>();
  readonly #byUser = new Map<string, ExternalId[]>();

  of(userId: string): readonly ExternalId[] {
    return this.#byUser.get(userId) ?? [];
  }

  /** ID of the user that holds it. */
  owner(authorityName: string, externalKey: string): string | undefined {
    return this.#owners.get(keyOf(authorityName, externalKey));
  }

  /** Raises 409 `general.resource.conflict` when any user holds it already. */
  add(userId: string, id: ExternalId): void {
    const key = keyOf(id.authorityName, id.externalKey);
    if (this.#owners.has(key))
      throw new ApiError(409, 'general.resource.conflict', 'The external id is already in use.');
    const held = this.#byUser.get(userId) ?? [];
    if (held.length >= maxPerUser)
      throw new ApiError(400, 'general.bad.request', `A user has at most ${maxPerUser} external ids.`);
    this.#owners.set(key, userId);
    this.#byUser.set(userId, [...held, { authorityName: id.authorityName, externalKey: id.externalKey }]);
  }

  /** Whether the user held it. */
  remove(userId: string, authorityName: string, externalKey: string): boolean {
    const key = keyOf(authorityName, externalKey);
    if (this.#owners.get(key) !== userId) return false;
    this.#owners.delete(key);
    const rest = this.of(userId).filter(
      (held) => held.authorityName !== authorityName || held.externalKey !== externalKey,
    );
    if (rest.length === 0) this.#byUser.delete(userId);
    else this.#byUser.set(userId, rest);
    return true;
  }
}

function keyOf(authorityName: string, externalKey: string): string {
  return `${authorityName}\u0000${externalKey}`;
}
