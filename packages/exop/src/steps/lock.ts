/** Keeps a second run of the bootstrap away from a VM while one works on it. */
import { PassThrough } from 'node:stream';
import { ExecError } from '@exec/common/errors';
import type { Vm } from '../ssh/vm.ts';

const LONGEST_RUN_MS = 6 * 3_600_000;

/**
 * Holds flock(1) on a file for as long as the answer is not called, and never longer than the SSH connection: a
 * run that dies leaves no lock behind.
 * @throws ExecError exop.busy
 */
export async function lock(vm: Vm): Promise<() => Promise<void>> {
  const input = new PassThrough();
  const held = Promise.withResolvers<boolean>();
  const script = `
mkdir -p -- "$1" || exit 1
command -v flock >/dev/null || { echo held; cat >/dev/null; exit 0; }
exec flock -n -E 75 "$1/.lock" sh -c 'echo held; cat >/dev/null'
`;
  const run = vm.script(script, [vm.dir], {
    input,
    limitMs: LONGEST_RUN_MS,
    onOutput: (text) => {
      if (text.includes('held')) held.resolve(true);
    },
  });
  const ended = run.then(
    (result) => {
      if (result.code === 75)
        throw new ExecError('exop.busy', `${vm.name} (${vm.host}): another run works on this VM`, {
          retryable: true,
        });
      throw new ExecError(
        'exop.command-failed',
        `${vm.name} (${vm.host}): make ${vm.dir}: ${result.stderr.trim() || `exit code ${result.code}`}`,
      );
    },
    (error: unknown) => {
      throw error;
    },
  );
  ended.catch(() => {});
  await Promise.race([held.promise, ended]);
  return async () => {
    input.end();
    await run.catch(() => {});
  };
}
