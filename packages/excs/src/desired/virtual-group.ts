/** Computes the members of virtual agent groups from the skills of the agents. */
import type { Dbid } from '@exec/common/ids';
import { forEachSkill, levelOf } from '../engage/skill-levels.ts';
import type { EngagePerson, EngageSkill } from '../engage/snapshot.ts';
import type { VirtualGroupRules } from './rules.ts';
import { compileScript } from './script-evaluate.ts';
import { parseScript } from './script-parser.ts';

export type VirtualMembers =
  | { readonly members: readonly Dbid[] }
  | { readonly problem: string; readonly at: number };

/**
 * Indexes the candidates once, so that most scripts look at the holders of one skill only.
 *
 * @rule The members of a virtual agent group are the enabled agents of the tenant who satisfy its script.
 * @test desired.test.ts: has the persons that satisfy its script, not those that are listed
 * @test script.test.ts
 * @page docs/reference/mapping.md#scripts-of-virtual-groups
 */
export class VirtualGroups {
  readonly #rules: VirtualGroupRules;
  readonly #candidates: readonly EngagePerson[];
  readonly #skills = new Map<string, number>();
  readonly #holders = new Map<number, EngagePerson[]>();
  readonly #hiddenSkills: boolean;

  /**
   * `persons`: enabled agents of the tenant (assumed candidate set); disabled skills do not count. `hiddenSkills`: there
   * are skills whose names cannot be read.
   */
  constructor(
    persons: readonly EngagePerson[],
    skills: readonly EngageSkill[],
    rules: VirtualGroupRules,
    hiddenSkills = false,
  ) {
    this.#rules = rules;
    this.#hiddenSkills = hiddenSkills;
    this.#candidates = persons;
    for (const skill of skills) if (skill.enabled) this.#skills.set(skill.name, skill.dbid);
    for (const person of persons)
      forEachSkill(person.levels, (skill) => {
        const holders = this.#holders.get(skill);
        if (holders === undefined) this.#holders.set(skill, [person]);
        else holders.push(person);
      });
  }

  membersOf(text: string): VirtualMembers {
    const parsed = parseScript(text);
    if ('problem' in parsed) return parsed;
    let missing: string | undefined;
    const byName = (name: string) => {
      const found = this.#skills.get(name);
      if (found === undefined) missing ??= name;
      return found;
    };
    const compiled = compileScript(parsed.script, byName, this.#rules);
    if (this.#hiddenSkills && missing !== undefined)
      return { problem: `there is no skill "${missing}", unless it is one whose row cannot be read`, at: 0 };
    const members: Dbid[] = [];
    for (const person of this.#narrowed(compiled.oneOf)) {
      const verdict = compiled.verdict((skill) => levelOf(person.levels, skill));
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
