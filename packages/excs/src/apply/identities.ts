/** Carries out the steps for external identities: they lead from a user back to its person when the ledger is lost. */
import { isExternalIdConflict } from '@exec/common/genesys-cloud';
import { cloudUser } from '../organization/read-organization.ts';
import type { OperationOf } from '../plan/operation.ts';
import {
  type ApplyContext,
  findEventually,
  ignoringNotFound,
  isUnknown,
  onceVisible,
  type StepResult,
  saveUser,
} from './context.ts';

/**
 * Gives the user the identity of its person, in place of a former one.
 * @returns `adopted` when another user holds it: the next comparison reports that
 * @throws CloudError: what the cloud answered; `cloud.outcome-unknown` where the request may have been carried out and nobody holds it
 */
export async function setExternalIdentity(
  context: ApplyContext,
  operation: OperationOf<'external-identity.add' | 'external-identity.replace'>,
): Promise<StepResult> {
  const { cloud, state, signal, clock } = context;
  const link = state.users.get(operation.engage.dbid);
  if (link === undefined) return 'skipped';
  const { authorityName, externalKey } = operation.identity;
  if (link.externalKey !== undefined && link.externalKey !== externalKey) {
    const former = { authorityName, externalKey: link.externalKey };
    await ignoringNotFound(() => cloud.externalIds.remove(link.id, former, { signal }));
  }
  const wanted = { authorityName, externalKey };
  try {
    await onceVisible(context, () => cloud.externalIds.add(link.id, wanted, { signal }));
  } catch (error) {
    if (!isExternalIdConflict(error) && !isUnknown(error)) throw error;
    const holder = await findEventually(context, () => cloud.externalIds.find(wanted, { signal }));
    if (holder === undefined && !isExternalIdConflict(error)) throw error;
    if (holder?.id !== link.id) {
      // No failure to be repeated: the next comparison reports the conflict and leaves the identity alone.
      if (holder !== undefined && state.user(holder.id) === undefined) state.setOther(cloudUser(holder));
      state.identityHolders.set(link.dbid, holder?.id ?? 'hidden');
      await saveUser(context, { ...link, externalKey: undefined, version: undefined, at: clock.now() });
      return 'adopted';
    }
  }
  state.identityHolders.delete(link.dbid);
  await saveUser(context, { ...link, externalKey, version: undefined, at: clock.now() });
  return 'done';
}
