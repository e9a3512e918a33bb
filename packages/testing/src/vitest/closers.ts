/**
 * What is closed when a test, or its file, is done. The set-up file calls `closeAll`: a hook that stood in a module would
 * be registered for the first file of a worker alone, since the files of one worker share its modules.
 */

/** How long something lives: what a `beforeAll` starts lives as long as the file. */
export type Life = 'test' | 'file';

type Close = () => unknown;

const open: Readonly<Record<Life | 'servers', Close[]>> = { test: [], file: [], servers: [] };

/** Those of one life are closed one after the other, the last one first. */
export function closeLater(close: Close, life: Life = 'test'): void {
  open[life].push(close);
}

/** A server, database or key prefix: gone at the end of the file, when all that may use it is closed. */
export function removeLater(remove: Close): void {
  open.servers.push(remove);
}

export async function closeAll(life: Life): Promise<void> {
  for (const close of open[life].splice(0).reverse()) await close();
}

/** @throws AggregateError of what could not be removed; the others are. */
export async function removeAll(): Promise<void> {
  const results = await Promise.allSettled(open.servers.splice(0).map(async (remove) => remove()));
  const failed = results
    .filter((result) => result.status === 'rejected')
    .map((result) => result.reason as unknown);
  if (failed.length > 0) throw new AggregateError(failed, 'cleaning up after the test file failed');
}
