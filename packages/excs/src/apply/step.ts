/** Carries out one operation: from what a plan says to the requests that do it. */
import type { Operation } from '../plan/operation.ts';
import type { ApplyContext, StepResult } from './context.ts';
import { createSkill, createWrapupCode, linkNamed, renameWrapupCode } from './objects.ts';
import {
  addCodes,
  addMembers,
  adoptQueue,
  createQueue,
  removeCode,
  removeMembers,
  updateQueue,
} from './queues.ts';
import { applySource } from './source.ts';
import {
  activateUser,
  adoptUser,
  createUser,
  deactivateUser,
  grantRole,
  revokeRole,
  setExternalIdentity,
  setPrimarySource,
  setSkills,
  updateUser,
} from './users.ts';

/** @throws CloudError; ExecError `lease.lost`, `redis.unavailable` */
export function carryOut(context: ApplyContext, operation: Operation): Promise<StepResult> {
  const { work } = operation;
  switch (work.do) {
    case 'source':
      return applySource(context);
    case 'create-skill':
      return createSkill(context, operation);
    case 'create-wrapup-code':
      return createWrapupCode(context, operation);
    case 'create-queue':
      return createQueue(context, operation);
    case 'create-user':
      return createUser(context, operation);
    case 'link':
      if (operation.kind === 'user') return adoptUser(context, operation, work.cloudId);
      if (operation.kind === 'queue') return adoptQueue(context, operation, work.cloudId);
      return linkNamed(context, operation, work.cloudId);
    case 'rename-wrapup-code':
      return renameWrapupCode(context, operation);
    case 'update-queue':
      return updateQueue(context, operation, work.name);
    case 'update-user':
      return updateUser(context, operation);
    case 'activate-user':
      return activateUser(context, operation);
    case 'deactivate-user':
      return deactivateUser(context, operation);
    case 'external-identity':
      return setExternalIdentity(context, operation);
    case 'primary-source':
      return setPrimarySource(context, operation);
    case 'user-skills':
      return setSkills(context, operation, work.keep);
    case 'grant':
      return grantRole(context, operation);
    case 'revoke':
      return revokeRole(context, operation, work.user);
    case 'add-members':
      return addMembers(context, operation, work.persons);
    case 'remove-members':
      return removeMembers(context, operation, work.users);
    case 'add-codes':
      return addCodes(context, operation, work.codes);
    case 'remove-code':
      return removeCode(context, operation, work.code);
  }
}
