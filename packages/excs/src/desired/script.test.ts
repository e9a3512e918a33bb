/** Scripts of virtual groups: the grammar, three-valued logic, faults. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { skillLevels } from '../engage/skill-levels.ts';
import { person, skill } from '../testing/snapshot.ts';
import { compileScript } from './script-evaluate.ts';
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

describe('a script that is read', () => {
  const left = { kind: 'skill', skill: 'A' };
  const compare = (operator: string, value: number) => ({
    kind: 'compare',
    operator,
    left,
    right: { kind: 'number', value },
  });
  it.each([
    ['Skill("A") > -5', compare('>', -5)],
    [' SKILL ( " A " )\n>= 05', compare('>=', 5)],
    ['LoggedIn("8001@North")', { kind: 'logged-in', place: '8001@North' }],
    [
      'loggedin("x")|skillexists("A")',
      {
        kind: 'or',
        parts: [
          { kind: 'logged-in', place: 'x' },
          { kind: 'exists', skill: 'A' },
        ],
      },
    ],
    ['~Skill("A")=1', { kind: 'not', part: compare('=', 1) }],
    [
      'Skill("A")!=1&Skill("A")<=2&Skill("A")<3',
      { kind: 'and', parts: [compare('!=', 1), compare('<=', 2), compare('<', 3)] },
    ],
    ['((Skill("A")=1))', compare('=', 1)],
  ])('%s', (text, script) => {
    expect(parseScript(text)).toEqual({ script });
  });
});

describe('whom a script need not be asked of', () => {
  const byName = (name: string) => ({ A: 1, B: 2 })[name];
  /** The skills of which a member has at least one; undefined: anybody may be a member. */
  const oneOf = (text: string, missingSkill: 'no-match' | 'zero' = 'no-match') => {
    const parsed = parseScript(text);
    if ('problem' in parsed) throw new Error(parsed.problem);
    const found = compileScript(parsed.script, byName, { ...known, missingSkill }).oneOf;
    return found === undefined ? undefined : [...found];
  };

  it.each([
    ['Skill("A") > 1', [1]],
    ['1 < Skill("B")', [2]],
    ['Skill("B") > Skill("A")', [2]],
    ['1 = 1', undefined],
    ['SkillExists("A")', [1]],
    ['SkillExists("none")', []],
    ['~SkillExists("A")', undefined],
    ['LoggedIn("x")', undefined],
    ['SkillExists("A") | SkillExists("B")', [1, 2]],
    ['SkillExists("A") | LoggedIn("x")', undefined],
    ['LoggedIn("x") & SkillExists("A")', [1]],
    ['(SkillExists("A") | SkillExists("B")) & SkillExists("B")', [2]],
    ['SkillExists("B") & (SkillExists("A") | SkillExists("B"))', [2]],
    ['SkillExists("A") & SkillExists("B")', [1]],
    ['LoggedIn("x") & LoggedIn("y")', undefined],
  ])('%s', (text, expected) => {
    expect(oneOf(text)).toEqual(expected);
  });

  it('nobody, when a skill that is missing counts as level 0', () => {
    expect(oneOf('Skill("A") < 1', 'zero')).toBeUndefined();
    expect(oneOf('SkillExists("A")', 'zero')).toEqual([1]);
  });
});

describe('a skill whose name cannot be read', () => {
  const hidden = (text: string) => new VirtualGroups(persons, skills, known, true).membersOf(text);

  it('makes a script that names no skill we know one that cannot be read', () => {
    expect(hidden('SkillExists("X") & SkillExists("Y")')).toEqual({
      problem: 'there is no skill "X", unless it is one whose row cannot be read',
      at: 0,
    });
  });

  it('does not concern a script whose skills are known, nor a site where all can be read', () => {
    expect(hidden('SkillExists("Sales")')).toEqual({ members: [2, 3] });
    expect(members('SkillExists("X")')).toEqual([]);
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

  it.each([
    ['', 'expected a function or a number, found the end', 0],
    ['5', 'expected a comparison, found the end', 1],
    ['Skill("English" > 5', 'expected ")", found >', 16],
    ['Skill(English) > 5', 'expected a name in quotation marks, found English', 6],
    ['Skill "English" > 5', 'expected "(", found English', 6],
    ['Skill("English") & 5 = 5', 'expected a comparison, found &', 17],
    ['Skill("English") "5"', 'expected a comparison, found 5', 17],
    ['Skill("English") > &', 'expected a function or a number, found &', 19],
    ['Skill("English") > 5 Skill("Sales") > 1', 'expected "&", "|" or the end, found Skill', 21],
    ['SkillExists("English"))', 'expected "&", "|" or the end, found )', 22],
    ['(1 = 1', 'expected ")", found the end', 6],
    ['Unknown("x") = 1', 'expected a function or a number, found Unknown', 0],
    ['1 = $', '"$" is not expected', 4],
    [`${'~'.repeat(100)}1=1`, 'nested deeper than 100', 100],
    ['x'.repeat(65_537), 'longer than 65536 characters', 65_536],
  ])('%s: says what was expected, and where', (script, problem, at) => {
    expect(parseScript(script)).toEqual({ problem, at });
  });

  it('is not one of the greatest depth and length that are read', () => {
    expect(parseScript(`${'~'.repeat(99)}1=1`)).toHaveProperty('script');
    expect(parseScript(`${' '.repeat(65_533)}1=1`)).toHaveProperty('script');
    // What stands side by side is not nested.
    expect(parseScript(Array.from({ length: 300 }, () => '(1=1)').join('&'))).toHaveProperty('script');
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
