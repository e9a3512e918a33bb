/** Processes that die or stand still, one after the other: each kind of service, each length of time. */
import { type ServiceName, watchers } from '../stage/services.ts';
import type { Fault, Play } from './fault.ts';

const standby =
  'the other instance takes over within seconds; `/health/ready` and `exas_active` or `excp_active` say which';

export interface KindOfService {
  /** As it begins in the names of faults. */
  readonly name: string;
  readonly instances: readonly ServiceName[];
  readonly sees: string;
  readonly lost: string;
}

export const kindsOfService: readonly KindOfService[] = [
  {
    name: 'excs',
    instances: ['excs'],
    sees: 'the last cycle grows older; EXAS and EXCP work on from what they have read',
    lost: 'nothing',
  },
  { name: 'exas', instances: ['exas-1', 'exas-2'], sees: standby, lost: 'nothing' },
  {
    name: 'excp',
    instances: watchers,
    sees: standby,
    lost: 'nothing, as long as the other instance lives',
  },
];

export function blindOf(name: ServiceName): readonly string[] {
  return watchers.filter((watcher) => watcher === name);
}

/** On one instance of a kind. */
const onOneOf =
  (
    { instances }: KindOfService,
    low: number,
    high: number,
    play: (name: ServiceName) => Play['play'],
  ): Fault['draw'] =>
  (random) => {
    const name = random.pick(instances);
    return {
      ...{ on: name, parts: [name], lastsMs: random.between(low, high), blinds: blindOf(name) },
      play: play(name),
    };
  };

export const processFaults: readonly Fault[] = kindsOfService.flatMap((kind): Fault[] => {
  const { name: service, sees, lost } = kind;
  const common = { kind: 'process', sees, lost, cost: 'nothing' } as const;
  const title = service.toUpperCase();
  return [
    {
      ...common,
      name: `${service}-killed`,
      happens: `${title} is killed (SIGKILL) and started again`,
      alarm: 'InstanceDown',
      draw: onOneOf(kind, 500, 8000, (name) => async ({ services }) => {
        await services[name].kill();
        return () => services[name].start();
      }),
    },
    ...[2, 8, 25].map(
      (seconds): Fault => ({
        ...common,
        name: `${service}-stands-still-${seconds}-s`,
        happens: `${title} stands still for ${seconds} s (SIGSTOP), as a machine that is moved or swaps`,
        ...(seconds < 5 && service !== 'excs' ? { sees: 'events are late by as much' } : {}),
        ...(seconds < 5 ? {} : { alarm: 'InstanceDown' }),
        draw: onOneOf(
          kind,
          seconds * 1000,
          seconds * 1000,
          (name) =>
            ({ services }) =>
              services[name].pause(),
        ),
      }),
    ),
    {
      ...common,
      name: `${service}-restarted-in-order`,
      happens: `${title} is stopped (SIGTERM) and started again, as in an upgrade`,
      lost: 'nothing',
      draw: onOneOf(kind, 200, 3000, (name) => async ({ services }) => {
        await services[name].stop();
        return () => services[name].start();
      }),
    },
    {
      ...common,
      name: `${service}-log-disk-full`,
      kind: 'log',
      happens: `Standard output of ${title} is a file on a full disk (/dev/full)`,
      sees: 'the log ends; the service works on, counts the lines that it drops, and heeds SIGTERM',
      lost: 'log lines, which are counted',
      alarm: 'LogLinesDropped',
      draw: onOneOf(kind, 6000, 12_000, (name) => async ({ services }) => {
        const service = services[name];
        await service.stop();
        await service.start({ output: '/dev/full' });
        return async () => {
          await service.stop();
          await service.start();
        };
      }),
    },
  ];
});
