/** Tells what the connector added from what others did: members, role grants, codes of queues. */
import type { Owner } from '../plan/organization.ts';
import { type ApplyContext, isUnknown, record, type StepResult } from './context.ts';

interface MarkedAdd {
  readonly where: Parameters<ApplyContext['ledger']['keys']['marks']>[0];
  readonly send: () => Promise<void>;
  /** Notes the time of the write, milliseconds since 1970. */
  readonly wrote?: (at: number) => void;
}

/**
 * Marks what is about to be added as ours before the request, so that it differs from what others added even
 * if the process ends in between.
 *
 * @throws CloudError what `send` throws; the marks stay while nobody knows whether it was carried out
 * @rule What is about to be added is marked as ours before the request, so that a process that ends in between knows
 *   its own.
 * @test step.test.ts: is marked before the request, and stays so while nobody knows the outcome
 * @test step.test.ts: is not ours when the request was refused
 */
export async function addMarked<Id extends string>(
  context: ApplyContext,
  ids: readonly Id[],
  marks: Map<Id, Owner>,
  { where, send, wrote }: MarkedAdd,
): Promise<StepResult> {
  if (ids.length === 0) return 'skipped';
  const { keys } = context.ledger;
  const mark = async (owner: Owner, at: number) => {
    for (const id of ids) marks.set(id, owner);
    const pairs = ids.map((id) => [id, owner] as const);
    await record(context, keys.marks(where, pairs, [], at));
  };
  await mark('adding', context.clock.now());
  try {
    await send();
  } catch (error) {
    if (!isUnknown(error) && !context.signal.aborted) {
      for (const id of ids) marks.delete(id);
      await record(context, keys.marks(where, [], ids));
    }
    throw error;
  }
  const at = context.clock.now();
  wrote?.(at);
  await mark('ours', at);
  return 'done';
}

/** Those that are not in the cloud for certain: a request that was to add them may have been lost. */
export function unmarked<Id extends string>(
  ids: readonly (Id | undefined)[],
  marks: ReadonlyMap<Id, Owner>,
): Id[] {
  return ids.filter((id): id is Id => {
    const owner = id === undefined ? undefined : marks.get(id);
    return id !== undefined && owner !== 'ours' && owner !== 'foreign';
  });
}
