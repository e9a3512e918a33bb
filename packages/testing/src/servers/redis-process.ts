/** Starts a Redis server from its program, in a temporary folder, under a guardian. */
import { findProgram } from './find-program.ts';
import { onFreePort } from './free-port.ts';
import { GuardedServer } from './guarded-server.ts';
import type { OwnServer } from './started-server.ts';
import { serverUser, temporaryBase } from './unprivileged-user.ts';

/** Full path of `redis-server` (or of Valkey's, which speaks the same), if the machine has one. */
export async function findRedisProgram(): Promise<string | undefined> {
  const folders = ['/usr/bin', '/usr/local/bin', '/usr/sbin'];
  return (await findProgram('redis-server', folders)) ?? (await findProgram('valkey-server', folders));
}

/** @throws Error with the server's own words when it cannot be started. */
export async function startRedisProcess(program: string, durable: boolean, from: string): Promise<OwnServer> {
  const user = await serverUser();
  const base = await temporaryBase(user);
  return await onFreePort(async (port) => {
    const server = await GuardedServer.start({
      base,
      ...(user === undefined ? {} : { user }),
      steps: [],
      server: {
        program,
        args: [
          ...['--port', String(port)],
          ...['--bind', '127.0.0.1'],
          ...['--dir', '{folder}'],
          ...['--daemonize', 'no'],
          ...['--logfile', ''],
          ...['--save', ''],
          ...['--appendonly', durable ? 'yes' : 'no'],
          ...['--appendfsync', 'always'],
        ],
      },
      readyText: 'eady to accept connections',
      stopSignals: ['SIGTERM'],
      crashSignals: [],
    });
    return server.asOwnServer(`redis://127.0.0.1:${port}`, `${from} (${program}), port ${port}`);
  });
}
