/**
 * What EXCP keeps in Redis for 1,000 agents and five calls a second: half an hour of ended conversations, which a
 * disposition may still come for, and an hour of claimed events. The half hour is played in fast motion.
 *
 * `--short`: a fifth of the calls, and the rest calculated.
 */
import type { RedisConnection } from '@exec/common/redis';
import { callLoad, LoadStand, publishedOfCall } from '@exec/excp/testing';
import { startRedis } from '@exec/testing/servers';
import { report, rssOf } from './measure.ts';

type Client = RedisConnection['client'];

const callsPerSecond = 5;
const keptConversations = callsPerSecond * 1_800;
const claimedCalls = callsPerSecond * 3_600;
const calls = process.argv.includes('--short') ? keptConversations / 5 : keptConversations;
const megabyte = 2 ** 20;

async function usedMemory(client: Client): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1]);
}

/** Bytes of all keys that begin so. */
async function bytesOf(client: Client, prefix: string): Promise<number> {
  let sum = 0;
  for (const key of await client.keys(`${prefix}*`))
    sum += (await client.memory('USAGE', key, 'SAMPLES', 0)) ?? 0;
  return sum;
}

const redis = await startRedis();
try {
  const load = await LoadStand.start({
    redis: { url: redis.url, prefix: redis.keyPrefix },
    agents: 1_000,
  });
  try {
    const { client } = load.stand.redis;
    const { keys } = load.stand;
    const mapping = await bytesOf(client, '');
    const before = await usedMemory(client);
    await load.tell(
      callLoad({ production: load.production, startAt: Date.now() + 500, callsPerSecond: 150, calls }),
    );
    await load.accepted(calls * publishedOfCall, 60_000);
    const claimed = await bytesOf(client, keys.seen);
    const kept = (await usedMemory(client)) - before - claimed;
    const part = {
      mapping: mapping / megabyte,
      conversations: (kept * keptConversations) / calls / megabyte,
      claimedEvents: (claimed * claimedCalls) / calls / megabyte,
    };
    report({
      bench: 'excp: Redis memory for 1,000 agents and 5 calls a second',
      value: part.mapping + part.conversations + part.claimedEvents,
      unit: 'MiB',
      gate: { kind: 'at most', limit: 200 },
      ...part,
      bytesOfConversation: Math.round((await bytesOf(client, keys.conversations)) / calls),
    });
    report({
      bench: `excp: memory with ${calls} ended conversations`,
      value: await rssOf(load.excp.pid),
      unit: 'MiB',
      calls,
    });
  } finally {
    await load.close();
  }
} finally {
  await redis.stop();
}
