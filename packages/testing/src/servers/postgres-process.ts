/** Starts a PostgreSQL server from its programs, in a temporary folder, under a guardian. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onFreePort } from './free-port.ts';
import type { GuardedStep } from './guard-protocol.ts';
import { GuardedServer } from './guarded-server.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import type { OwnServer } from './started-server.ts';
import { isPassable, type ServerUser, serverUser, temporaryBase } from './unprivileged-user.ts';

/**
 * Nothing of a test outlives the machine, so nothing waits for the disk (fsync); a commit is still handed to the
 * operating system (synchronous_commit), because tests kill the server and want their rows back.
 */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'on',
  full_page_writes: 'off',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  logging_collector: 'off',
  log_destination: 'stderr',
  timezone: 'UTC',
};

/** @throws Error with the server's own words when it cannot be initialised or started. */
export async function startPostgresProcess(programs: PostgresPrograms): Promise<OwnServer> {
  const password = randomBytes(12).toString('hex');
  return await start(programs, {
    password,
    steps: ({ initdb }) => [
      { step: 'write', path: '{folder}/password', text: password },
      {
        step: 'run',
        command: {
          program: initdb,
          args: [
            '--pgdata={folder}/data',
            '--username=postgres',
            '--pwfile={folder}/password',
            '--auth=scram-sha-256',
            '--encoding=UTF8',
            '--locale=C',
            '--no-sync',
          ],
        },
      },
    ],
    settings: {},
    readyText: 'database system is ready to accept connections',
  });
}

export interface PostgresPair {
  readonly primary: OwnServer;
  /** Follows the primary by streaming; takes reads only. */
  readonly standby: OwnServer;
}

/** A primary and a hot standby that follows it. @throws Error as for one */
export async function startPostgresPair(programs: PostgresPrograms): Promise<PostgresPair> {
  const primary = await startPostgresProcess(programs);
  try {
    // The folder of a server that has ended is whole: what is not in its files yet is in its log.
    await primary.kill();
    const { hostname, port, username, password } = new URL(primary.url);
    const standby = await start(programs, {
      password,
      steps: () => [
        { step: 'run', command: { program: 'cp', args: ['-R', `${primary.folder}/data`, '{folder}/data'] } },
        { step: 'run', command: { program: 'rm', args: ['-f', '{folder}/data/postmaster.pid'] } },
        { step: 'write', path: '{folder}/data/standby.signal', text: '' },
      ],
      settings: { primary_conninfo: `host=${hostname} port=${port} user=${username} password=${password}` },
      // "read-only connections", or "read only connections" before release 14.
      readyText: 'database system is ready to accept read',
    });
    await primary.restart();
    return { primary, standby };
  } catch (error) {
    await primary.stop();
    throw error;
  }
}

interface Start {
  readonly password: string;
  /** What makes the data folder `{folder}/data`. */
  readonly steps: (programs: Placed) => readonly GuardedStep[];
  readonly settings: Readonly<Record<string, string>>;
  readonly readyText: string;
}

async function start(programs: PostgresPrograms, options: Start): Promise<OwnServer> {
  const user = await serverUser();
  const base = await temporaryBase(user);
  const placed = await placePrograms(programs, user);
  const settings = Object.entries({ ...SETTINGS, ...options.settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  return await onFreePort(async (port) => {
    const server = await GuardedServer.start({
      base,
      ...(user === undefined ? {} : { user }),
      steps: [...placed.steps, ...options.steps(placed)],
      server: { program: placed.postgres, args: ['-D', '{folder}/data', '-p', String(port), ...settings] },
      readyText: options.readyText,
      stopSignals: ['SIGINT', 'SIGQUIT'],
      // After SIGKILL the server's children live on for a moment and hold the data folder; SIGQUIT takes them along.
      crashSignals: ['SIGQUIT'],
    });
    return server.asOwnServer(
      `postgresql://postgres:${options.password}@127.0.0.1:${port}/postgres`,
      `${programs.how}, port ${port}`,
    );
  });
}

interface Placed {
  readonly steps: readonly GuardedStep[];
  readonly initdb: string;
  readonly postgres: string;
}

/** Uses the programs where they are, or a copy when the server's user cannot reach them or links are missing. */
async function placePrograms(programs: PostgresPrograms, user: ServerUser | undefined): Promise<Placed> {
  const { tree, links = [] } = programs;
  const reachable = await isPassable(dirname(programs.postgres), user);
  if (reachable && (tree === undefined || links.every((link) => existsSync(join(tree, link.path))))) {
    return { steps: [], initdb: programs.initdb, postgres: programs.postgres };
  }
  if (tree === undefined)
    throw new Error(`${programs.postgres} cannot be reached by the user that servers run as`);
  return {
    steps: [
      { step: 'copy', from: tree, to: '{folder}/programs' },
      ...links.map(
        (link) => ({ step: 'link', path: `{folder}/programs/${link.path}`, target: link.target }) as const,
      ),
    ],
    initdb: '{folder}/programs/bin/initdb',
    postgres: '{folder}/programs/bin/postgres',
  };
}
