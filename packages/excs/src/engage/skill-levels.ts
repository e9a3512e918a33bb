/**
 * Skills with a level each, as one list of numbers: 20,000 persons with ten skills are 200,000 pairs, and an object for
 * each pair would be most of the memory of a read. Only this file knows the form.
 */
import { asId, type Dbid } from '@exec/common/ids';

declare const form: unique symbol;

/** Skill DBIDs and levels, in the order of the DBIDs; a level is Engage's own, or the proficiency made of it. */
export interface SkillLevels {
  readonly [form]: 'skill, level, skill, level …';
}

/** @param flat skill DBID and level alternating, in any order; sorted in place and kept */
export function skillLevels(flat: number[]): SkillLevels {
  sortPairs(flat);
  return flat as unknown as SkillLevels;
}

export const noSkillLevels: SkillLevels = skillLevels([]);

/** In the order of the DBIDs. */
export function forEachSkill(levels: SkillLevels, use: (skill: Dbid, level: number) => void): void {
  const flat = flatOf(levels);
  for (let at = 0; at < flat.length; at += 2) use(asId<Dbid>(flat[at] ?? 0), flat[at + 1] ?? 0);
}

/** The same one by one, where it is not about 20,000 persons. */
export function skillPairs(levels: SkillLevels): [Dbid, number][] {
  const pairs: [Dbid, number][] = [];
  forEachSkill(levels, (skill, level) => void pairs.push([skill, level]));
  return pairs;
}

/** Undefined for a skill that is not in the list. */
export function levelOf(levels: SkillLevels, skill: number): number | undefined {
  const flat = flatOf(levels);
  for (let at = 0; at < flat.length; at += 2) if (flat[at] === skill) return flat[at + 1];
  return undefined;
}

export function skillCount(levels: SkillLevels): number {
  return flatOf(levels).length / 2;
}

/** The list of before if it holds the same, so that equal lists are one object. */
export function sharedLevels(levels: SkillLevels, before: SkillLevels | undefined): SkillLevels {
  if (before === undefined) return levels;
  const now = flatOf(levels);
  const then = flatOf(before);
  return now.length === then.length && now.every((number, at) => number === then[at]) ? before : levels;
}

function flatOf(levels: SkillLevels): readonly number[] {
  return levels as unknown as readonly number[];
}

/** By insertion: the lists are short, and the server mostly sends them in order. */
function sortPairs(flat: number[]): void {
  for (let end = 2; end < flat.length; end += 2) {
    const skill = flat[end] ?? 0;
    const level = flat[end + 1] ?? 0;
    let at = end;
    for (; at > 0 && (flat[at - 2] ?? 0) > skill; at -= 2) {
      flat[at] = flat[at - 2] ?? 0;
      flat[at + 1] = flat[at - 1] ?? 0;
    }
    flat[at] = skill;
    flat[at + 1] = level;
  }
}
