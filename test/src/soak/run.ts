/** One soak from beginning to end: stage, load, restarts, samples, the wait until all has arrived. */
import { mkdir } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { voiceEventKinds } from '@exec/simulators/genesys-cloud';
import { thisMachine } from '../bench/machine.ts';
import { untilReady } from '../chaos/stage/ready.ts';
import { Stage } from '../chaos/stage/stage.ts';
import { growthOf, type Point } from './growth.ts';
import { inspected } from './live-memory.ts';
import { agentsNeeded, SteadyLoad } from './load.ts';
import type { SoakOptions } from './options.ts';
import { type Part, restartParts } from './restarts.ts';
import type { SoakResult } from './result.ts';
import { cpuOfMachine, type Figure, figures, Samples } from './samples.ts';

export interface SoakRunOptions extends SoakOptions {
  /** For the logs; it is made. */
  readonly folder: string;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Budget of a real organisation. */
const requestsPerMinute = 300;
const sampleEveryMs = 10_000;
const sayEveryMs = 60_000;
/** What has not arrived so long after the last call is lost. */
const arrivalMs = 120_000;
const inspector = { NODE_OPTIONS: inspected };

export async function soak(o: SoakRunOptions): Promise<SoakResult> {
  await mkdir(o.folder, { recursive: true });
  await using ends = new AsyncDisposableStack();
  const stage = await Stage.start(
    {
      ...o,
      seed: 1,
      agents: agentsNeeded(o.calls),
      clocks: false,
      proxies: false,
      requestsPerMinute,
      env: {
        // Tokens only so that the first synchronisation is over soon; and nothing that an administrator does here is a mistake.
        excs: {
          ...inspector,
          GENESYS_CLOUD_TOKENS: '10',
          SYNC_INTERVAL_SECONDS: '10',
          SYNC_MAX_REMOVALS: '100%',
          SYNC_MAX_DEACTIVATIONS: '100%',
        },
        exas: inspector,
        excp: { ...inspector, DISPOSITION_GRACE_SECONDS: String(o.grace) },
      },
      history: { add: () => undefined },
    },
    ends,
  );
  await untilReady(stage, o);
  o.say('everything is ready; the load begins');
  stage.cloud.record.reset();
  const load = new SteadyLoad(stage, { callsPerSecond: o.calls, changesPerSecond: o.changes });
  ends.defer(() => load.close());
  const date = new Date().toISOString();
  const began = performance.now();
  const busy = await cpuOfMachine();
  const samples = new Samples(stage, { began, logOf: (name) => join(o.folder, `${name}.log`) });
  load.start();
  stage.changes.start();
  const stop = new AbortController();
  const signal = AbortSignal.any([o.signal, stop.signal]);
  const sampling = every(sampleEveryMs, signal, () => samples.take());
  const saying = every(sayEveryMs, signal, async () => o.say(progressOf(load, stage)));
  const restarting = restartParts(stage, { ...o, began, signal });
  restarting.catch(() => undefined);
  await delay((o.minutes + o.rest) * 60_000, undefined, { signal: o.signal });
  const restarts = await restarting;
  const seconds = (performance.now() - began) / 1000;
  const cores = {
    own: samples.ownCpuMs / 1000 / seconds,
    others: ((await cpuOfMachine()) - busy - samples.ownCpuMs) / 1000 / seconds,
  };
  await stage.changes.stop();
  await load.stop();
  await arrived(stage, load, o);
  stop.abort();
  await Promise.all([sampling, saying]);
  for (const fault of load.faults) o.say(`a switch refused: ${fault}`);
  return {
    ...{
      date,
      machine: thisMachine(),
      minutes: o.minutes,
      restMinutes: o.rest,
      cores,
      niceness: getPriority(),
    },
    ...{ callsPerSecond: o.calls, changesPerSecond: o.changes, graceSeconds: o.grace },
    ...{ lateByMs: load.lateByMs, calls: load.calls, stateChanges: load.changes },
    configChanges: stage.changes.made,
    events: { due: load.events, ...voiceEvents(stage) },
    answers429: stage.cloud.record.answers429,
    restarts,
    figures: figures.map((figure) => {
      const { name, unit, least } = figure;
      const points = samples.points.get(name) ?? [];
      const stretches = steadyStretches(figure, points, { ...o, restarts, seconds });
      return { name, unit, ...(least === undefined ? {} : { growth: growthOf(stretches, least) }), points };
    }),
  };
}

/** Until then after the last restarts a process gets warm, and lists with a bound fill. */
const shareOfRest = 0.5;

/**
 * The stretches of a figure between the restarts of its part, each without its first half, in which a process gets warm.
 * Memory gets warm for longer than there is between two: of it only the time after all restarts is judged. What outlives
 * restarts is steady from when the first conversations are forgotten.
 */
export function steadyStretches(
  { part, warmsSlowly = false }: Pick<Figure, 'part' | 'warmsSlowly'>,
  points: readonly Point[],
  o: {
    readonly restarts: readonly { readonly at: number; readonly part: Part }[];
    /** Length of the run. */
    readonly seconds: number;
    readonly grace: number;
    /** How many minutes of it there were with restarts, and without any after these. */
    readonly minutes: number;
    readonly rest: number;
  },
): Point[][] {
  const { restarts, seconds, grace, minutes, rest } = o;
  const within = (from: number, until: number) => points.filter(({ at }) => at >= from && at < until);
  const steady = Math.min(2 * grace, seconds / 2);
  if (part === undefined) return [within(steady, seconds)];
  if (warmsSlowly) return [within((minutes + rest * shareOfRest) * 60, seconds)];
  const begins = [0, ...restarts.filter((one) => one.part === part).map(({ at }) => at)];
  return begins.map((begin, index) => {
    const end = begins[index + 1] ?? seconds;
    return within(Math.max(steady, (begin + end) / 2), end);
  });
}

async function every(ms: number, signal: AbortSignal, run: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await run();
    await delay(ms, undefined, { signal }).catch(() => undefined);
  }
}

/** Of all voice events of the run; states of agents are none. */
function voiceEvents(stage: Stage): { accepted: number; refused: number; repeated: number } {
  const { record } = stage.cloud;
  const counts = { accepted: 0, refused: 0, repeated: 0 };
  for (const kind of voiceEventKinds) {
    const { accepted, refused, duplicates } = record.events(kind);
    counts.accepted += accepted;
    counts.refused += refused;
    counts.repeated += duplicates;
  }
  return counts;
}

async function arrived(stage: Stage, load: SteadyLoad, { signal, say }: SoakRunOptions): Promise<void> {
  const began = performance.now();
  while (performance.now() - began < arrivalMs) {
    if (voiceEvents(stage).accepted >= load.events) return;
    say('waiting for what is still under way');
    await delay(1000, undefined, { signal });
  }
}

function progressOf(load: SteadyLoad, stage: Stage): string {
  const { accepted, refused } = voiceEvents(stage);
  return `${load.calls} calls, ${accepted} voice events accepted, ${refused} refused, ${load.changes} state changes`;
}
