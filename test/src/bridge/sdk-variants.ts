/** Other jars in place of the SDK's: the double without some of its classes, or with some of them told otherwise. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { bridgeFolder } from './bridge-process.ts';

const run = promisify(execFile);
const double = join(bridgeFolder, 'sdk-double');
const doubleJar = join(double, 'target/sdk-double.jar');

export interface Variant {
  /** Classes that are left out, as paths without suffix. */
  readonly without?: readonly string[];
  /** Sources that are compiled with another text, by path without suffix. */
  readonly changed?: Readonly<Record<string, (source: string) => string>>;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
}

/** Runs a command of the bridge with the variant in place of the SDK. */
export async function runOn(variant: Variant, args: readonly string[]): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), 'bridge-variant-'));
  try {
    const jar = join(folder, 'sdk.jar');
    await cp(doubleJar, jar);
    if (variant.without !== undefined) await leaveOut(jar, variant.without);
    for (const [path, change] of Object.entries(variant.changed ?? {})) {
      const source = join(folder, `${basename(path)}.java`);
      const text = await readFile(join(double, `src/main/java/${path}.java`), 'utf8');
      await writeFile(source, change(text));
      await run('javac', ['-nowarn', '-cp', jar, '-d', join(folder, 'classes'), source]);
      await run('jar', ['uf', jar, '-C', join(folder, 'classes'), '.']);
    }
    return await runBridge(jar, args);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs a command of the bridge on the double, or on a jar of the caller's. */
export function runBridge(jar: string | undefined, args: readonly string[]): Promise<Ran> {
  const classPath = [join(bridgeFolder, 'bridge/target/bridge.jar'), jar ?? doubleJar].join(':');
  return ran('java', ['-cp', classPath, 'exec.bridge.Main', ...args]);
}

/** Runs a program to its end, whatever its exit code. */
export async function ran(program: string, args: readonly string[]): Promise<Ran> {
  try {
    const { stdout, stderr } = await run(program, args, { maxBuffer: 1e8 });
    return { code: 0, out: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw error;
    return { code, out: `${stdout ?? ''}${stderr ?? ''}` };
  }
}

/** A check and what was wrong, if anything. */
export type Checked = readonly [name: string, fault: string | undefined];

/** The fault: what is missing of what must be said, or another exit code. */
export function faultOf({ code, out }: Ran, expected: number, said: readonly string[]): string | undefined {
  const missing = said.filter((text) => !out.includes(text));
  if (code === expected && missing.length === 0) return undefined;
  return `exit ${code} in place of ${expected}; not said: ${missing.join(' | ')}\n${out.slice(-2_000)}`;
}

/** `jar` cannot delete: what is kept is packed again. */
async function leaveOut(jar: string, without: readonly string[]): Promise<void> {
  const unpacked = `${jar}.d`;
  await run('mkdir', [unpacked]);
  await run('jar', ['xf', jar], { cwd: unpacked });
  await run('bash', ['-c', 'rm -- "$@"', 'rm', ...without.map((path) => join(unpacked, `${path}.class`))]);
  await run('jar', ['cf', jar, '-C', unpacked, '.']);
}
