/** Reads the objects of the tenant: persons with levels and logins, skills, switches, DNs, groups, attribute values. */
import { asId, type Dbid, type EmployeeId } from '@exec/common/ids';
import type { Scanner } from './complete-scan.ts';
import type { Select } from './queries.ts';
import {
  dnType,
  type EngageAttribute,
  type EngageAttributeValue,
  type EngageDn,
  type EngageLogin,
  type EngageSkill,
  type EngageSwitch,
} from './snapshot.ts';

/** Flags and states: 1 no / enabled, 2 yes / disabled. */
const enabled = 1;
const yes = 2;

export interface ReadContext {
  readonly scanner: Scanner;
  readonly select: Select;
  readonly tenant: number;
}

export interface PersonRow {
  readonly dbid: Dbid;
  readonly employeeId: EmployeeId;
  readonly firstName: string;
  readonly lastName: string;
  readonly userName: string;
  readonly email: string;
  readonly isAgent: boolean;
  readonly enabled: boolean;
}

export async function readPersons({ scanner, select, tenant }: ReadContext): Promise<PersonRow[]> {
  const t = 'cfg_person';
  const persons: PersonRow[] = [];
  await scanner.scan(
    t,
    {
      columns: [
        select.column(t, 'dbid'),
        select.text(t, 'employee_id'),
        select.text(t, 'first_name'),
        select.text(t, 'last_name'),
        select.text(t, 'user_name'),
        select.text(t, 'email_address'),
        select.column(t, 'is_agent'),
        select.column(t, 'state'),
      ],
      from: `${select.from(t)} WHERE ${select.column(t, 'tenant_dbid')} = $1`,
      values: [tenant],
    },
    (cells) =>
      persons.push({
        dbid: asId<Dbid>(cells.id(0)),
        employeeId: asId<EmployeeId>(cells.text(1)),
        firstName: cells.text(2),
        lastName: cells.text(3),
        userName: cells.text(4),
        email: cells.text(5),
        isAgent: cells.number(6) === yes,
        enabled: cells.number(7) === enabled,
      }),
  );
  return persons;
}

/** Person DBID → skill DBID and level in turn. */
export async function readSkillLevels(context: ReadContext): Promise<Map<number, number[]>> {
  const { scanner, select, tenant } = context;
  const t = 'cfg_skill_level';
  const levels = new Map<number, number[]>();
  await scanner.scan(
    t,
    {
      columns: [select.column(t, 'person_dbid'), select.column(t, 'skill_dbid'), select.column(t, 'level_')],
      from: `${select.from(t)} WHERE ${ofTenantPersons(select, select.column(t, 'person_dbid'))}`,
      values: [tenant],
    },
    (cells) => {
      const person = cells.id(0);
      const known = levels.get(person);
      if (known === undefined) levels.set(person, [cells.id(1), cells.number(2)]);
      else known.push(cells.id(1), cells.number(2));
    },
  );
  for (const list of levels.values()) sortPairs(list);
  return levels;
}

/** Person DBID → logins. Empty when the tables are not mapped. */
export async function readLogins(context: ReadContext): Promise<Map<number, EngageLogin[]>> {
  const { scanner, select, tenant } = context;
  const logins = new Map<number, EngageLogin[]>();
  if (!select.schema.has('cfg_agent_login') || !select.schema.has('cfg_login_info')) return logins;
  const login = select.schema.column('cfg_agent_login', 'dbid', 'l');
  const reference = select.schema.column('cfg_login_info', 'agent_login_dbid', 'i');
  const person = select.schema.column('cfg_login_info', 'person_dbid', 'i');
  const state = select.schema.hasColumn('cfg_agent_login', 'state')
    ? ` AND ${select.schema.column('cfg_agent_login', 'state', 'l')} = ${enabled}`
    : '';
  await scanner.scan(
    'cfg_login_info',
    {
      columns: [
        person,
        select.column('cfg_agent_login', 'switch_dbid', 'l'),
        select.text('cfg_agent_login', 'login_code', 'l'),
      ],
      from:
        `${select.from('cfg_login_info', 'i')} JOIN ${select.from('cfg_agent_login', 'l')} ` +
        `ON ${login} = ${reference}${state} WHERE ${ofTenantPersons(select, person)}`,
      values: [tenant],
    },
    (cells) => {
      const dbid = cells.id(0);
      const entry = { switchDbid: asId<Dbid>(cells.id(1)), code: cells.text(2) };
      const known = logins.get(dbid);
      if (known === undefined) logins.set(dbid, [entry]);
      else known.push(entry);
    },
  );
  // The order of a join is the server's choice; the mapping must not change with it.
  for (const list of logins.values())
    list.sort((a, b) => a.switchDbid - b.switchDbid || (a.code < b.code ? -1 : 1));
  return logins;
}

export async function readSkills({ scanner, select, tenant }: ReadContext): Promise<EngageSkill[]> {
  const t = 'cfg_skill';
  const skills: EngageSkill[] = [];
  await scanner.scan(
    t,
    {
      columns: [select.column(t, 'dbid'), select.text(t, 'name'), select.column(t, 'state')],
      from: `${select.from(t)} WHERE ${select.column(t, 'tenant_dbid')} = $1`,
      values: [tenant],
    },
    (cells) =>
      skills.push({
        dbid: asId<Dbid>(cells.id(0)),
        name: cells.text(1),
        enabled: cells.number(2) === enabled,
      }),
  );
  return skills;
}

export async function readSwitches({ scanner, select, tenant }: ReadContext): Promise<EngageSwitch[]> {
  const t = 'cfg_switch';
  const switches: EngageSwitch[] = [];
  await scanner.scan(
    t,
    {
      columns: [select.column(t, 'dbid'), select.text(t, 'name'), select.column(t, 'state')],
      from: `${select.from(t)} WHERE ${select.column(t, 'tenant_dbid')} = $1`,
      values: [tenant],
    },
    (cells) =>
      switches.push({
        dbid: asId<Dbid>(cells.id(0)),
        name: cells.text(1),
        enabled: cells.number(2) === enabled,
      }),
  );
  return switches;
}

/** Queues of the given types, and every Extension and ACD Position; the tenant of a DN is that of its switch. */
export async function readDns(context: ReadContext, queueTypes: readonly number[]): Promise<EngageDn[]> {
  const { scanner, select, tenant } = context;
  const t = 'cfg_dn';
  const dns: EngageDn[] = [];
  const hasState = select.schema.hasColumn(t, 'state');
  await scanner.scan(
    t,
    {
      columns: [
        select.column(t, 'dbid'),
        select.column(t, 'switch_dbid'),
        select.text(t, 'number_'),
        select.text(t, 'name'),
        select.column(t, 'type'),
        select.column(t, 'state'),
      ],
      from:
        `${select.from(t)} WHERE ${select.column(t, 'type')} = ANY($2::int[]) AND ` +
        `${select.column(t, 'switch_dbid')} IN (SELECT ${select.column('cfg_switch', 'dbid', 's')} ` +
        `FROM ${select.from('cfg_switch', 's')} WHERE ${select.column('cfg_switch', 'tenant_dbid', 's')} = $1)`,
      values: [tenant, [...queueTypes, dnType.extension, dnType.acdPosition]],
    },
    (cells) =>
      dns.push({
        dbid: asId<Dbid>(cells.id(0)),
        switchDbid: asId<Dbid>(cells.id(1)),
        number: cells.text(2),
        alias: cells.text(3),
        type: cells.number(4),
        enabled: !hasState || cells.number(5) === enabled,
      }),
  );
  return dns;
}

/** The business attribute of that name in the tenant, by name: each tenant has its own copy. */
export async function readAttribute(
  context: ReadContext,
  name: string,
): Promise<EngageAttribute | undefined> {
  const { scanner, select, tenant } = context;
  if (!select.schema.has('cfg_enumerator') || !select.schema.has('cfg_enumerator_value')) return undefined;
  const found: { dbid: Dbid; name: string }[] = [];
  await scanner.scan(
    'cfg_enumerator',
    {
      columns: [select.column('cfg_enumerator', 'dbid'), select.text('cfg_enumerator', 'name')],
      from: `${select.from('cfg_enumerator')} WHERE ${select.column('cfg_enumerator', 'tenant_dbid')} = $1`,
      values: [tenant],
    },
    (cells) => found.push({ dbid: asId<Dbid>(cells.id(0)), name: cells.text(1) }),
  );
  const wanted = found.filter((entry) => entry.name === name).sort((a, b) => a.dbid - b.dbid)[0];
  if (wanted === undefined) return undefined;
  const t = 'cfg_enumerator_value';
  const values: EngageAttributeValue[] = [];
  const hasState = select.schema.hasColumn(t, 'state');
  await scanner.scan(
    t,
    {
      columns: [
        select.column(t, 'dbid'),
        select.text(t, 'name'),
        select.text(t, 'display_name'),
        select.column(t, 'state'),
      ],
      from: `${select.from(t)} WHERE ${select.column(t, 'enumerator_dbid')} = $1`,
      values: [wanted.dbid],
    },
    (cells) =>
      values.push({
        dbid: asId<Dbid>(cells.id(0)),
        name: cells.text(1),
        displayName: cells.text(2),
        enabled: !hasState || cells.number(3) === enabled,
      }),
  );
  return { ...wanted, values };
}

function ofTenantPersons(select: Select, column: string): string {
  return (
    `${column} IN (SELECT ${select.column('cfg_person', 'dbid', 'p')} FROM ${select.from('cfg_person', 'p')} ` +
    `WHERE ${select.column('cfg_person', 'tenant_dbid', 'p')} = $1)`
  );
}

/** Sorts pairs that lie flat in one list by their first element. */
function sortPairs(list: number[]): void {
  for (let end = 2; end < list.length; end += 2) {
    const key = list[end] ?? 0;
    const value = list[end + 1] ?? 0;
    let at = end;
    for (; at > 0 && (list[at - 2] ?? 0) > key; at -= 2) {
      list[at] = list[at - 2] ?? 0;
      list[at + 1] = list[at - 1] ?? 0;
    }
    list[at] = key;
    list[at + 1] = value;
  }
}
