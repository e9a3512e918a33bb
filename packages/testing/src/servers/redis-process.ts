/** Starts a Redis server from its program, in a temporary folder, under a guardian. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from './find-program.ts';
import { onFreePort } from './free-port.ts';
import { GuardedServer } from './guarded-server.ts';
import { type RedisVersion, redisVersionOf } from './redis-versions.ts';
import type { OwnServer } from './started-server.ts';
import { serverUser, temporaryBase } from './unprivileged-user.ts';

/** How a Redis server is started, and for messages where it comes from. */
export interface RedisProgram {
  /** Full path. */
  readonly program: string;
  /** Arguments in front of those of the server: a program may be started by its loader. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly how: string;
}

/** Full path of `redis-server` (or of Valkey's, which speaks the same), if the machine has one. */
export async function findRedisProgram(): Promise<string | undefined> {
  const folders = ['/usr/bin', '/usr/local/bin', '/usr/sbin'];
  return (await findProgram('redis-server', folders)) ?? (await findProgram('valkey-server', folders));
}

/** What the program says of itself; none for a version that is not tested against. */
export async function versionOfProgram(program: string): Promise<RedisVersion | undefined> {
  const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: 60_000 });
  return redisVersionOf(stdout);
}

/**
 * `more`: what stands in the environment besides what the program needs.
 * @throws Error with the server's own words when it cannot be started.
 */
export async function startRedisProcess(
  { program, args, env, how }: RedisProgram,
  settings: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): Promise<OwnServer> {
  const user = await serverUser();
  const base = await temporaryBase(user);
  return await onFreePort(async (port) => {
    const server = await GuardedServer.start({
      base,
      ...(user === undefined ? {} : { user }),
      steps: [],
      server: {
        program,
        env: { ...env, ...more },
        args: [
          ...args,
          ...['--port', String(port)],
          ...['--bind', '127.0.0.1'],
          ...['--dir', '{folder}'],
          ...['--daemonize', 'no'],
          ...['--logfile', ''],
          ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
        ],
      },
      readyText: 'eady to accept connections',
      stopSignals: ['SIGTERM'],
      crashSignals: [],
    });
    return server.asOwnServer(`redis://127.0.0.1:${port}`, `${how}, port ${port}`);
  });
}
