/** Lists of skills and levels: their order, what is found in them, when two are one. */
import { describe, expect, it } from 'vitest';
import { id } from '../testing/snapshot.ts';
import { levelOf, noSkillLevels, sharedLevels, skillCount, skillLevels, skillPairs } from './skill-levels.ts';

describe('skill levels', () => {
  it.each<[string, number[], [number, number][]]>([
    ['nothing', [], []],
    ['one', [7, 3], [[7, 3]]],
    [
      'pairs come in the order of the skills, each with its level',
      [9, 1, 2, 5, 7, 0],
      [
        [2, 5],
        [7, 0],
        [9, 1],
      ],
    ],
  ])('%s', (_what, flat, expected) => {
    const levels = skillLevels(flat);
    expect(skillPairs(levels)).toEqual(expected);
    expect(skillCount(levels)).toBe(expected.length);
  });

  it('finds a level by its skill, and takes no level for a skill', () => {
    const levels = skillLevels([2, 7, 9, 0]);
    expect(levelOf(levels, id(2))).toBe(7);
    expect(levelOf(levels, id(9))).toBe(0);
    expect(levelOf(levels, id(7))).toBeUndefined();
    expect(levelOf(noSkillLevels, id(2))).toBeUndefined();
  });

  it('keeps the list of before when nothing differs', () => {
    const before = skillLevels([2, 7]);
    expect(sharedLevels(skillLevels([2, 7]), before)).toBe(before);
    expect(sharedLevels(skillLevels([2, 7]), undefined)).not.toBe(before);
    for (const other of [[], [2, 6], [3, 7], [2, 7, 9, 1]])
      expect(sharedLevels(skillLevels(other), before)).not.toBe(before);
  });
});
