/** Clocks that jump: of one service, of Redis. They need libfaketime (see packages/testing). */
import type { Fault } from './fault.ts';
import { kindsOfService } from './processes.ts';

const common = {
  kind: 'clock',
  sees: 'the jump is logged and counted (`exec_clock_jumps_total`); no conversation ends and no event moves because of it',
  lost: 'nothing',
  cost: 'nothing',
} as const;

export const clockFaults: readonly Fault[] = [
  ...(['ahead', 'back'] as const).map(
    (where): Fault => ({
      ...common,
      needsClockOf: 'redis',
      alarm: 'RedisClockSkew',
      name: `redis-clock-jumps-${where}`,
      happens: `The clock of Redis jumps a day ${where}, and right again some seconds later`,
      draw: (random) => ({
        ...{ on: 'Redis', parts: ['redis'], lastsMs: random.between(6000, 15_000) },
        play: async ({ clocks }) => {
          await clocks?.redis.set(where === 'ahead' ? 86_400 : -86_400);
          return async () => clocks?.redis.set(0);
        },
      }),
    }),
  ),
  ...kindsOfService.flatMap(({ name: service, instances }) =>
    (['ahead', 'back'] as const).map(
      (where): Fault => ({
        ...common,
        needsClockOf: 'services',
        alarm: 'ClockJumped',
        name: `${service}-clock-jumps-${where}`,
        happens: `The clock of ${service.toUpperCase()} jumps an hour ${where}, and right again some seconds later`,
        draw: (random) => {
          const name = random.pick(instances);
          return {
            ...{ on: name, parts: [name], lastsMs: random.between(6000, 15_000) },
            play: async ({ clocks }) => {
              const clock = clocks?.[name];
              await clock?.set(where === 'ahead' ? 3600 : -3600);
              return async () => clock?.set(0);
            },
          };
        },
      }),
    ),
  ),
];
