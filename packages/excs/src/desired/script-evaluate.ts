/** Decides whether an agent satisfies the script of a virtual agent group, in three-valued logic. */
import type { VirtualGroupRules } from './rules.ts';
import type { Comparison, Script, ScriptValue } from './script-parser.ts';

/** `unknown`: only the state at run time (`LoggedIn`) could tell. */
export type Verdict = boolean | 'unknown';

/** Level of a skill, by its DBID; undefined when the agent does not have it. */
export type LevelOf = (skillDbid: number) => number | undefined;

/** DBID of an enabled skill by its name; undefined when there is none. */
export type SkillByName = (name: string) => number | undefined;

export interface CompiledScript {
  readonly verdict: (levelOf: LevelOf) => Verdict;
  /** Nobody satisfies the script without one of these skills; undefined: it cannot be narrowed. */
  readonly oneOf: ReadonlySet<number> | undefined;
}

export function compileScript(
  script: Script,
  skillByName: SkillByName,
  rules: VirtualGroupRules,
): CompiledScript {
  switch (script.kind) {
    case 'or': {
      const parts = script.parts.map((part) => compileScript(part, skillByName, rules));
      return { verdict: (levelOf) => anyOf(parts, levelOf), oneOf: union(parts) };
    }
    case 'and': {
      const parts = script.parts.map((part) => compileScript(part, skillByName, rules));
      return { verdict: (levelOf) => allOf(parts, levelOf), oneOf: narrowest(parts) };
    }
    case 'not': {
      const part = compileScript(script.part, skillByName, rules);
      return { verdict: (levelOf) => not(part.verdict(levelOf)), oneOf: undefined };
    }
    case 'exists': {
      const skill = skillByName(script.skill);
      if (skill === undefined) return never;
      return { verdict: (levelOf) => levelOf(skill) !== undefined, oneOf: new Set([skill]) };
    }
    case 'logged-in':
      return { verdict: () => 'unknown', oneOf: undefined };
    case 'compare':
      return compileComparison(script, skillByName, rules);
  }
}

const never: CompiledScript = { verdict: () => false, oneOf: new Set() };

function compileComparison(
  script: Extract<Script, { kind: 'compare' }>,
  skillByName: SkillByName,
  rules: VirtualGroupRules,
): CompiledScript {
  const left = operand(script.left, skillByName, rules);
  const right = operand(script.right, skillByName, rules);
  const needed = left.skill ?? right.skill;
  return {
    verdict: (levelOf) => {
      const a = left.level(levelOf);
      const b = right.level(levelOf);
      // Without the skill every comparison is false, also "!=" and "<" (assumed).
      return a !== undefined && b !== undefined && compare(a, script.operator, b);
    },
    oneOf: rules.missingSkill === 'zero' || needed === undefined ? undefined : new Set([needed]),
  };
}

interface Operand {
  readonly level: (levelOf: LevelOf) => number | undefined;
  readonly skill?: number;
}

function operand(value: ScriptValue, skillByName: SkillByName, rules: VirtualGroupRules): Operand {
  if (value.kind === 'number') return { level: () => value.value };
  const missing = rules.missingSkill === 'zero' ? 0 : undefined;
  const skill = skillByName(value.skill);
  if (skill === undefined) return { level: () => missing };
  return { level: (levelOf) => levelOf(skill) ?? missing, skill };
}

function compare(a: number, operator: Comparison, b: number): boolean {
  switch (operator) {
    case '=':
      return a === b;
    case '!=':
      return a !== b;
    case '>=':
      return a >= b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '<':
      return a < b;
  }
}

function not(verdict: Verdict): Verdict {
  return verdict === 'unknown' ? 'unknown' : !verdict;
}

function anyOf(parts: readonly CompiledScript[], levelOf: LevelOf): Verdict {
  let result: Verdict = false;
  for (const part of parts) {
    const verdict = part.verdict(levelOf);
    if (verdict === true) return true;
    if (verdict === 'unknown') result = 'unknown';
  }
  return result;
}

function allOf(parts: readonly CompiledScript[], levelOf: LevelOf): Verdict {
  let result: Verdict = true;
  for (const part of parts) {
    const verdict = part.verdict(levelOf);
    if (verdict === false) return false;
    if (verdict === 'unknown') result = 'unknown';
  }
  return result;
}

function union(parts: readonly CompiledScript[]): ReadonlySet<number> | undefined {
  const all = new Set<number>();
  for (const { oneOf } of parts) {
    if (oneOf === undefined) return undefined;
    for (const skill of oneOf) all.add(skill);
  }
  return all;
}

function narrowest(parts: readonly CompiledScript[]): ReadonlySet<number> | undefined {
  let best: ReadonlySet<number> | undefined;
  for (const { oneOf } of parts)
    if (oneOf !== undefined && (best === undefined || oneOf.size < best.size)) best = oneOf;
  return best;
}
