/** Scripts of virtual groups: the grammar, three-valued logic, faults. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { skillLevels } from '../engage/skill-levels.ts';
import { person, skill } from '../testing/snapshot.ts';
import { parseScript } from './script-parser.ts';
import { VirtualGroups } from './virtual-group.ts';

const skills = [skill(1, 'English'), skill(2, 'Sales'), skill(3, 'Gone', { enabled: false })];
/** DBIDs 1 to 4: English 6, English 3 and Sales 4, Sales 4, nothing. */
const persons = [
  person(1, { levels: skillLevels([1, 6]) }),
  person(2, { levels: skillLevels([1, 3, 2, 4]) }),
  person(3, { levels: skillLevels([2, 4, 3, 9]) }),
  person(4),
];
const known = { missingSkill: 'no-match', unknownLogin: 'member' } as const;

function members(script: string, rules: ConstructorParameters<typeof VirtualGroups>[2] = known) {
  const found = new VirtualGroups(persons, skills, rules).membersOf(script);
  return 'members' in found ? found.members.toSorted() : found.problem;
}

describe('the members of a script', () => {
  it.each([
    ['Skill("English") > 5', [1]],
    ['Skill("English")>=3', [1, 2]],
    ['Skill("English") < 6', [2]],
    ['Skill("English") <= 6', [1, 2]],
    ['Skill("English") = 3', [2]],
    ['Skill("English") != 3', [1]],
    ['5 < Skill("English")', [1]],
    ['Skill("Sales") > Skill("English")', [2]],
    ['SkillExists("Sales")', [2, 3]],
    ['~SkillExists("Sales")', [1, 4]],
    ['SkillExists("English") & SkillExists("Sales")', [2]],
    ['SkillExists("English") | SkillExists("Sales")', [1, 2, 3]],
    ['SkillExists("Sales") | SkillExists("English") & Skill("English") > 5', [1, 2, 3]],
    ['(SkillExists("Sales") | SkillExists("English")) & Skill("English") > 5', [1]],
    ['~(SkillExists("Sales") | SkillExists("English"))', [4]],
    ['~~SkillExists("Sales")', [2, 3]],
    ['SkillExists("Gone")', []],
    ['Skill("No such skill") != 1', []],
    ['~(Skill("English") = 3)', [1, 3, 4]],
    ['1 = 1', [1, 2, 3, 4]],
    ['1 = 2', []],
    ['skill("English") > 5', [1]],
  ])('%s', (script, expected) => {
    expect(members(script)).toEqual(expected);
  });

  it('of LoggedIn cannot be known: unknown counts as member, unless configured otherwise', () => {
    expect(members('LoggedIn("8001@North")')).toEqual([1, 2, 3, 4]);
    expect(members('~LoggedIn("North")')).toEqual([1, 2, 3, 4]);
    expect(members('LoggedIn("North") & SkillExists("Sales")')).toEqual([2, 3]);
    expect(members('LoggedIn("North") | SkillExists("Sales")')).toEqual([1, 2, 3, 4]);
    const strict = { ...known, unknownLogin: 'no-member' } as const;
    expect(members('LoggedIn("North") | SkillExists("Sales")', strict)).toEqual([2, 3]);
  });

  it('without the skill: no comparison holds, or the level is 0 if configured', () => {
    expect(members('Skill("English") < 5')).toEqual([2]);
    const zero = { ...known, missingSkill: 'zero' } as const;
    expect(members('Skill("English") < 5', zero)).toEqual([2, 3, 4]);
    expect(members('Skill("English") = Skill("Sales")', zero)).toEqual([4]);
  });
});

describe('a script that cannot be read', () => {
  it.each([
    '',
    'Skill("English")',
    'Skill("English" > 5',
    'Skill(English) > 5',
    'Skill("English") > ',
    'Skill("English") >> 5',
    'Skill("English") > 5 &',
    'Skill("English") > 5 Skill("Sales") > 1',
    '(SkillExists("English")',
    'SkillExists("English"))',
    'Unknown("x")',
    'SkillExists("unclosed)',
    '& SkillExists("English")',
    '5',
    `${'('.repeat(5000)}1=1`,
  ])('%s is a reported fault', (script) => {
    const parsed = parseScript(script);
    expect(parsed).toHaveProperty('problem');
    expect((parsed as { at: number }).at).toBeLessThanOrEqual(script.length);
  });

  it('is never a crash', () => {
    const piece = fc.constantFrom(
      'Skill("A")',
      'SkillExists("A")',
      '>',
      '=',
      '&',
      '|',
      '~',
      '(',
      ')',
      ' ',
      '3',
      '"',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((parts) => parts.join('')),
        ),
        (text) => {
          const parsed = parseScript(text);
          return 'script' in parsed || parsed.problem !== '';
        },
      ),
    );
  });
});
