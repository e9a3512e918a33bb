/** External identities of users: the tie between an Engage person and a cloud user. */
import { z } from 'zod';
import type { CloudUserId } from '../../ids.ts';
import { type Caller, type CallOptions, operation } from '../call.ts';
import { isNotFound } from '../errors.ts';
import { type User, type UserExpand, user } from './user-schemas.ts';

const externalId = z.looseObject({ authorityName: z.string(), externalKey: z.string() });

/** A key of a user at an authority; both are case-sensitive. */
export interface ExternalId {
  readonly authorityName: string;
  readonly externalKey: string;
}

const find = operation({
  name: 'getUsersExternalidAuthorityNameExternalKey',
  method: 'GET',
  path: '/users/externalid/{authorityName}/{externalKey}',
  answer: user,
});
const list = operation({
  name: 'getUserExternalid',
  method: 'GET',
  path: '/users/{userId}/externalid',
  answer: z.array(externalId),
});
// The public definition declares an array as answer, Genesys' own client decodes an object: it is ignored.
const add = operation({ name: 'postUserExternalid', method: 'POST', path: '/users/{userId}/externalid' });
const remove = operation({
  name: 'deleteUserExternalidAuthorityNameExternalKey',
  method: 'DELETE',
  path: '/users/{userId}/externalid/{authorityName}/{externalKey}',
});

export class ExternalIdOperations {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /**
   * The user with that identity, or undefined.
   * @throws CloudError: any answer of the cloud but 404
   */
  async find(
    id: ExternalId,
    options: CallOptions & { readonly expand?: readonly UserExpand[] } = {},
  ): Promise<User | undefined> {
    const path = { authorityName: id.authorityName, externalKey: id.externalKey };
    try {
      return await this.#caller.call(find, { path, query: { expand: options.expand } }, options);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async list(userId: CloudUserId, options?: CallOptions): Promise<ExternalId[]> {
    return await this.#caller.call(list, { path: { userId } }, options);
  }

  /**
   * Adds an identity; there is no change, only remove and add.
   * @throws CloudError `cloud.conflict` if a user has it (isExternalIdConflict);
   *   `cloud.outcome-unknown` if the answer was lost: look with `find`
   */
  async add(userId: CloudUserId, id: ExternalId, options?: CallOptions): Promise<void> {
    const body = { authorityName: id.authorityName, externalKey: id.externalKey };
    await this.#caller.call(add, { path: { userId }, body }, options);
  }

  /** @throws CloudError `cloud.not-found` if the user does not have it */
  async remove(userId: CloudUserId, id: ExternalId, options?: CallOptions): Promise<void> {
    const path = { userId, authorityName: id.authorityName, externalKey: id.externalKey };
    await this.#caller.call(remove, { path }, options);
  }
}
