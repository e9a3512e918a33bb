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
  const user = await serverUser();
  const base = await temporaryBase(user);
  const { steps, initdb, postgres } = await placePrograms(programs, user);
  const password = randomBytes(12).toString('hex');
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return await onFreePort(async (port) => {
    const server = await GuardedServer.start({
      base,
      ...(user === undefined ? {} : { user }),
      steps: [
        ...steps,
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
      server: { program: postgres, args: ['-D', '{folder}/data', '-p', String(port), ...settings] },
      readyText: 'database system is ready to accept connections',
      stopSignals: ['SIGINT', 'SIGQUIT'],
      // After SIGKILL the server's children live on for a moment and hold the data folder; SIGQUIT takes them along.
      crashSignals: ['SIGQUIT'],
    });
    return server.asOwnServer(
      `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
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
