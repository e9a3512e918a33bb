/** Turns the persons in scope into users, and reports those that cannot become one. */
import type { Dbid } from '@exec/common/ids';
import { forEachSkill, skillLevels } from '../engage/skill-levels.ts';
import type { EngagePerson } from '../engage/snapshot.ts';
import { proficiency } from './levels.ts';
import type { Conflict, DesiredSkill, DesiredUser } from './model.ts';
import { foldCase } from './names.ts';
import type { EngagePaths } from './paths.ts';
import type { SyncRules } from './rules.ts';
import { userFields } from './user-fields.ts';

export interface DesiredUsers {
  readonly users: ReadonlyMap<Dbid, DesiredUser>;
  readonly clampedLevels: number;
}

export interface UserSources {
  readonly persons: readonly EngagePerson[];
  /** Mapped skills by DBID. */
  readonly skills: ReadonlyMap<Dbid, DesiredSkill>;
  /** Skills that cannot be read: who has one keeps it. */
  readonly keptSkills: ReadonlySet<Dbid>;
  /** Names of the enabled switches by DBID. */
  readonly switchNames: ReadonlyMap<number, string>;
  readonly paths: EngagePaths;
  readonly conflicts: Conflict[];
}

/**
 * @rule A person needs an employee ID and an e-mail address of its own; the first by DBID has it, the others are
 *   conflicts.
 * @test users.test.ts: of two persons, in any case: the first by DBID wins, the other is a conflict
 * @test users.test.ts: needs an employee ID, and one of its own
 */
export function desiredUsers(sources: UserSources, rules: SyncRules): DesiredUsers {
  const users = new Map<Dbid, DesiredUser>();
  const byEmail = new Map<string, EngagePerson>();
  const byEmployee = new Map<string, EngagePerson>();
  let clampedLevels = 0;
  for (const person of [...sources.persons].sort((a, b) => a.dbid - b.dbid)) {
    const values = userFields.wanted(person, rules);
    if (!claim(person, values.email, sources, byEmail, byEmployee)) continue;
    const skills: number[] = [];
    forEachSkill(person.levels, (skill, level) => {
      if (!sources.skills.has(skill) && !sources.keptSkills.has(skill)) return;
      const { value, clamped } = proficiency(level, rules.skillLevelMax);
      skills.push(skill, value);
      if (clamped) clampedLevels++;
    });
    users.set(person.dbid, {
      dbid: person.dbid,
      employeeId: person.employeeId,
      ...values,
      supervisor: isSupervisor(person.roles),
      skills: skillLevels(skills),
      logins: loginsOf(person, sources.switchNames),
    });
  }
  return { users, clampedLevels };
}

/**
 * Elements may be list rows or parts of one comma-separated text.
 *
 * @rule A person is a supervisor when the roles of the annex name Supervisor, in any case.
 * @test users.test.ts
 */
export function isSupervisor(roles: readonly string[]): boolean {
  return roles.some((text) => text.split(',').some((role) => role.trim().toLowerCase() === 'supervisor'));
}

/** Whether the person may have the e-mail address and its employee ID; otherwise a conflict is reported. */
function claim(
  person: EngagePerson,
  email: string,
  { paths, conflicts }: UserSources,
  byEmail: Map<string, EngagePerson>,
  byEmployee: Map<string, EngagePerson>,
): boolean {
  const report = (reason: Conflict['reason'], detail: string) => {
    conflicts.push({ reason, object: paths.person(person), detail });
    return false;
  };
  if (person.employeeId === '') return report('person.no-employee-id', 'The person has no employee ID.');
  if (email === '')
    return report(
      'person.no-email',
      'Neither the e-mail address nor the user name is an address; enter one, or set DEFAULT_EMAIL_DOMAIN.',
    );
  const sameEmployee = byEmployee.get(person.employeeId);
  if (sameEmployee !== undefined)
    return report(
      'person.duplicate-employee-id',
      `Employee ID ${person.employeeId} belongs to ${paths.person(sameEmployee).path} too, which is mapped.`,
    );
  const sameEmail = byEmail.get(foldCase(email));
  if (sameEmail !== undefined)
    return report(
      'person.duplicate-email',
      `The e-mail address belongs to ${paths.person(sameEmail).path} too, which is mapped.`,
    );
  byEmployee.set(person.employeeId, person);
  byEmail.set(foldCase(email), person);
  return true;
}

function loginsOf(person: EngagePerson, switchNames: ReadonlyMap<number, string>): DesiredUser['logins'] {
  if (person.logins.length === 0) return none;
  const logins: { switch: string; code: string }[] = [];
  for (const { switchDbid, code } of person.logins) {
    const name = switchNames.get(switchDbid);
    if (name !== undefined && code !== '') logins.push({ switch: name, code });
  }
  return logins;
}

const none: DesiredUser['logins'] = [];
