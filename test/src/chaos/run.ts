/** One run from beginning to end: stage, load and faults, the wait until all has arrived, the verdict. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '@exec/simulators/scenarios';
import type { RedisVersion } from '@exec/testing/servers';
import type { Fault } from './faults/fault.ts';
import { History } from './history/history.ts';
import { judge, type Verdict } from './judge/judge.ts';
import { Programme } from './programme.ts';
import { endEntries } from './stage/end.ts';
import { Load } from './stage/load.ts';
import { allowWhatWaits } from './stage/operator.ts';
import { untilReady } from './stage/ready.ts';
import { watchers } from './stage/services.ts';
import { Stage } from './stage/stage.ts';

export interface RunOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly faults: readonly Fault[];
  /** Plays each fault once, in the order given, in place of drawing them. */
  readonly once: boolean;
  /** Share of rounds that begin with a burst of several hundred calls; default: a third. */
  readonly bursts?: number;
  /** Exactly this version of Redis; default: the machine's own. */
  readonly redis?: RedisVersion | undefined;
  /** Where history and logs are kept; it is made. */
  readonly folder: string;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

const agents = 64;
const lookEveryMs = 1000;
/** Everything is well, and nothing has reached the cloud for so long: nothing more will. */
const quietMs = 15_000;
/** What is not well by then stays so. */
const endMs = 300_000;
const pairs = 0.3;
const usualBursts = 0.35;

export async function run(
  o: RunOptions,
): Promise<{ readonly verdict: Verdict; readonly faults: ReadonlyMap<string, number> }> {
  await mkdir(o.folder, { recursive: true });
  const random = new Random(o.seed);
  const history = new History(join(o.folder, 'history.jsonl'));
  const aborted = new Promise<never>((_, reject) => {
    o.signal.addEventListener('abort', () => reject(o.signal.reason as Error), { once: true });
  });
  aborted.catch(() => undefined);
  await using ends = new AsyncDisposableStack();
  ends.defer(() => history.close());
  history.add({
    ...{ what: 'run', at: Date.now(), seed: o.seed, minutes: o.minutes, watchers },
  });
  const stage = await Promise.race([Stage.start({ ...o, agents, history }, ends), aborted]);
  ends.defer(async () => stopWatching());
  const stopWatching = stage.watching();
  await untilReady(stage, o);
  o.say('everything is ready; the load begins');

  stage.changes.start();
  const load = new Load(stage, random, o.bursts ?? usualBursts);
  const until = performance.now() + o.minutes * 60_000;
  const programme = new Programme({
    ...o,
    faults: o.faults.filter((fault) => canPlay(fault, stage, o)),
    stage,
    random: new Random(o.seed + 1),
    pairs: o.once ? 0 : pairs,
    until,
  });
  let over = false;
  const playing = programme.play().finally(() => {
    over = true;
  });
  playing.catch(() => undefined);
  do {
    o.signal.throwIfAborted();
    await Promise.race([load.round(false), aborted]);
    o.say(progressOf(history));
  } while (!over);
  await Promise.race([playing, aborted]);
  await Promise.race([load.round(true), aborted]);
  await stage.changes.stop();
  o.say(`${stage.changes.made} changes of the Config DB`);
  load.noteAgents();
  await untilQuiet(stage, history, o);
  for (const entry of await endEntries(stage)) history.add(entry);
  // How the services end belongs to no verdict, and whoever reads the file comes to this one.
  await history.close();
  const verdict = judge(history.entries);
  return { verdict, faults: countsOf(history) };
}

function canPlay({ needsClockOf, needsMinutes = 0 }: Fault, { clocks }: Stage, o: RunOptions): boolean {
  if (needsClockOf !== undefined && clocks === undefined) return false;
  if (needsClockOf === 'redis' && o.redis !== undefined) return false;
  return o.once || o.minutes >= needsMinutes;
}

/**
 * Until all services are ready and nothing has moved for a while, or it takes too long. The judge is not asked meanwhile: the
 * links of the services go through this process, and a verdict on a long history holds them all up.
 */
async function untilQuiet(stage: Stage, history: History, { signal, say }: RunOptions): Promise<void> {
  const began = performance.now();
  let seen = 0;
  let looked = 0;
  let movedAt = began;
  while (performance.now() - began < endMs) {
    signal.throwIfAborted();
    const decided = history.entries.slice(looked).filter(({ what }) => what === 'decided').length;
    looked = history.entries.length;
    seen += decided;
    if (decided > 0 || (await stage.recovered()).length > 0) movedAt = performance.now();
    if (performance.now() - movedAt > quietMs) return;
    say('waiting for what is still under way');
    // The plan may be another one meanwhile, or EXCS on its way up: asked again.
    if (await allowWhatWaits(stage.services.excs).catch(() => false)) {
      say('a plan that waited is allowed');
      movedAt = performance.now();
    }
    await delay(lookEveryMs * 2);
  }
  say(
    `after ${endMs / 60_000} minutes something still moves, or is not ready; ${seen} decisions came meanwhile`,
  );
}

function progressOf(history: History): string {
  let calls = 0;
  let accepted = 0;
  let refused = 0;
  for (const entry of history.entries) {
    if (entry.what === 'script') calls += 1;
    if (entry.what === 'decided' && entry.outcome === 'accepted') accepted += 1;
    if (entry.what === 'decided' && entry.outcome === 'refused') refused += 1;
  }
  return `${calls} conversations played, ${accepted} events accepted, ${refused} refused`;
}

function countsOf(history: History): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const entry of history.entries)
    if (entry.what === 'fault' && entry.phase === 'played')
      counts.set(entry.name, (counts.get(entry.name) ?? 0) + 1);
  return counts;
}
