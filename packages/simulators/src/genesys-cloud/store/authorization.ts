/** Divisions, roles, and who holds which role in which division. */
import { randomUUID } from 'node:crypto';
import { ApiError } from '../api-error.ts';
import type { Visibility } from './visibility.ts';

export interface CloudDivision {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly home: boolean;
  readonly visibleFrom: number;
}

export interface CloudRole {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Internal ID of a built-in role. */
  readonly defaultRoleId?: string;
  readonly builtIn: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly visibleFrom: number;
}

export interface CloudGrant {
  readonly roleId: string;
  readonly divisionId: string;
  /** Milliseconds since 1970. */
  readonly grantedAt: number;
}

/** Roles that are there from the start. Names: published; `employee` is what every user gets. */
const builtInRoles: readonly { readonly name: string; readonly defaultRoleId: string }[] = [
  { name: 'admin', defaultRoleId: 'admin' },
  { name: 'Master Admin', defaultRoleId: 'masterAdmin' },
  { name: 'employee', defaultRoleId: 'employee' },
  { name: 'Supervisor', defaultRoleId: 'supervisor' },
  { name: 'Communicate - User', defaultRoleId: 'communicateUser' },
  { name: 'EX Integration', defaultRoleId: 'exIntegration' },
];

export class AuthorizationStore {
  readonly homeDivision: CloudDivision;
  readonly #divisions = new Map<string, CloudDivision>();
  readonly #roles = new Map<string, CloudRole>();
  readonly #grants = new Map<string, CloudGrant[]>();
  readonly #visibility: Visibility;

  constructor(visibility: Visibility) {
    this.#visibility = visibility;
    this.homeDivision = {
      id: randomUUID(),
      name: 'Home',
      description: 'Home division',
      home: true,
      visibleFrom: 0,
    };
    this.#divisions.set(this.homeDivision.id, this.homeDivision);
    for (const { name, defaultRoleId } of builtInRoles) {
      const id = randomUUID();
      this.#roles.set(id, {
        id,
        name,
        description: name,
        defaultRoleId,
        builtIn: true,
        attributes: {},
        visibleFrom: 0,
      });
    }
  }

  divisions(): IterableIterator<CloudDivision> {
    return this.#divisions.values();
  }

  division(id: string): CloudDivision | undefined {
    return this.#divisions.get(id);
  }

  createDivision(name: string, description: string): CloudDivision {
    for (const division of this.#divisions.values())
      if (division.name.toLowerCase() === name.toLowerCase())
        throw new ApiError(409, 'resource.already.exists', `A division named ${name} already exists.`);
    const id = randomUUID();
    const created = { id, name, description, home: false, visibleFrom: this.#visibility.from(id) };
    this.#divisions.set(id, created);
    return created;
  }

  roles(): IterableIterator<CloudRole> {
    return this.#roles.values();
  }

  role(id: string): CloudRole | undefined {
    return this.#roles.get(id);
  }

  /** Exact name. */
  roleByName(name: string): CloudRole | undefined {
    for (const role of this.#roles.values()) if (role.name === name) return role;
    return undefined;
  }

  createRole(role: Omit<CloudRole, 'id' | 'builtIn' | 'visibleFrom'>): CloudRole {
    const id = randomUUID();
    const created = { ...role, id, builtIn: false, visibleFrom: this.#visibility.from(id) };
    this.#roles.set(id, created);
    return created;
  }

  grants(subjectId: string): readonly CloudGrant[] {
    return this.#grants.get(subjectId) ?? [];
  }

  /** Whether the subject holds the role, in any division or in the one given. */
  holds(subjectId: string, roleId: string, divisionId?: string): boolean {
    return this.grants(subjectId).some(
      (grant) => grant.roleId === roleId && (divisionId === undefined || grant.divisionId === divisionId),
    );
  }

  /** IDs of the subjects that hold the role in any division. */
  holders(roleId: string): string[] {
    return [...this.#grants.keys()].filter((subjectId) => this.holds(subjectId, roleId));
  }

  /** Granting what is held changes nothing. */
  grant(subjectId: string, roleId: string, divisionId: string): void {
    if (this.holds(subjectId, roleId, divisionId)) return;
    const added = { roleId, divisionId, grantedAt: this.#visibility.now() };
    this.#grants.set(subjectId, [...this.grants(subjectId), added]);
  }

  /** False when it was not held. */
  revoke(subjectId: string, roleId: string, divisionId: string): boolean {
    return this.#keepGrants(subjectId, (grant) => grant.roleId !== roleId || grant.divisionId !== divisionId);
  }

  #keepGrants(subjectId: string, keep: (grant: CloudGrant) => boolean): boolean {
    const before = this.grants(subjectId);
    const rest = before.filter(keep);
    if (rest.length === 0) this.#grants.delete(subjectId);
    else this.#grants.set(subjectId, rest);
    return rest.length < before.length;
  }
}
