/** Expressions are written as scripts, and evaluated with yes, no and unknown. */
import { describe, expect, it } from 'vitest';
import { type SkillExpression, satisfies, scriptOf, type Verdict } from './skill-expression.ts';

const english: SkillExpression = { is: 'compare', skill: 'English', operator: '>', level: 5 };
const german: SkillExpression = { is: 'exists', skill: 'German' };
const here: SkillExpression = { is: 'loggedIn', at: 'SIP_Leeds' };

describe('script', () => {
  const table: [SkillExpression, string][] = [
    [english, 'Skill("English") > 5'],
    [german, 'SkillExists("German")'],
    [here, 'LoggedIn("SIP_Leeds")'],
    [{ is: 'not', of: german }, '~(SkillExists("German"))'],
    [{ is: 'and', of: [english, german] }, 'Skill("English") > 5 & SkillExists("German")'],
    [
      {
        is: 'or',
        of: [
          { is: 'and', of: [english, german] },
          { is: 'and', of: [german, here] },
        ],
      },
      '(Skill("English") > 5 & SkillExists("German")) | (SkillExists("German") & LoggedIn("SIP_Leeds"))',
    ],
  ];
  it.each(table)('%j is written %s', (expression, text) => {
    expect(scriptOf(expression)).toBe(text);
  });
});

describe('evaluation', () => {
  const levels: Record<string, number> = { English: 6, German: 2 };
  const table: [string, SkillExpression, Verdict][] = [
    ['a level that is high enough', english, true],
    ['the edge', { ...english, level: 6 }, false],
    ['equal', { ...english, operator: '=', level: 6 }, true],
    ['unequal', { ...english, operator: '!=', level: 6 }, false],
    ['at least', { ...english, operator: '>=', level: 6 }, true],
    ['at most', { ...english, operator: '<=', level: 5 }, false],
    ['less', { ...english, operator: '<', level: 7 }, true],
    [
      'a missing skill, even compared with !=',
      { is: 'compare', skill: 'Dutch', operator: '!=', level: 1 },
      false,
    ],
    ['a skill that is there', german, true],
    ['not', { is: 'not', of: german }, false],
    ['who is logged in', here, 'unknown'],
    ['false and unknown', { is: 'and', of: [{ is: 'not', of: german }, here] }, false],
    ['true and unknown', { is: 'and', of: [german, here] }, 'unknown'],
    ['true or unknown', { is: 'or', of: [german, here] }, true],
    ['false or unknown', { is: 'or', of: [{ is: 'not', of: german }, here] }, 'unknown'],
    ['not unknown', { is: 'not', of: here }, 'unknown'],
    ['all of nothing true', { is: 'or', of: [{ ...english, level: 9 }] }, false],
  ];
  it.each(table)('%s', (_name, expression, verdict) => {
    expect(satisfies(expression, (skill) => levels[skill])).toBe(verdict);
  });
});
