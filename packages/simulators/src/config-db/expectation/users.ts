/** Which users, skills and wrap-up codes are expected. */
import { objectType, type PersonRow, type SkillRow, state } from '../model/rows.ts';
import type { Case, ExpectedUser } from './model.ts';
import { userTexts } from './user-texts.ts';

/** Highest proficiency in the cloud. */
const PROFICIENCY_MAX = 5;

interface NamedObject {
  readonly dbid: number;
  readonly name: string;
}

export function expectSkills(of: Case, rows: readonly Readonly<SkillRow>[]): NamedObject[] {
  const named = rows.map((row) => ({ dbid: row.dbid, name: row.name.trim() }));
  return firstOfEachName(named, (loser) =>
    of.conflicts.push({ reason: 'skill.name-case', dbid: loser.dbid }),
  );
}

/** Values of the business attribute, by display name or else name. */
export function expectWrapupCodes(of: Case): NamedObject[] {
  if (!of.complete) return [];
  const { store } = of.centre;
  const attribute = [...store.rows('cfg_enumerator')].find(
    (row) => row.tenant_dbid === of.tenantDbid && row.name.trim() === of.wrapupAttribute,
  );
  const values = [...store.rows('cfg_enumerator_value')]
    .filter((row) => row.enumerator_dbid === attribute?.dbid && row.state === state.enabled)
    .sort((a, b) => a.dbid - b.dbid)
    .map((row) => ({ dbid: row.dbid, name: row.display_name?.trim() || row.name.trim() }));
  return firstOfEachName(values, (loser) =>
    of.conflicts.push({ reason: 'wrapup.name-case', dbid: loser.dbid }),
  );
}

/** Rising DBIDs in, rising DBIDs out; the first of those that differ in case only stays. */
function firstOfEachName(objects: readonly NamedObject[], lose: (loser: NamedObject) => void): NamedObject[] {
  const seen = new Set<string>();
  return objects.filter((object) => {
    const key = object.name.toLowerCase();
    if (seen.has(key)) {
      lose(object);
      return false;
    }
    seen.add(key);
    return true;
  });
}

export function expectUsers(
  of: Case,
  persons: readonly Readonly<PersonRow>[],
  skills: readonly NamedObject[],
): ExpectedUser[] {
  const logins = new Map(of.centre.agentsAtWork(of.tenantDbid).map((agent) => [agent.dbid, agent.logins]));
  const levels = levelsByPerson(of);
  const addresses = new Set<string>();
  return persons.flatMap((person) => {
    const email = addressOf(of, person);
    if (email === undefined) {
      of.conflicts.push({ reason: 'person.no-email', dbid: person.dbid });
      return [];
    }
    if (addresses.has(email.toLowerCase())) {
      of.conflicts.push({ reason: 'person.duplicate-email', dbid: person.dbid });
      return [];
    }
    addresses.add(email.toLowerCase());
    const own = levels.get(person.dbid);
    return [
      {
        dbid: person.dbid,
        employeeId: person.employee_id.trim(),
        ...userTexts(person),
        email,
        supervisor: isSupervisor(of, person.dbid),
        skills:
          own === undefined
            ? []
            : skills.flatMap(({ dbid, name }) => {
                const level = own.get(dbid);
                return level === undefined
                  ? []
                  : [{ name, proficiency: proficiencyOf(level, of.skillLevelMax) }];
              }),
        // Without the switch of a code nobody can say whose it is.
        logins: of.complete ? sorted(logins.get(person.dbid) ?? []) : [],
      },
    ];
  });
}

function addressOf(of: Case, person: Readonly<PersonRow>): string | undefined {
  const looksRight = (text: string): boolean => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text);
  const field = of.complete ? (person.email_address ?? '').trim() : '';
  if (looksRight(field)) return field;
  const userName = person.user_name.trim();
  if (looksRight(userName)) return userName;
  return of.defaultEmailDomain === undefined ? undefined : `${userName}@${of.defaultEmailDomain}`;
}

function isSupervisor(of: Case, dbid: number): boolean {
  const roles = of.centre.annex.get(objectType.person, dbid, 'htcc', 'roles');
  if (roles === undefined) return false;
  const listed = typeof roles === 'string' ? roles.split(',') : Object.values(roles);
  return listed.some((role) => role.trim() === 'Supervisor');
}

/** The level that stands for the highest proficiency is given; with 5 a level is taken as it is. */
function proficiencyOf(level: number, levelMax: number): number {
  return Math.min(PROFICIENCY_MAX, Math.round((level / levelMax) * PROFICIENCY_MAX * 10) / 10);
}

function levelsByPerson(of: Case): Map<number, Map<number, number>> {
  const levels = new Map<number, Map<number, number>>();
  for (const row of of.centre.store.rows('cfg_skill_level')) {
    const own = levels.get(row.person_dbid) ?? new Map<number, number>();
    own.set(row.skill_dbid, row.level_);
    levels.set(row.person_dbid, own);
  }
  return levels;
}

function sorted(logins: ExpectedUser['logins']): ExpectedUser['logins'] {
  const key = ({ switch: site, code }: { switch: string; code: string }): string => `${site}/${code}`;
  return [...logins].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
