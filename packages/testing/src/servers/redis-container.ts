/** Redis in a container. */
import { startContainer } from './container.ts';
import { onFreePort } from './free-port.ts';
import type { OwnServer } from './started-server.ts';

/** @throws Error when no container engine answers or the image cannot be had. */
export async function startRedisContainer(durable: boolean): Promise<OwnServer> {
  return await onFreePort((hostPort) =>
    startContainer({
      image: 'redis:6.2-alpine',
      port: 6379,
      hostPort,
      command: [
        'redis-server',
        '--save',
        '',
        '--appendonly',
        durable ? 'yes' : 'no',
        '--appendfsync',
        'always',
      ],
      readyText: /eady to accept connections/,
      url: (host, port) => `redis://${host}:${port}`,
    }),
  );
}
