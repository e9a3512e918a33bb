/** Draws scripts of virtual agent groups as administrators write them. */

import type { Random } from '../../random.ts';
import type { Comparison, SkillExpression } from '../model/skill-expression.ts';
import type { Workshop } from './plan.ts';
import { languages } from './words.ts';

/** `long`: a choice of several, longer than one row of the annex holds. */
export function drawScript({ random, skills, centre }: Workshop, length: 'short' | 'long'): SkillExpression {
  const names = skills.map((skill) => skill.name.trim());
  const { levelMax } = centre.options;
  if (length === 'short') return drawExpression(random, names, levelMax);
  const words = vocabulary(random, names, levelMax);
  return { is: 'or', of: Array.from({ length: random.int(5, 7) }, () => strictClause(words)) };
}

/** One clause over skills of these names. */
export function drawExpression(random: Random, names: readonly string[], levelMax: number): SkillExpression {
  const words = vocabulary(random, names, levelMax);
  const { others, languages: tongues } = words;
  const line = drawComparison(words, random.pick(others));
  if (tongues.length === 0) return line;
  const tongue: SkillExpression = random.chance(0.5)
    ? drawComparison(words, random.pick(tongues))
    : { is: 'exists', skill: random.pick(tongues) };
  if (random.chance(0.2)) return { is: 'and', of: [line, { is: 'not', of: tongue }] };
  if (random.chance(0.2)) return { is: 'or', of: [line, drawComparison(words, random.pick(others))] };
  return { is: 'and', of: [tongue, line] };
}

/** What a script may name. */
interface Vocabulary {
  readonly random: Random;
  readonly languages: readonly string[];
  readonly others: readonly string[];
  readonly levelMax: number;
}

function vocabulary(random: Random, names: readonly string[], levelMax: number): Vocabulary {
  const isLanguage = (name: string): boolean => (languages as readonly string[]).includes(name);
  const others = names.filter((name) => !isLanguage(name));
  return {
    random,
    languages: names.filter(isLanguage),
    others: others.length === 0 ? names : others,
    levelMax,
  };
}

/** Narrow enough that several of them together still fit one queue. */
function strictClause(words: Vocabulary): SkillExpression {
  const { random, others, levelMax } = words;
  const [one, two] = random.sample(others, 2);
  return {
    is: 'and',
    of: [
      { is: 'compare', skill: one ?? '', operator: '>=', level: levelMax },
      { is: 'compare', skill: two ?? one ?? '', operator: '>', level: 1 },
    ],
  };
}

const operators: readonly Comparison[] = ['>', '>', '>=', '>=', '=', '<=', '<', '!='];

function drawComparison({ random, levelMax }: Vocabulary, skill: string): SkillExpression {
  return { is: 'compare', skill, operator: random.pick(operators), level: random.int(1, levelMax) };
}
