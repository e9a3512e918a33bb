/** Carries out the steps for the role "Supervisor" in the home division. */
import type { OperationOf } from '../plan/operation.ts';
import { type ApplyContext, ignoringNotFound, onceVisible, record, type StepResult } from './context.ts';
import { addMarked } from './marking.ts';

export async function grantRole(
  context: ApplyContext,
  operation: OperationOf<'role.grant'>,
): Promise<StepResult> {
  const { cloud, state, signal } = context;
  const link = state.users.get(operation.engage.dbid);
  const grant = supervisorGrant(context);
  if (link === undefined || grant === undefined) return 'skipped';
  return await addMarked(context, [link.id], state.supervisors, {
    where: 'supervisors',
    send: () => onceVisible(context, () => cloud.authorization.bulkAdd(link.id, [grant], { signal })),
  });
}

export async function revokeRole(
  context: ApplyContext,
  operation: OperationOf<'role.revoke'>,
): Promise<StepResult> {
  const { cloud, state, ledger, signal } = context;
  const user = operation.cloudId;
  const grant = supervisorGrant(context);
  if (grant === undefined) return 'skipped';
  await context.count(operation);
  await ignoringNotFound(() => cloud.authorization.removeGrant(user, grant, { signal }));
  state.supervisors.delete(user);
  await record(context, ledger.keys.marks('supervisors', [], [user]));
  return 'done';
}

function supervisorGrant({ state }: ApplyContext) {
  const { supervisorRoleId: roleId, homeDivisionId: divisionId } = state;
  return roleId === undefined || divisionId === undefined ? undefined : { roleId, divisionId };
}
