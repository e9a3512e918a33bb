/** Carries out the steps for the skills of users. */
import { isVersionConflict, maxSkillsPerCall, type SkillAssignment } from '@exec/common/genesys-cloud';
import type { CloudSkillId } from '@exec/common/ids';
import { skillPairs } from '../engage/skill-levels.ts';
import type { OperationOf } from '../plan/operation.ts';
import { formatSkills, keeping, type Proficiencies, parseSkills } from '../plan/user-skills.ts';
import { type ApplyContext, ignoringNotFound, onceVisible, type StepResult, saveUser } from './context.ts';

export async function setSkills(
  context: ApplyContext,
  operation: OperationOf<'user-skills.set'>,
): Promise<StepResult> {
  const { cloud, state, signal, clock } = context;
  const link = state.users.get(operation.engage.dbid);
  if (link === undefined) return 'skipped';
  const wanted = new Map<CloudSkillId, number>();
  for (const [skill, proficiency] of skillPairs(operation.skills)) {
    const id = state.skills.get(skill)?.id;
    if (id !== undefined) wanted.set(id, proficiency);
  }
  const has = parseSkills(link.skills);
  const target = keeping(wanted, has, operation.keep);
  const skills = formatSkills(target);
  if (skills === link.skills) return 'skipped';
  await context.count(operation);
  await retryingVersions(context, async () => {
    if (target.size <= maxSkillsPerCall) {
      await onceVisible(context, () => cloud.users.replaceSkills(link.id, assignments(target), { signal }));
      return;
    }
    // A replacement in parts would take skills away for a moment.
    const changed = new Map([...target].filter(([id, proficiency]) => has.get(id) !== proficiency));
    await cloud.users.addSkills(link.id, assignments(changed), { signal });
    for (const id of has.keys())
      if (!target.has(id)) await ignoringNotFound(() => cloud.users.removeSkill(link.id, id, { signal }));
  });
  await saveUser(context, { ...link, skills, version: undefined, at: clock.now() });
  return 'done';
}

/** Any write to a user raises its version; the cloud may meet another one at that moment. */
async function retryingVersions(context: ApplyContext, work: () => Promise<void>): Promise<void> {
  for (let round = 1; ; round++)
    try {
      await work();
      return;
    } catch (error) {
      if (!isVersionConflict(error) || round >= 5) throw error;
      await context.clock.sleep(error.retryAfterMs ?? round * 500, context.signal);
    }
}

function assignments(skills: Proficiencies): SkillAssignment[] {
  return [...skills].map(([id, proficiency]) => ({ id, proficiency }));
}
