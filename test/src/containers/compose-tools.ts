/** The two generations of compose that the files are written for: docker-compose 1.29, and the plugin of docker. */
import { mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianProgram } from '@exec/testing/servers';
import { NoEngineError } from './no-engine-error.ts';
import { run } from './run.ts';

export interface Compose {
  /** For a person: `compose 2.26.1`. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

/** The release of Debian whose docker-compose is the plugin, and where its package puts it. */
export const pluginOf = {
  suite: 'trixie',
  package: 'docker-compose',
  path: 'usr/libexec/docker/cli-plugins/docker-compose',
};

/**
 * Each generation that is here or can be fetched; why one is not is said on standard error.
 * @throws NoEngineError when there is none, or in CI when one is missing: it would be skipped in silence
 */
export async function findComposes(): Promise<readonly Compose[]> {
  const found = await Promise.allSettled([findPlugin(), findFirst()]);
  const composes = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const missing = found.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Error).message] : []));
  for (const reason of missing) process.stderr.write(`containers: not tried: ${reason}\n`);
  if (composes.length === 0 || (missing.length > 0 && process.env.CI === 'true'))
    throw new NoEngineError(missing.join('; '));
  return composes;
}

async function findPlugin(): Promise<Compose> {
  const here = ['docker', 'compose'] as const;
  const version = await versionOf(here);
  if (version !== undefined) return { name: `compose ${version}`, command: here };
  const program = await debianProgram(pluginOf);
  const config = await mkdtemp(join(tmpdir(), 'exec-docker-config-'));
  await mkdir(join(config, 'cli-plugins'));
  await symlink(program, join(config, 'cli-plugins', 'docker-compose'));
  const fetched = ['docker', '--config', config, 'compose'] as const;
  const its = await versionOf(fetched);
  if (its === undefined)
    throw new Error(`compose 2: the plugin of Debian ${pluginOf.suite} does not run here`);
  return { name: `compose ${its}`, command: fetched };
}

async function findFirst(): Promise<Compose> {
  const version = await versionOf(['docker-compose']);
  if (version === undefined)
    throw new Error('compose 1: no docker-compose (Debian 12: apt-get install docker-compose)');
  if (!version.startsWith('1.')) throw new Error(`compose 1: docker-compose is ${version} here`);
  return { name: `docker-compose ${version}`, command: ['docker-compose'] };
}

async function versionOf([program, ...args]: readonly [string, ...string[]]): Promise<string | undefined> {
  const { code, stdout } = await run(program, [...args, 'version', '--short'], { limitMs: 20_000 });
  return code === 0 ? stdout.trim().replace(/^v/, '') : undefined;
}
