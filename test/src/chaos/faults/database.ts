/** What happens to the Config DB while it is read. */
import { pauseProcess } from '../stage/service-process.ts';
import type { Fault } from './fault.ts';

const common = {
  kind: 'database',
  sees: 'the cycle fails with its reason and the next one works; nothing is removed because of it',
  lost: 'nothing',
  alarm: 'ConfigDbDown',
  cost: 'nothing',
} as const;

export const databaseFaults: readonly Fault[] = [
  {
    ...common,
    name: 'database-killed-in-mid-read',
    happens: 'PostgreSQL is killed while EXCS reads, and starts again some seconds later',
    draw: (random) => ({
      ...{ on: 'PostgreSQL', parts: ['postgres'], lastsMs: random.between(1000, 6000) },
      play: async ({ postgres, proxies, changes }) => {
        const release = await changes.hold();
        // Slow enough that a read is under way, whenever it began.
        const slow = proxies
          .between('postgres')
          .map((proxy) => proxy.add({ type: 'bandwidth', bytesPerSecond: 50_000 }));
        await new Promise((resolve) => setTimeout(resolve, 2500));
        await postgres.kill();
        for (const end of slow) end();
        return async () => {
          await postgres.restart();
          release();
        };
      },
    }),
  },
  ...[2, 8, 25].map(
    (seconds): Fault => ({
      ...common,
      name: `database-stands-still-${seconds}-s`,
      happens: `PostgreSQL stands still for ${seconds} s (SIGSTOP)`,
      draw: () => ({
        ...{ on: 'PostgreSQL', parts: ['postgres'], lastsMs: seconds * 1000 },
        play: async ({ postgres: { pid } }) =>
          pid === undefined ? async () => undefined : await pauseProcess(pid),
      }),
    }),
  ),
  {
    ...common,
    name: 'database-never-answers',
    happens: 'The connection to PostgreSQL stays open, and nothing comes through any more',
    draw: (random) => ({
      ...{ on: 'the way to PostgreSQL', parts: ['postgres'], lastsMs: random.between(4000, 15_000) },
      play: async ({ proxies }) => {
        const ends = proxies.between('postgres').map((proxy) => proxy.add({ type: 'timeout', timeoutMs: 0 }));
        return async () => {
          for (const end of ends) end();
          for (const proxy of proxies.between('postgres')) proxy.resetAll();
        };
      },
    }),
  },
];
