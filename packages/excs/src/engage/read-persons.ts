/** Reads the persons of the tenant with their skill levels and login codes. */
import { asId, type Dbid, type EmployeeId } from '@exec/common/ids';
import { columnOf, personTexts, readTexts } from './person-texts.ts';
import type { Select } from './queries.ts';
import { enabled, type ReadContext } from './read-context.ts';
import { noSkillLevels, type SkillLevels, sharedLevels, skillLevels } from './skill-levels.ts';
import type { EngageLogin, EngagePerson } from './snapshot.ts';

/** What belongs to a person in other tables. */
export interface PersonParts {
  readonly levels: ReadonlyMap<number, SkillLevels>;
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
        select.number(t, 'dbid'),
        select.number(t, 'is_agent'),
        select.number(t, 'state'),
        ...personTexts.map((text) => select.text(t, columnOf(text))),
      ],
      from: `${select.from(t)} WHERE ${select.column(t, 'tenant_dbid')} = $1`,
      values: [tenant],
    },
    { kind: 'person', column: 0 },
    (cells) => {
      const dbid = asId<Dbid>(cells.id(0));
      const before = previous.persons.get(dbid);
      const texts = readTexts((column) => cells.text(3 + column));
      const person = {
        dbid,
        ...texts,
        employeeId: asId<EmployeeId>(texts.employeeId),
        isAgent: cells.flag(1),
        enabled: cells.number(2) === enabled,
        levels: parts.levels.get(dbid) ?? noSkillLevels,
        logins: parts.logins.get(dbid) ?? noLogins,
        roles: sameList(parts.roles.get(dbid) ?? noRoles, before?.roles),
      };
      persons.push(before !== undefined && isSamePerson(person, before) ? before : person);
    },
  );
  return persons;
}

const noLogins: readonly EngageLogin[] = [];
const noRoles: readonly string[] = [];

function isSamePerson(a: EngagePerson, b: EngagePerson): boolean {
  return (
    personTexts.every((text) => a[text] === b[text]) &&
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

/** Skill levels of one person that are read at most. */
const levelsMost = 1000;

/**
 * Person DBID → skills with their levels.
 *
 * The server puts the levels of a person into one text: a row for each would be ten times the rows, and most of the
 * memory of a read.
 */
export async function readSkillLevels(context: ReadContext): Promise<Map<number, SkillLevels>> {
  const { scanner, select, tenant, previous } = context;
  const t = 'cfg_skill_level';
  const person = select.column(t, 'person_dbid');
  const skill = `coalesce(trim((${select.number(t, 'skill_dbid')})::text), '?')`;
  const level = `coalesce(trim((${select.number(t, 'level_')})::text), '0')`;
  const list = `string_agg(${skill} || ' ' || ${level}, ' ')`;
  const levels = new Map<number, SkillLevels>();
  await scanner.scanGroups(
    t,
    {
      columns: [person, `CASE WHEN count(*) <= ${levelsMost} THEN ${list} END`],
      from: `${select.from(t)} WHERE ${ofTenantPersons(select, person)}`,
      groupBy: person,
      values: [tenant],
    },
    { kind: 'person', column: 0 },
    (cells) => {
      const dbid = cells.id(0);
      const list = skillLevels(cells.numbers(1));
      levels.set(dbid, sharedLevels(list, previous.persons.get(dbid)?.levels));
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
        select.number('cfg_login_info', 'person_dbid', 'i'),
        select.number('cfg_agent_login', 'switch_dbid', 'l'),
        select.text('cfg_agent_login', 'login_code', 'l'),
      ],
      from:
        `${select.from('cfg_login_info', 'i')} JOIN ${select.from('cfg_agent_login', 'l')} ` +
        `ON ${login} = ${reference}${state} WHERE ${ofTenantPersons(select, person)}`,
      values: [tenant],
    },
    { kind: 'person', column: 0 },
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
