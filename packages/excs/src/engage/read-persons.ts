/** Reads the persons of the tenant with their skill levels and login codes. */
import { asId, type Dbid, type EmployeeId } from '@exec/common/ids';
import type { Select } from './queries.ts';
import { enabled, type ReadContext, yes } from './read-context.ts';
import type { EngageLogin, EngagePerson } from './snapshot.ts';

/** What belongs to a person in other tables. */
export interface PersonParts {
  readonly levels: ReadonlyMap<number, readonly number[]>;
  readonly logins: ReadonlyMap<number, readonly EngageLogin[]>;
  readonly roles: ReadonlyMap<number, readonly string[]>;
}

export async function readPersons(
  { scanner, select, tenant, previous }: ReadContext,
  parts: PersonParts,
): Promise<EngagePerson[]> {
  const t = 'cfg_person';
  const persons: EngagePerson[] = [];
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
    (cells) => {
      const dbid = asId<Dbid>(cells.id(0));
      const before = previous.persons.get(dbid);
      const person = {
        dbid,
        employeeId: asId<EmployeeId>(cells.text(1)),
        firstName: cells.text(2),
        lastName: cells.text(3),
        userName: cells.text(4),
        email: cells.text(5),
        isAgent: cells.number(6) === yes,
        enabled: cells.number(7) === enabled,
        levels: parts.levels.get(dbid) ?? noLevels,
        logins: parts.logins.get(dbid) ?? noLogins,
        roles: sameList(parts.roles.get(dbid) ?? noRoles, before?.roles),
      };
      persons.push(before !== undefined && isSamePerson(person, before) ? before : person);
    },
  );
  return persons;
}

const noLevels: readonly number[] = [];
const noLogins: readonly EngageLogin[] = [];
const noRoles: readonly string[] = [];

function isSamePerson(a: EngagePerson, b: EngagePerson): boolean {
  return (
    a.employeeId === b.employeeId &&
    a.firstName === b.firstName &&
    a.lastName === b.lastName &&
    a.userName === b.userName &&
    a.email === b.email &&
    a.isAgent === b.isAgent &&
    a.enabled === b.enabled &&
    a.levels === b.levels &&
    a.logins === b.logins &&
    a.roles === b.roles
  );
}

/** The list of before if it holds the same. */
function sameList<T>(now: readonly T[], before: readonly T[] | undefined): readonly T[] {
  return before !== undefined && before.length === now.length && now.every((item, at) => item === before[at])
    ? before
    : now;
}

/**
 * Person DBID → skill DBID and level in turn, in the order of the skills.
 *
 * The server puts the levels of a person into one text: a row for each would be ten times the rows, and most of the
 * memory of a read.
 */
export async function readSkillLevels(context: ReadContext): Promise<Map<number, readonly number[]>> {
  const { scanner, select, tenant, previous } = context;
  const t = 'cfg_skill_level';
  const person = select.column(t, 'person_dbid');
  const skill = `trim(${select.column(t, 'skill_dbid')}::text)`;
  const level = `coalesce(trim(${select.column(t, 'level_')}::text), '0')`;
  const levels = new Map<number, readonly number[]>();
  await scanner.scanGroups(
    t,
    {
      columns: [person, `string_agg(${skill} || ' ' || ${level}, ' ')`],
      from: `${select.from(t)} WHERE ${ofTenantPersons(select, person)}`,
      groupBy: person,
      values: [tenant],
    },
    (cells) => {
      const dbid = cells.id(0);
      const list = sortPairs(cells.numbers(1));
      levels.set(dbid, sameList(list, previous.persons.get(dbid)?.levels));
      return list.length / 2;
    },
  );
  return levels;
}

/** Person DBID → logins. Empty when the tables are not mapped. */
export async function readLogins(context: ReadContext): Promise<ReadonlyMap<number, readonly EngageLogin[]>> {
  const { scanner, select, tenant, previous } = context;
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
  const shared = new Map<number, readonly EngageLogin[]>();
  for (const [person, list] of logins) {
    list.sort((a, b) => a.switchDbid - b.switchDbid || (a.code < b.code ? -1 : 1));
    const before = previous.persons.get(person)?.logins;
    shared.set(person, before !== undefined && areSameLogins(list, before) ? before : list);
  }
  return shared;
}

function areSameLogins(a: readonly EngageLogin[], b: readonly EngageLogin[]): boolean {
  return (
    a.length === b.length &&
    a.every((login, at) => login.switchDbid === b[at]?.switchDbid && login.code === b[at]?.code)
  );
}

function ofTenantPersons(select: Select, column: string): string {
  return (
    `${column} IN (SELECT ${select.column('cfg_person', 'dbid', 'p')} FROM ${select.from('cfg_person', 'p')} ` +
    `WHERE ${select.column('cfg_person', 'tenant_dbid', 'p')} = $1)`
  );
}

/** Sorts pairs that lie flat in one list by their first element. */
function sortPairs(list: number[]): number[] {
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
  return list;
}
