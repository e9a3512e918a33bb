/** Compares skills: they are created or adopted by name, never renamed or deleted. */
import type { CloudSkillId, Dbid } from '@exec/common/ids';
import { foldCase } from '../desired/names.ts';
import type { DiffContext } from './context.ts';
import { phases } from './operation.ts';

/** Cloud IDs of the desired skills that exist; those that will be created are missing. */
export type SkillIds = ReadonlyMap<Dbid, CloudSkillId>;

export function diffSkills(context: DiffContext): SkillIds {
  const { desired, known } = context;
  const ids = new Map<Dbid, CloudSkillId>();
  const refused = context.isRefused('skills');
  for (const [dbid, link] of known.skills)
    if (refused || keepsName(link.name, desired.skills.get(dbid)?.name)) ids.set(dbid, link.id);
  if (refused) return ids;
  for (const skill of desired.skills.values()) {
    if (ids.has(skill.dbid)) continue;
    const former = known.skills.get(skill.dbid);
    const found = known.skillByName(skill.name);
    const base = {
      kind: 'skill' as const,
      engage: context.engage('skill', skill.dbid, skill.name),
      before: former?.name,
      after: skill.name,
      phase: phases.objects,
      lane: `skill/${skill.dbid}`,
    };
    if (found === undefined) {
      const reason = former === undefined ? 'new in Engage' : 'renamed in Engage; skills cannot be renamed';
      context.add({
        ...base,
        id: `skill/create/${skill.dbid}`,
        operation: 'create',
        reason,
        work: { do: 'create-skill' },
      });
      continue;
    }
    const added = context.add({
      ...base,
      id: `skill/adopt/${skill.dbid}`,
      operation: 'adopt',
      cloudId: found.id,
      reason: 'a skill of that name exists',
      work: { do: 'link', cloudId: found.id },
    });
    if (added) ids.set(skill.dbid, found.id);
  }
  return ids;
}

function keepsName(linked: string, wanted: string | undefined): boolean {
  return wanted !== undefined && foldCase(linked) === foldCase(wanted);
}
