/** A Redis server that was there before: keys of our own prefix are used and removed, nothing else is touched. */
import { Redis } from 'ioredis';
import type { StartedServer } from './started-server.ts';

/** @throws Error when no URL is given or the server does not answer. */
export async function useGivenRedis(url: string | undefined): Promise<StartedServer> {
  if (!url) throw new Error('TEST_REDIS_URL is not set');
  await withRedis(url, (client) => client.ping());
  const { host } = new URL(url);
  return { url, how: `given server ${host}`, stop: async () => {} };
}

/** Removes every key that begins with the prefix; looks at the server in small steps, so that it never stands still. */
export async function removeKeys(url: string, prefix: string): Promise<void> {
  await withRedis(url, async (client) => {
    let cursor = '0';
    do {
      const [next, keys] = await client.scan(cursor, 'MATCH', `${escapePattern(prefix)}*`, 'COUNT', 500);
      if (keys.length > 0) await client.unlink(...keys);
      cursor = next;
    } while (cursor !== '0');
  });
}

/** Runs one piece of work on a connection of its own. */
export async function withRedis<Result>(
  url: string,
  work: (client: Redis) => Promise<Result>,
): Promise<Result> {
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: 10_000,
    commandTimeout: 10_000,
  });
  // The command that waits on the connection reports what is wrong with it.
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.disconnect();
  }
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\*?[\]]/g, (sign) => `\\${sign}`);
}
