/** A sample contact centre: its rows in the Config DB, and what only its maker knows of it. */
import { Annex } from './model/annex.ts';
import type { RowStore } from './model/row-store.ts';
import type { SkillExpression } from './model/skill-expression.ts';
import type { ResolvedOptions } from './options.ts';

/** An agent as a simulator of telephones needs it. */
export interface AgentAtWork {
  readonly dbid: number;
  readonly employeeId: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly logins: readonly { readonly switch: string; readonly code: string }[];
  /** The telephone on the desk. */
  readonly extension: { readonly switch: string; readonly number: string } | undefined;
}

export class ContactCentre {
  readonly options: ResolvedOptions;
  readonly store: RowStore;
  readonly annex: Annex;
  /** The tenant that the options describe. */
  readonly tenantDbid: number;
  /** A small second tenant, which must not show in anything that concerns the first. */
  readonly otherTenantDbid: number;
  /** What the scripts of virtual groups mean, by DBID of the group; `unreadable` is one that means nothing. */
  readonly scripts: Map<number, SkillExpression | 'unreadable'>;

  constructor(parts: {
    options: ResolvedOptions;
    store: RowStore;
    tenantDbid: number;
    otherTenantDbid: number;
    scripts: Map<number, SkillExpression | 'unreadable'>;
  }) {
    this.options = parts.options;
    this.store = parts.store;
    this.annex = new Annex(parts.store);
    this.tenantDbid = parts.tenantDbid;
    this.otherTenantDbid = parts.otherTenantDbid;
    this.scripts = parts.scripts;
  }
}
