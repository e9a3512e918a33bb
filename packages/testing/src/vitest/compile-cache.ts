/** Where Node keeps what it compiles in a run of tests: for workers, and for the services that tests start. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Another place, or none (`''`), may be asked for by the variable itself. `root`: folder of the repository. */
export function useCompileCache(root: string): void {
  process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/node-compile');
}

/**
 * Lets each program be compiled once. Tests start some of them at the same moment and kill most of them, and a process
 * that is killed keeps nothing.
 * @throws Error when one does not even tell its version
 */
export async function compileOnce(root: string, programs: readonly string[]): Promise<void> {
  await Promise.all(
    programs.map((program) => promisify(execFile)(process.execPath, [join(root, program), '--version'])),
  );
}
