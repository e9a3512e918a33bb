/** Redis in a container. */
import { randomBytes } from 'node:crypto';
import { startContainer } from './container.ts';
import { onFreePort } from './free-port.ts';
import { withRedis } from './redis-given.ts';
import type { OwnServer } from './started-server.ts';

/** @throws Error when no container engine answers or the image cannot be had. */
export async function startRedisContainer(
  version: string,
  wished: Readonly<Record<string, string>>,
): Promise<OwnServer> {
  // Engines publish ports on every address of the machine, so the server asks for a password.
  const password = randomBytes(12).toString('hex');
  const settings = { ...wished, requirepass: password };
  return await onFreePort((hostPort) =>
    startContainer({
      image: `redis:${version}-alpine`,
      port: 6379,
      hostPort,
      command: ['redis-server', ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])],
      url: (host, port) => `redis://:${password}@${host}:${port}`,
      serves: (url) => withRedis(url, (client) => client.ping()),
    }),
  );
}
