/** PostgreSQL in a container. */
import { randomBytes } from 'node:crypto';
import { startContainer } from './container.ts';
import { withClient } from './databases.ts';
import { onFreePort } from './free-port.ts';
import type { OwnServer } from './started-server.ts';

/** @throws Error when no container engine answers or the image cannot be had. */
export async function startPostgresContainer(): Promise<OwnServer> {
  const password = randomBytes(12).toString('hex');
  return await onFreePort((hostPort) =>
    startContainer({
      image: 'postgres:17-alpine',
      port: 5432,
      hostPort,
      environment: { POSTGRES_PASSWORD: password },
      command: ['postgres', '-c', 'fsync=off', '-c', 'max_connections=200'],
      url: (host, port) => `postgresql://postgres:${password}@${host}:${port}/postgres`,
      serves: (url) => withClient(url, (client) => client.query('SELECT 1')),
    }),
  );
}
