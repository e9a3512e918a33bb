/** Skills of users as texts: there and back, in one order, and what is kept of them. */
import { asId, type CloudSkillId } from '@exec/common/ids';
import { describe, expect, it } from 'vitest';
import { countSkills, formatSkills, keeping, noUserSkills, parseSkills } from './user-skills.ts';

const skill = (text: string) => asId<CloudSkillId>(text);
const skills = (pairs: Readonly<Record<string, number>>) =>
  new Map(Object.entries(pairs).map(([name, proficiency]) => [skill(name), proficiency]));

describe('skills of a user', () => {
  it.each([
    ['none', {}, ''],
    ['one', { a: 2.5 }, 'a=2.5'],
    ['in the order of the IDs', { b: 1, a: 0 }, 'a=0;b=1'],
  ])('%s', (_what, pairs, text) => {
    const formed = formatSkills(skills(pairs));
    expect(formed).toBe(text);
    expect(parseSkills(formed)).toEqual(skills(pairs));
    expect(countSkills(formed)).toBe(Object.keys(pairs).length);
  });

  it('none at all is the empty text', () => {
    expect(formatSkills([])).toBe(noUserSkills);
  });

  it.each([
    ['what is desired stands before what is kept', { a: 3 }, { a: 1 }, ['a'], { a: 3 }],
    ['what is kept keeps its proficiency', { a: 3 }, { b: 1, c: 2 }, ['b'], { a: 3, b: 1 }],
    ['what the user has not is not given', { a: 3 }, {}, ['b'], { a: 3 }],
  ])('%s', (_what, desired, has, keep, target) => {
    expect(keeping(skills(desired), skills(has), keep.map(skill))).toEqual(skills(target));
  });
});
