/** Turns the persons in scope into users, and reports those that cannot become one. */
import type { Dbid } from '@exec/common/ids';
import type { EngagePerson } from '../engage/snapshot.ts';
import { emailOf } from './email.ts';
import { proficiency } from './levels.ts';
import type { Conflict, DesiredSkill, DesiredUser, SyncRules } from './model.ts';
import { foldCase } from './names.ts';
import type { EngagePaths } from './paths.ts';

export interface DesiredUsers {
  readonly users: ReadonlyMap<Dbid, DesiredUser>;
  readonly clampedLevels: number;
}

export interface UserSources {
  readonly persons: readonly EngagePerson[];
  /** Mapped skills by DBID. */
  readonly skills: ReadonlyMap<Dbid, DesiredSkill>;
  /** Names of the enabled switches by DBID. */
  readonly switchNames: ReadonlyMap<number, string>;
  readonly paths: EngagePaths;
  readonly conflicts: Conflict[];
}

/** The first by DBID wins where two persons claim one employee ID or one e-mail address. */
export function desiredUsers(sources: UserSources, rules: SyncRules): DesiredUsers {
  const users = new Map<Dbid, DesiredUser>();
  const byEmail = new Map<string, EngagePerson>();
  const byEmployee = new Map<string, EngagePerson>();
  let clampedLevels = 0;
  for (const person of [...sources.persons].sort((a, b) => a.dbid - b.dbid)) {
    const email = claim(person, sources, rules, byEmail, byEmployee);
    if (email === undefined) continue;
    const skills: number[] = [];
    for (let index = 0; index < person.levels.length; index += 2) {
      const dbid = (person.levels[index] ?? 0) as Dbid;
      if (!sources.skills.has(dbid)) continue;
      const { value, clamped } = proficiency(person.levels[index + 1] ?? 0, rules.skillLevelMax);
      skills.push(dbid, value);
      if (clamped) clampedLevels++;
    }
    users.set(person.dbid, {
      dbid: person.dbid,
      employeeId: person.employeeId,
      name: `${person.firstName} ${person.lastName}`.trim() || person.userName || person.employeeId,
      email,
      supervisor: isSupervisor(person.roles),
      skills,
      logins: loginsOf(person, sources.switchNames),
    });
  }
  return { users, clampedLevels };
}

/** Elements may be list rows or parts of one comma-separated text. */
export function isSupervisor(roles: readonly string[]): boolean {
  return roles.some((text) => text.split(',').some((role) => role.trim().toLowerCase() === 'supervisor'));
}

/** The person's e-mail address if it may have it; otherwise a conflict is reported. */
function claim(
  person: EngagePerson,
  { paths, conflicts }: UserSources,
  rules: SyncRules,
  byEmail: Map<string, EngagePerson>,
  byEmployee: Map<string, EngagePerson>,
): string | undefined {
  const report = (reason: Conflict['reason'], detail: string) => {
    conflicts.push({ reason, object: paths.person(person), detail });
    return undefined;
  };
  if (person.employeeId === '') return report('person.no-employee-id', 'The person has no employee ID.');
  const email = emailOf(person, rules.defaultEmailDomain);
  if (email === undefined)
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
  return email;
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
