/** Compares skills: they are created or adopted by name, never renamed or deleted. */
import type { CloudSkillId, Dbid } from '@exec/common/ids';
import { foldCase } from '../desired/names.ts';
import type { DiffContext } from './context.ts';

/** Cloud IDs of the desired skills that exist; those that will be created are missing. */
export type SkillIds = ReadonlyMap<Dbid, CloudSkillId>;

/**
 * Operations for skills.
 *
 * @rule A skill is created or adopted by name, never renamed or deleted: a renamed Engage skill is a new one in the
 *   cloud.
 * @test sync/rules.test.ts: a renamed skill is a new skill, users are moved over, the old one is an orphan
 * @test sync/adoption.test.ts: are adopted by name, and their name is set where it can be
 * @returns the cloud IDs of the desired skills that exist
 */
export function diffSkills(context: DiffContext): SkillIds {
  const { desired, known } = context;
  const ids = new Map<Dbid, CloudSkillId>();
  const refused = context.isRefused('skills');
  for (const [dbid, link] of known.skills)
    if (refused || desired.frozen.skills.has(dbid) || keepsName(link.name, desired.skills.get(dbid)?.name))
      ids.set(dbid, link.id);
  if (refused) return ids;
  for (const skill of desired.skills.values()) {
    if (ids.has(skill.dbid)) continue;
    const former = known.skills.get(skill.dbid);
    const found = known.skillByName(skill.name);
    const shown = { before: former?.name, after: skill.name, serialKey: `skill/${skill.dbid}` };
    if (found === undefined) {
      const reason = former === undefined ? 'new in Engage' : 'renamed in Engage; skills cannot be renamed';
      context.add({
        ...context.about('skill.create', 'skill', skill.dbid, skill.name),
        ...shown,
        reason,
        name: skill.name,
      });
      continue;
    }
    const added = context.add({
      ...context.about('skill.adopt', 'skill', skill.dbid, skill.name),
      ...shown,
      cloudId: found.id,
      reason: 'a skill of that name exists',
    });
    if (added) ids.set(skill.dbid, found.id);
  }
  return ids;
}

function keepsName(linked: string, wanted: string | undefined): boolean {
  return wanted !== undefined && foldCase(linked) === foldCase(wanted);
}
