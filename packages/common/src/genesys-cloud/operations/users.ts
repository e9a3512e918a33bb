/** Users: find, create, change, deactivate; their skills; what the cloud shows of their state. */
import { z } from 'zod';
import type { CloudSkillId, CloudUserId } from '../../ids.ts';
import { type Caller, type CallOptions, operation } from '../call.ts';
import type { Listing } from '../listing.ts';
import { byCursor, byPageNumber, type ListOptions, listOperation } from '../paged.ts';
import { checked } from './sending.ts';
import { changeUser } from './user-change.ts';
import {
  type CloudRoutingStatus,
  type CreateUser,
  createUser,
  routingStatus,
  skillAssignment,
  type User,
  type UserChange,
  type UserExpand,
  type UserPatch,
  type UserSkill,
  type UserState,
  user,
  userPatch,
  userSkill,
} from './user-schemas.ts';

/** Largest page of users, as Genesys' Terraform provider uses it. */
const usersPageSize = 500;
/** Skills per bulk call. */
export const maxSkillsPerCall = 50;

const getUsers = listOperation('getUsers', '/users', user);
const getUsersQuery = listOperation('getUsersQuery', '/users/query', user);
const getUser = operation({ name: 'getUser', method: 'GET', path: '/users/{userId}', answer: user });
const postUsers = operation({ name: 'postUsers', method: 'POST', path: '/users', answer: user });
// The version in the body makes a repeat harmless: the second one is a version conflict.
const patchUser = operation({
  name: 'patchUser',
  method: 'PATCH',
  path: '/users/{userId}',
  repeatable: true,
  answer: user,
});
const postUsersSearch = operation({
  name: 'postUsersSearch',
  method: 'POST',
  path: '/users/search',
  repeatable: true,
  answer: z.looseObject({ results: z.array(user).optional(), total: z.number().optional() }),
});
const getUserRoutingskills = listOperation(
  'getUserRoutingskills',
  '/users/{userId}/routingskills',
  userSkill,
);
const putUserRoutingskillsBulk = operation({
  name: 'putUserRoutingskillsBulk',
  method: 'PUT',
  path: '/users/{userId}/routingskills/bulk',
});
const patchUserRoutingskillsBulk = operation({
  name: 'patchUserRoutingskillsBulk',
  method: 'PATCH',
  path: '/users/{userId}/routingskills/bulk',
  repeatable: true,
});
const deleteUserRoutingskill = operation({
  name: 'deleteUserRoutingskill',
  method: 'DELETE',
  path: '/users/{userId}/routingskills/{skillId}',
});
const getUserRoutingstatus = operation({
  name: 'getUserRoutingstatus',
  method: 'GET',
  path: '/users/{userId}/routingstatus',
  answer: routingStatus,
});

export interface UserListOptions extends ListOptions {
  /** Default `any`: the cloud by itself lists active users only. */
  readonly state?: UserState | 'any' | undefined;
  readonly expand?: readonly UserExpand[] | undefined;
}

export interface SkillAssignment {
  readonly id: CloudSkillId;
  /** 0.0 to 5.0 */
  readonly proficiency: number;
}

export class UserOperations {
  readonly #caller: Caller;
  readonly #sleep: (ms: number, signal?: AbortSignal) => Promise<void>;

  constructor(caller: Caller, sleep: (ms: number, signal?: AbortSignal) => Promise<void>) {
    this.#caller = caller;
    this.#sleep = sleep;
  }

  /** All users by page number. The cloud refuses pages beyond 10,000 users with `inactive`; then use `query`. */
  list(options: UserListOptions = {}): Listing<User> {
    const query = { state: options.state ?? 'any', expand: options.expand };
    return byPageNumber({
      caller: this.#caller,
      operation: getUsers,
      parts: { query },
      options,
      pageSize: usersPageSize,
      idOf: (u) => u.id,
    });
  }

  /** All users by cursor. The permission to view users must cover all divisions. */
  query(options: UserListOptions = {}): Listing<User> {
    const query = { state: options.state ?? 'any', expand: options.expand };
    return byCursor({
      caller: this.#caller,
      operation: getUsersQuery,
      parts: { query },
      options,
      pageSize: usersPageSize,
      idOf: (u) => u.id,
    });
  }

  /** One user. A deleted one is not found unless `state` is `deleted`. */
  get(
    id: CloudUserId,
    options: CallOptions & {
      readonly state?: 'active' | 'deleted';
      readonly expand?: readonly UserExpand[];
    } = {},
  ): Promise<User> {
    const query = { state: options.state, expand: options.expand };
    return this.#caller.call(getUser, { path: { userId: id }, query }, options);
  }

  /**
   * Creates a user; no invitation is sent.
   * @throws CloudError `cloud.conflict` if a user has the e-mail, also a deleted one (isDuplicate);
   *   `cloud.outcome-unknown` if the answer was lost: look the user up before the next try
   */
  create(body: CreateUser, options?: CallOptions): Promise<User> {
    return this.#caller.call(postUsers, { body: checked(createUser, body, postUsers.name) }, options);
  }

  /**
   * Changes a user that was read at `version`.
   * @throws CloudError `cloud.conflict` (isVersionConflict): read again and repeat, or use `change`
   */
  patch(id: CloudUserId, patch: UserPatch, options?: CallOptions): Promise<User> {
    const body = checked(userPatch, patch, patchUser.name);
    return this.#caller.call(patchUser, { path: { userId: id }, body }, options);
  }

  /**
   * Reads the user, asks `wanted` what to change, and changes it; after a version conflict again, up to ten
   * rounds. `wanted` answers undefined when nothing needs to be changed.
   * @param options.state read a deleted user too (to restore it)
   */
  change(
    id: CloudUserId,
    wanted: (current: User) => UserChange | undefined,
    options: CallOptions & { readonly state?: 'active' | 'deleted'; readonly known?: User } = {},
  ): Promise<User> {
    return changeUser({
      read: () => this.get(id, options),
      patch: (patch) => this.patch(id, patch, options),
      known: options.known,
      wanted,
      sleep: (ms) => this.#sleep(ms, options.signal),
    });
  }

  /** Users with that e-mail in the given states. Eventually consistent: not right after a write. */
  async findByEmail(
    email: string,
    states: readonly UserState[] = ['active', 'inactive', 'deleted'],
    options?: CallOptions,
  ): Promise<User[]> {
    const body = {
      pageSize: 25,
      pageNumber: 1,
      query: [
        { fields: ['email'], value: email, type: 'EXACT' },
        { fields: ['state'], values: [...states], type: 'EXACT' },
      ],
    };
    const found = await this.#caller.call(postUsersSearch, { body }, options);
    return found.results ?? [];
  }

  skills(id: CloudUserId, options?: ListOptions): Listing<UserSkill> {
    return byPageNumber({
      caller: this.#caller,
      operation: getUserRoutingskills,
      parts: { path: { userId: id } },
      options,
      pageSize: 100,
      idOf: (skill) => skill.id,
    });
  }

  /** Sets all skills of a user; the first 50 replace what is there, further ones are added. */
  async replaceSkills(
    id: CloudUserId,
    skills: readonly SkillAssignment[],
    options?: CallOptions,
  ): Promise<void> {
    const body = checked(z.array(skillAssignment), skills, putUserRoutingskillsBulk.name);
    const path = { userId: id };
    await this.#caller.call(
      putUserRoutingskillsBulk,
      { path, body: body.slice(0, maxSkillsPerCall) },
      options,
    );
    for (let start = maxSkillsPerCall; start < body.length; start += maxSkillsPerCall) {
      const part = body.slice(start, start + maxSkillsPerCall);
      await this.#caller.call(patchUserRoutingskillsBulk, { path, body: part }, options);
    }
  }

  /** Adds skills or changes their proficiency, 50 per request; others stay. */
  async addSkills(id: CloudUserId, skills: readonly SkillAssignment[], options?: CallOptions): Promise<void> {
    const body = checked(z.array(skillAssignment), skills, patchUserRoutingskillsBulk.name);
    for (let start = 0; start < body.length; start += maxSkillsPerCall) {
      const part = body.slice(start, start + maxSkillsPerCall);
      await this.#caller.call(patchUserRoutingskillsBulk, { path: { userId: id }, body: part }, options);
    }
  }

  async removeSkill(id: CloudUserId, skill: CloudSkillId, options?: CallOptions): Promise<void> {
    await this.#caller.call(deleteUserRoutingskill, { path: { userId: id, skillId: skill } }, options);
  }

  /** The routing status that the cloud shows. */
  routingStatus(id: CloudUserId, options?: CallOptions): Promise<CloudRoutingStatus> {
    return this.#caller.call(getUserRoutingstatus, { path: { userId: id } }, options);
  }
}
