/** Restarts each part once in a period, in order, the instance that is at work of those that are two. */
import { setTimeout as delay } from 'node:timers/promises';
import { textOf } from '@exec/common/trouble';
import type { ServiceName } from '../chaos/stage/services.ts';
import type { Stage } from '../chaos/stage/stage.ts';

export const parts = ['excs', 'exas', 'excp', 'redis'] as const;
export type Part = (typeof parts)[number];

/**
 * After which share of each period a part is restarted. Redis comes last, so that what it does to the others is over
 * when their second half begins.
 */
const shares: Readonly<Record<Part, number>> = { excs: 0.1, exas: 0.3, excp: 0.5, redis: 0.6 };

const instances: Readonly<Record<Exclude<Part, 'redis'>, readonly ServiceName[]>> = {
  excs: ['excs'],
  exas: ['exas-1', 'exas-2'],
  excp: ['excp-1', 'excp-2'],
};

const lookEveryMs = 250;
/** What is not well by then is noted. */
const recoveryMs = 90_000;

export interface Restart {
  /** Seconds since the begin. */
  readonly at: number;
  readonly part: Part;
  /** Seconds until everything was well again; undefined: not within the time. */
  readonly recovered: number | undefined;
}

/** When which part is restarted, seconds after the begin. */
export function scheduleOf(minutes: number): { readonly at: number; readonly part: Part }[] {
  const period = Math.min(10, minutes) * 60;
  return Array.from({ length: Math.floor((minutes * 60) / period) }, (_, index) =>
    parts.map((part) => ({ at: (index + shares[part]) * period, part })),
  ).flat();
}

/** Resolves after the last restart, or when it is aborted. `began`: reading of `performance.now()`. */
export async function restartParts(
  stage: Stage,
  o: {
    readonly minutes: number;
    readonly began: number;
    readonly signal: AbortSignal;
    readonly say: (text: string) => void;
  },
): Promise<Restart[]> {
  const restarts: Restart[] = [];
  for (const { at, part } of scheduleOf(o.minutes)) {
    await delay(Math.max(0, o.began + at * 1000 - performance.now()), undefined, { signal: o.signal });
    const moment = (performance.now() - o.began) / 1000;
    o.say(`${part} is restarted`);
    await restart(stage, part);
    const recovered = await recovery(stage, o.signal);
    if (recovered === undefined) o.say(`after the restart of ${part} not everything is well`);
    restarts.push({ at: moment, part, recovered });
  }
  return restarts;
}

async function restart({ services, redis }: Stage, part: Part): Promise<void> {
  if (part === 'redis') return await redis.restart();
  const states = await Promise.all(
    instances[part].map(async (name) => {
      const active = await services[name].readiness().then(
        (readiness) => readiness.active,
        () => false,
      );
      return { name, active };
    }),
  );
  const { name } = states.find(({ active }) => active === true) ?? states[0] ?? { name: instances[part][0] };
  if (name === undefined) throw new Error(`${part} has no instance`);
  await services[name].stop();
  await services[name].start();
}

async function recovery(stage: Stage, signal: AbortSignal): Promise<number | undefined> {
  const began = performance.now();
  for (;;) {
    const problems = await stage.recovered().catch((error: unknown) => [textOf(error)]);
    const tookMs = performance.now() - began;
    if (problems.length === 0) return tookMs / 1000;
    if (tookMs > recoveryMs) return undefined;
    await delay(lookEveryMs, undefined, { signal });
  }
}
