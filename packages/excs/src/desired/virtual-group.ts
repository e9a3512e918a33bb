/** Computes the members of virtual agent groups from the skills of the agents. */
import type { Dbid } from '@exec/common/ids';
import type { EngagePerson, EngageSkill } from '../engage/snapshot.ts';
import type { VirtualGroupRules } from './model.ts';
import { compileScript, type LevelOf } from './script-evaluate.ts';
import { parseScript } from './script-parser.ts';

export type VirtualMembers =
  | { readonly members: readonly Dbid[] }
  | { readonly problem: string; readonly at: number };

/** Indexes the candidates once, so that most scripts look at the holders of one skill only. */
export class VirtualGroups {
  readonly #rules: VirtualGroupRules;
  readonly #candidates: readonly EngagePerson[];
  readonly #skills = new Map<string, number>();
  readonly #holders = new Map<number, EngagePerson[]>();

  /** `persons`: enabled agents of the tenant (assumed candidate set); disabled skills do not count. */
  constructor(persons: readonly EngagePerson[], skills: readonly EngageSkill[], rules: VirtualGroupRules) {
    this.#rules = rules;
    this.#candidates = persons;
    for (const skill of skills) if (skill.enabled) this.#skills.set(skill.name, skill.dbid);
    for (const person of persons)
      for (let index = 0; index < person.levels.length; index += 2) {
        const skill = person.levels[index] ?? 0;
        const holders = this.#holders.get(skill);
        if (holders === undefined) this.#holders.set(skill, [person]);
        else holders.push(person);
      }
  }

  membersOf(text: string): VirtualMembers {
    const parsed = parseScript(text);
    if ('problem' in parsed) return parsed;
    const compiled = compileScript(parsed.script, (name) => this.#skills.get(name), this.#rules);
    const members: Dbid[] = [];
    for (const person of this.#narrowed(compiled.oneOf)) {
      const verdict = compiled.verdict(levelsOf(person));
      if (verdict === true || (verdict === 'unknown' && this.#rules.unknownLogin === 'member'))
        members.push(person.dbid);
    }
    return { members };
  }

  #narrowed(oneOf: ReadonlySet<number> | undefined): Iterable<EngagePerson> {
    if (oneOf === undefined) return this.#candidates;
    const [only] = oneOf;
    if (oneOf.size === 1 && only !== undefined) return this.#holders.get(only) ?? [];
    const union = new Set<EngagePerson>();
    for (const skill of oneOf) for (const person of this.#holders.get(skill) ?? []) union.add(person);
    return union;
  }
}

function levelsOf(person: EngagePerson): LevelOf {
  return (skillDbid) => {
    for (let index = 0; index < person.levels.length; index += 2)
      if (person.levels[index] === skillDbid) return person.levels[index + 1];
    return undefined;
  };
}
