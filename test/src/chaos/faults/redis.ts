/** What happens to Redis: away, emptied, full, read-only, hung, with another password. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { redisCommand, redisMemory } from '../stage/redis-admin.ts';
import { pauseProcess } from '../stage/service-process.ts';
import { watchers } from '../stage/services.ts';
import type { Stage } from '../stage/stage.ts';
import type { Fault, Play } from './fault.ts';

/** A backlog of minutes is sent within this time. */
const patienceMs = 300_000;

const redis = { on: 'Redis', parts: ['redis'] };
const waits =
  'all services say so in `/health/ready`; EXCP keeps what it is told within its bounds, EXAS the last states';
const common = { kind: 'redis', sees: waits, lost: 'nothing', alarm: 'RedisDown', cost: 'nothing' } as const;

const drawn =
  (low: number, high: number, play: Play['play']): Fault['draw'] =>
  (random) => ({ ...redis, lastsMs: random.between(low, high), play });

/** What waits to be sent is lost with Redis: of calls that are long over nothing waits any more. */
async function untilNothingWaits({ services }: Stage): Promise<void> {
  const began = performance.now();
  while (performance.now() - began < patienceMs) {
    const oldest = await Promise.all(
      watchers.map((name) => services[name].metric('excp_oldest_pending_timestamp_seconds')),
    );
    // 0: nothing waits.
    if (oldest.every((second) => second === 0 || Date.now() / 1000 - second < 1)) return;
    await delay(200);
  }
}

async function pauseRedis({ redis: { pid } }: Stage): Promise<() => Promise<void>> {
  return pid === undefined ? async () => undefined : await pauseProcess(pid);
}

/** Longer than a command waits for its answer, and at work for less than a lease lives. */
const stutter = { standsMs: 1200, worksMs: 800 };

/** Stands still and works by turns: commands are carried out without an answer, and a lease is lost as soon as it is won. */
async function stutterRedis(stage: Stage): Promise<() => Promise<void>> {
  const over = new AbortController();
  const signal = over.signal;
  const stuttering = (async () => {
    while (!signal.aborted) {
      const goOn = await pauseRedis(stage);
      await delay(stutter.standsMs, undefined, { signal }).catch(() => undefined);
      await goOn();
      await delay(stutter.worksMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return async () => {
    over.abort();
    await stuttering;
  };
}

export const redisFaults: readonly Fault[] = [
  {
    ...common,
    name: 'redis-killed',
    happens: 'Redis is killed and starts again some seconds later, with every write that it had answered',
    draw: drawn(1000, 8000, async ({ redis: server }) => {
      await server.kill();
      return () => server.restart();
    }),
  },
  {
    ...common,
    name: 'redis-restarted',
    happens: 'Redis is restarted in order',
    draw: drawn(0, 1, async ({ redis: server }) => {
      await server.restart();
      return async () => undefined;
    }),
  },
  {
    ...common,
    name: 'redis-emptied',
    happens: 'Redis loses all keys (FLUSHALL, a disk without persistence)',
    sees: 'the gap is listed and logged; the instance that was active writes back what it remembers; the mapping is built again',
    lost: 'dead letters; if the active instance ends at the same time, also what was not yet sent, and open conversations may be incomplete, or name a stay in a queue twice: nothing else held them',
    alarm: 'ConversationGap',
    cost: 'conversations',
    // Until it is noticed and everything that is open has been found again.
    draw: () => ({
      ...{ on: 'Redis', parts: ['redis', 'cloud'], lastsMs: 6000 },
      after: untilNothingWaits,
      play: async ({ redis: server }) => {
        await redisCommand(server.url, 'FLUSHALL');
        return async () => undefined;
      },
    }),
  },
  {
    ...common,
    name: 'redis-full',
    alarm: 'RedisTakesNothing',
    happens: 'Redis takes no more writes (`maxmemory` reached, `noeviction`)',
    draw: drawn(4000, 15_000, async ({ redis: server }) => {
      const memory = Math.max(1, Math.floor((await redisMemory(server.url)) * 0.9));
      await redisCommand(
        server.url,
        'CONFIG SET maxmemory-policy noeviction',
        `CONFIG SET maxmemory ${memory}`,
      );
      return async () => void (await redisCommand(server.url, 'CONFIG SET maxmemory 0'));
    }),
  },
  {
    ...common,
    name: 'redis-read-only',
    alarm: 'RedisTakesNothing',
    happens: 'Redis becomes a replica and refuses writes (READONLY)',
    draw: drawn(4000, 12_000, async ({ redis: server }) => {
      await redisCommand(server.url, 'REPLICAOF 127.0.0.1 1');
      return async () => void (await redisCommand(server.url, 'REPLICAOF NO ONE'));
    }),
  },
  ...[2, 8, 25].map(
    (seconds): Fault => ({
      ...common,
      name: `redis-hangs-${seconds}-s`,
      happens: `Redis stands still for ${seconds} s (SIGSTOP)`,
      draw: () => ({ ...redis, lastsMs: seconds * 1000, play: pauseRedis }),
    }),
  ),
  {
    ...common,
    name: 'redis-stutters',
    happens: `Redis stands still for ${stutter.standsMs / 1000} s again and again, for most of a minute`,
    draw: drawn(30_000, 50_000, stutterRedis),
  },
  {
    ...common,
    name: 'redis-password-changed',
    happens: 'The password of Redis is changed while the services have the old one, and changed back',
    draw: drawn(3000, 10_000, async ({ redis: server, proxies }) => {
      const password = randomBytes(8).toString('hex');
      await redisCommand(server.url, `CONFIG SET requirepass ${password}`);
      for (const proxy of proxies.between('redis')) proxy.resetAll();
      return async () =>
        void (await redisCommand(server.url, `AUTH ${password}`, 'CONFIG SET requirepass ""'));
    }),
  },
];
