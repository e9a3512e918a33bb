/** Roles, who holds them in which division, and the home division. */
import { z } from 'zod';
import type { CloudUserId } from '../../ids.ts';
import { type Caller, type CallOptions, operation } from '../call.ts';
import type { Listing } from '../listing.ts';
import { byPageNumber, type ListOptions, listOperation } from '../paged.ts';
import { division, userId } from './schemas.ts';
import { checked } from './sending.ts';

const role = z.looseObject({
  id: z.string().min(1),
  name: z.string().optional(),
  defaultRoleId: z.string().optional(),
});
export type Role = z.output<typeof role>;

const homeDivision = z.looseObject({ id: z.string().min(1), name: z.string().optional() });
export type HomeDivision = z.output<typeof homeDivision>;

const grant = z.looseObject({
  /** The holder; differs from the subject asked for when the grant is inherited, for example from a group. */
  subjectId: z.string().optional(),
  division: division.optional(),
  role: z.looseObject({ id: z.string().optional(), name: z.string().optional() }).optional(),
});
const subject = z.looseObject({ id: z.string().optional(), grants: z.array(grant).optional() });
export type Subject = z.output<typeof subject>;
export type Grant = z.output<typeof grant>;

const roleUser = z.looseObject({ id: userId });
export type RoleUser = z.output<typeof roleUser>;

const subjectGrants = z.looseObject({
  id: z.string().min(1),
  /** `PC_USER` for users. */
  type: z.string().optional(),
  divisions: z.array(division).optional(),
});
export type SubjectGrants = z.output<typeof subjectGrants>;

const pairs = z.strictObject({
  grants: z.array(z.strictObject({ roleId: z.string().min(1), divisionId: z.string().min(1) })).min(1),
});
export interface RoleDivision {
  readonly roleId: string;
  readonly divisionId: string;
}

const getRoles = listOperation('getAuthorizationRoles', '/authorization/roles', role);
const getHome = operation({
  name: 'getAuthorizationDivisionsHome',
  method: 'GET',
  path: '/authorization/divisions/home',
  answer: homeDivision,
});
const getSubject = operation({
  name: 'getAuthorizationSubject',
  method: 'GET',
  path: '/authorization/subjects/{subjectId}',
  answer: subject,
});
const bulkAdd = operation({
  name: 'postAuthorizationSubjectBulkadd',
  method: 'POST',
  path: '/authorization/subjects/{subjectId}/bulkadd',
  repeatable: true,
});
const bulkRemove = operation({
  name: 'postAuthorizationSubjectBulkremove',
  method: 'POST',
  path: '/authorization/subjects/{subjectId}/bulkremove',
  repeatable: true,
});
const deleteGrant = operation({
  name: 'deleteAuthorizationSubjectDivisionRole',
  method: 'DELETE',
  path: '/authorization/subjects/{subjectId}/divisions/{divisionId}/roles/{roleId}',
});
const getRoleUsers = listOperation(
  'getAuthorizationRoleUsers',
  '/authorization/roles/{roleId}/users',
  roleUser,
);
const getRoleGrants = listOperation(
  'getAuthorizationRoleSubjectgrants',
  '/authorization/roles/{roleId}/subjectgrants',
  subjectGrants,
);

export class AuthorizationOperations {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Roles; `name` filters loosely, so compare. */
  roles(options: ListOptions & { readonly name?: string } = {}): Listing<Role> {
    return byPageNumber({
      caller: this.#caller,
      operation: getRoles,
      // Counting the users of each role is slow and not needed.
      parts: { query: { name: options.name, userCount: false } },
      options,
      pageSize: 100,
      idOf: (r) => r.id,
    });
  }

  /** The role of exactly that name; letter case counts only if two roles differ in nothing else. */
  async roleByName(name: string, options?: CallOptions): Promise<Role | undefined> {
    const found = await this.roles({ ...options, name }).toArray();
    const exact = found.find((candidate) => candidate.name === name);
    return exact ?? found.find((candidate) => candidate.name?.toLowerCase() === name.toLowerCase());
  }

  homeDivision(options?: CallOptions): Promise<HomeDivision> {
    return this.#caller.call(getHome, {}, options);
  }

  /** Grants of a subject, inherited ones included: keep those whose `subjectId` is the subject. */
  subject(id: CloudUserId, options?: CallOptions): Promise<Subject> {
    return this.#caller.call(getSubject, { path: { subjectId: id } }, options);
  }

  /** Grants roles; those granted already stay. A new role may be not-found for some seconds. */
  async bulkAdd(id: CloudUserId, grants: readonly RoleDivision[], options?: CallOptions): Promise<void> {
    const parts = { path: { subjectId: id }, body: checked(pairs, { grants }, bulkAdd.name) };
    await this.#caller.call(bulkAdd, parts, options);
  }

  /** Revokes roles; fails as a whole when one role or division is gone (then use `removeGrant`). */
  async bulkRemove(id: CloudUserId, grants: readonly RoleDivision[], options?: CallOptions): Promise<void> {
    const parts = { path: { subjectId: id }, body: checked(pairs, { grants }, bulkRemove.name) };
    await this.#caller.call(bulkRemove, parts, options);
  }

  /** Revokes one role in one division. */
  async removeGrant(id: CloudUserId, grant: RoleDivision, options?: CallOptions): Promise<void> {
    const path = { subjectId: id, divisionId: grant.divisionId, roleId: grant.roleId };
    await this.#caller.call(deleteGrant, { path }, options);
  }

  /** Users that hold a role, in whatever division. */
  roleUsers(roleId: string, options?: ListOptions): Listing<RoleUser> {
    return byPageNumber({
      caller: this.#caller,
      operation: getRoleUsers,
      parts: { path: { roleId } },
      options,
      pageSize: 100,
      idOf: (u) => u.id,
    });
  }

  /** Subjects that hold a role, with the divisions. */
  roleSubjectGrants(roleId: string, options?: ListOptions): Listing<SubjectGrants> {
    return byPageNumber({
      caller: this.#caller,
      operation: getRoleGrants,
      parts: { path: { roleId } },
      options,
      pageSize: 100,
      idOf: (s) => s.id,
    });
  }
}
