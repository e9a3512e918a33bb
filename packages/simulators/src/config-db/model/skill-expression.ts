/** Expressions over skills as virtual agent groups have them: built as a tree, written as a script, evaluated. */

export type Comparison = '=' | '!=' | '>=' | '<=' | '>' | '<';

export type SkillExpression =
  | { readonly is: 'compare'; readonly skill: string; readonly operator: Comparison; readonly level: number }
  | { readonly is: 'exists'; readonly skill: string }
  | { readonly is: 'loggedIn'; readonly at: string }
  | { readonly is: 'not'; readonly of: SkillExpression }
  | { readonly is: 'and' | 'or'; readonly of: readonly SkillExpression[] };

/** Yes, no, or not to be known from the database. */
export type Verdict = boolean | 'unknown';

/** The script as an administrator would write it. */
export function scriptOf(expression: SkillExpression): string {
  switch (expression.is) {
    case 'compare':
      return `Skill("${expression.skill}") ${expression.operator} ${expression.level}`;
    case 'exists':
      return `SkillExists("${expression.skill}")`;
    case 'loggedIn':
      return `LoggedIn("${expression.at}")`;
    case 'not':
      return `~(${scriptOf(expression.of)})`;
    case 'and':
    case 'or':
      return expression.of
        .map((part) => (part.is === 'and' || part.is === 'or' ? `(${scriptOf(part)})` : scriptOf(part)))
        .join(expression.is === 'and' ? ' & ' : ' | ');
  }
}

/** Whether an agent with these levels satisfies the expression. Of a skill that is missing no comparison is true. */
export function satisfies(
  expression: SkillExpression,
  levelOf: (skill: string) => number | undefined,
): Verdict {
  switch (expression.is) {
    case 'compare': {
      const level = levelOf(expression.skill);
      return level !== undefined && compare(level, expression.operator, expression.level);
    }
    case 'exists':
      return levelOf(expression.skill) !== undefined;
    case 'loggedIn':
      return 'unknown';
    case 'not': {
      const verdict = satisfies(expression.of, levelOf);
      return verdict === 'unknown' ? 'unknown' : !verdict;
    }
    case 'and': {
      const verdicts = expression.of.map((part) => satisfies(part, levelOf));
      return verdicts.includes(false) ? false : verdicts.includes('unknown') ? 'unknown' : true;
    }
    case 'or': {
      const verdicts = expression.of.map((part) => satisfies(part, levelOf));
      return verdicts.includes(true) ? true : verdicts.includes('unknown') ? 'unknown' : false;
    }
  }
}

function compare(level: number, operator: Comparison, other: number): boolean {
  switch (operator) {
    case '=':
      return level === other;
    case '!=':
      return level !== other;
    case '>=':
      return level >= other;
    case '<=':
      return level <= other;
    case '>':
      return level > other;
    case '<':
      return level < other;
  }
}
