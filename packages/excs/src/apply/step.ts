/** Carries out one operation: from what a plan says to the requests that do it. */
import type { Operation } from '../plan/operation.ts';
import type { ApplyContext, StepResult } from './context.ts';
import { setExternalIdentity } from './identities.ts';
import { adoptSkill, adoptWrapupCode, createSkill, createWrapupCode, renameWrapupCode } from './objects.ts';
import {
  addCodes,
  addMembers,
  adoptQueue,
  createQueue,
  removeCode,
  removeMembers,
  updateQueue,
} from './queues.ts';
import { grantRole, revokeRole } from './roles.ts';
import { setSkills } from './skills.ts';
import { applySource, setDefaultSource } from './source.ts';
import {
  activateUser,
  adoptUser,
  createUser,
  deactivateUser,
  setPrimarySource,
  updateUser,
} from './users.ts';

/**
 * @rule An operation whose answer is lost is looked for before it is repeated: nothing is doubled.
 * @test step.test.ts: %s, carried out all the same: nothing is doubled
 * @test apply/faults.test.ts
 * @throws CloudError; ExecError `lease.lost`, `redis.unavailable`
 */
export function carryOut(context: ApplyContext, operation: Operation): Promise<StepResult> {
  switch (operation.type) {
    case 'source.create':
    case 'source.update':
      return applySource(context, operation);
    case 'default-source.set':
      return setDefaultSource(context);
    case 'skill.create':
      return createSkill(context, operation);
    case 'skill.adopt':
      return adoptSkill(context, operation);
    case 'wrapup-code.create':
      return createWrapupCode(context, operation);
    case 'wrapup-code.adopt':
      return adoptWrapupCode(context, operation);
    case 'wrapup-code.update':
      return renameWrapupCode(context, operation);
    case 'queue.create':
      return createQueue(context, operation);
    case 'queue.adopt':
      return adoptQueue(context, operation);
    case 'queue.update':
      return updateQueue(context, operation);
    case 'user.create':
      return createUser(context, operation);
    case 'user.adopt':
      return adoptUser(context, operation);
    case 'user.update':
      return updateUser(context, operation);
    case 'user.activate':
    case 'user.restore':
      return activateUser(context, operation);
    case 'user.deactivate':
      return deactivateUser(context, operation);
    case 'external-identity.add':
    case 'external-identity.replace':
      return setExternalIdentity(context, operation);
    case 'user-skills.set':
      return setSkills(context, operation);
    case 'primary-source.set':
      return setPrimarySource(context, operation);
    case 'role.grant':
      return grantRole(context, operation);
    case 'role.revoke':
      return revokeRole(context, operation);
    case 'queue-member.add':
      return addMembers(context, operation);
    case 'queue-member.remove':
      return removeMembers(context, operation);
    case 'queue-wrapup-code.add':
      return addCodes(context, operation);
    case 'queue-wrapup-code.remove':
      return removeCode(context, operation);
  }
}
