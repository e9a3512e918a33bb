/** Turns the level of an Engage skill into the proficiency of the cloud. */

/** Highest proficiency of Genesys Cloud (`UserRoutingSkillPost.proficiency`, 0..5). */
const maxProficiency = 5;

export interface Proficiency {
  readonly value: number;
  /** Whether the level was above the highest one and has been cut. */
  readonly clamped: boolean;
}

/**
 * `levelMax` stands for 5.0. With 5 a level is taken as it is; otherwise it is scaled and rounded to one decimal,
 * the precision that the cloud shows.
 *
 * @rule SKILL_LEVEL_MAX stands for the proficiency 5.0; higher levels are cut and counted.
 * @test users.test.ts: above the highest one is cut and counted
 * @page docs/reference/mapping.md#what-becomes-what
 */
export function proficiency(level: number, levelMax: number): Proficiency {
  const scaled =
    levelMax === maxProficiency ? level : Math.round((level * maxProficiency * 10) / levelMax) / 10;
  const value = Math.min(Math.max(scaled, 0), maxProficiency);
  return { value, clamped: level > levelMax };
}
