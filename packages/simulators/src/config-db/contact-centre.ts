/** A sample contact centre: its rows in the Config DB, and what only its maker knows of it. */
import { Annex } from './model/annex.ts';
import { Numbering } from './model/numbering.ts';
import type { RowStore } from './model/row-store.ts';
import { flag, state } from './model/rows.ts';
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

/** A directory number as a simulator of switches needs it. */
export interface DirectoryEntry {
  readonly dbid: number;
  readonly switch: string;
  readonly number: string;
  /** May be empty. */
  readonly alias: string;
  /** Type as the Config DB numbers it: 1 extension, 2 ACD position, 4 routing point, 5 virtual queue. */
  readonly type: number;
}

export class ContactCentre {
  readonly options: ResolvedOptions;
  readonly store: RowStore;
  readonly annex: Annex;
  readonly numbering = new Numbering();
  /** The tenant that the options describe. */
  readonly tenantDbid: number;
  /** A small second tenant, which must not show in anything that concerns the first. */
  readonly otherTenantDbid: number;
  /** What the scripts of virtual groups mean, by DBID of the group; `unreadable` is one that means nothing. */
  readonly scripts = new Map<number, SkillExpression | 'unreadable'>();
  /** DBID of the extension on the desk of an agent, by DBID of the person. */
  readonly desks = new Map<number, number>();

  constructor(options: ResolvedOptions, store: RowStore, tenantDbid: number, otherTenantDbid: number) {
    this.options = options;
    this.store = store;
    this.annex = new Annex(store);
    this.tenantDbid = tenantDbid;
    this.otherTenantDbid = otherTenantDbid;
  }

  /** Name of the main tenant. */
  get tenantName(): string {
    return this.store.find('cfg_tenant', { dbid: this.tenantDbid })?.name ?? '';
  }

  /** The enabled agents of a tenant with what they log in with, by rising DBID. */
  agentsAtWork(tenantDbid: number = this.tenantDbid): AgentAtWork[] {
    const switches = this.#switchNames();
    const logins = new Map<number, { switch: string; code: string }[]>();
    for (const { person_dbid, agent_login_dbid } of this.store.rows('cfg_login_info')) {
      const login = this.store.find('cfg_agent_login', { dbid: agent_login_dbid });
      const name = login === undefined ? undefined : switches.get(login.switch_dbid);
      if (login === undefined || name === undefined) continue;
      const entry = { switch: name, code: login.login_code.trim() };
      const found = logins.get(person_dbid);
      if (found === undefined) logins.set(person_dbid, [entry]);
      else found.push(entry);
    }
    const agents: AgentAtWork[] = [];
    for (const person of this.store.rows('cfg_person')) {
      if (person.tenant_dbid !== tenantDbid || person.is_agent !== flag.yes || person.state !== state.enabled)
        continue;
      const desk = this.store.find('cfg_dn', { dbid: this.desks.get(person.dbid) ?? 0 });
      const site = desk === undefined ? undefined : switches.get(desk.switch_dbid);
      agents.push({
        dbid: person.dbid,
        employeeId: person.employee_id.trim(),
        firstName: person.first_name.trim(),
        lastName: person.last_name.trim(),
        logins: logins.get(person.dbid) ?? [],
        extension:
          desk === undefined || site === undefined
            ? undefined
            : { switch: site, number: desk.number_.trim() },
      });
    }
    return agents.sort((a, b) => a.dbid - b.dbid);
  }

  /** Every enabled directory number of a tenant, by rising DBID. */
  directory(tenantDbid: number = this.tenantDbid): DirectoryEntry[] {
    const switches = this.#switchNames();
    return [...this.store.rows('cfg_dn')]
      .filter((dn) => dn.tenant_dbid === tenantDbid && dn.state === state.enabled)
      .sort((a, b) => a.dbid - b.dbid)
      .map((dn) => ({
        dbid: dn.dbid,
        switch: switches.get(dn.switch_dbid) ?? '',
        number: dn.number_.trim(),
        alias: (dn.name ?? '').trim(),
        type: dn.type,
      }));
  }

  #switchNames(): Map<number, string> {
    return new Map([...this.store.rows('cfg_switch')].map((row) => [row.dbid, row.name.trim()]));
  }
}
