/**
 * Skills of a user with their proficiency, as one text: two equal sets are equal texts, which is what comparing 20,000
 * users needs most. Only this file knows the form.
 */
import type { CloudSkillId } from '@exec/common/ids';

declare const form: unique symbol;

/** `<skill ID>=<proficiency>` joined by `;`, in the order of the IDs. */
export type UserSkills = string & { readonly [form]: 'user skills' };

/** Skill ID → proficiency, 0.0 to 5.0. */
export type Proficiencies = ReadonlyMap<CloudSkillId, number>;

export const noUserSkills = '' as UserSkills;

export function parseSkills(skills: UserSkills): Map<CloudSkillId, number> {
  const pairs = new Map<CloudSkillId, number>();
  if (skills === noUserSkills) return pairs;
  for (const pair of skills.split(';')) {
    const at = pair.lastIndexOf('=');
    pairs.set(pair.slice(0, at) as CloudSkillId, Number(pair.slice(at + 1)));
  }
  return pairs;
}

export function formatSkills(pairs: Iterable<readonly [string, number]>): UserSkills {
  return formatSorted([...pairs].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same for pairs that are in the order of the IDs already. */
export function formatSorted(pairs: readonly (readonly [string, number])[]): UserSkills {
  return pairs.map(([id, proficiency]) => `${id}=${proficiency}`).join(';') as UserSkills;
}

export function countSkills(skills: UserSkills): number {
  return skills === noUserSkills ? 0 : skills.split(';').length;
}

/** The desired skills and, of those that the user has, the ones that are not ours to take. */
export function keeping(desired: Proficiencies, has: Proficiencies, keep: readonly CloudSkillId[]) {
  const target = new Map(desired);
  for (const id of keep) {
    const proficiency = has.get(id);
    if (proficiency !== undefined && !target.has(id)) target.set(id, proficiency);
  }
  return target;
}
