/**
 * EXCP: 100,000 calls over the three connections of a site, as fast as the sockets take them, compared leg by leg with
 * what was played. Two instances run, each with connections of its own; a quarter of the calls goes undisturbed, in the
 * others one connection is slowed, sliced, or paused for 5 s in the middle: one after the other, of both instances, of
 * the first alone, of the second alone. The calls come in lots, the next one when the cloud has all of the last.
 *
 * `--short`: 4,000 calls.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, connections } from '@exec/common/config';
import { Formats } from '@exec/common/formats';
import { formatAddress } from '@exec/engage-link';
import {
  agentsFor,
  callLoad,
  ExcpProcess,
  excpFlags,
  expectedOfLoad,
  LegTally,
  type LoadEvent,
  logInAgents,
  namesOf,
  publishedOfCall,
  readiness,
  siteOf,
  tellOnTime,
  waitFor,
} from '@exec/excp/testing';
import { FaultProxy, type Toxic } from '@exec/testing/proxy';
import { startRedis } from '@exec/testing/servers';
import { startFloor } from './excp-floor.ts';
import { isMachineBusy, quantile, report, rssOf } from './measure.ts';

const isShort = process.argv.includes('--short');
const inconclusive = isMachineBusy();
/** Calls of one lot: what EXCP has not stored yet must fit its memory, or it sheds calls. */
const lot = isShort ? 500 : 1_000;
const lots = isShort ? 2 : 25;
/** In the time of the events. */
const callsPerSecond = 500;
/** From the begin of the first call of a lot to the end of its last. */
const lotMs = (lot * 1_000) / callsPerSecond + 2_000;
/** For what hangs: then legs are lost. */
const limitMs = 180_000;
const pauseMs = 5_000;

const phases: Readonly<Record<string, readonly Toxic[]>> = {
  plain: [],
  'a connection slowed': [
    { type: 'latency', direction: 'downstream', latencyMs: 1_000, jitterMs: 900 },
    { type: 'bandwidth', direction: 'downstream', bytesPerSecond: 1_000_000 },
  ],
  'a connection sliced': [
    { type: 'slicer', direction: 'downstream', averageBytes: 300, variationBytes: 299 },
  ],
  'a connection paused': [{ type: 'latency', direction: 'downstream', latencyMs: pauseMs }],
};
/** Instances of which the connection is struck. */
const struck = [[0, 1], [0], [1]] as const;

interface Instance {
  readonly process: ExcpProcess;
  readonly port: number;
  readonly proxies: ReadonlyMap<Connection, FaultProxy>;
}

const redis = await startRedis();
const stand = await siteOf(agentsFor(callsPerSecond), {
  redis: { url: redis.url, prefix: redis.keyPrefix },
});
const folder = await mkdtemp(join(tmpdir(), 'excp-burst-'));
const { cloud, production } = stand;
const [site] = production.sites;
const [on, server] = [found(stand.switches.get(site)), found(stand.sipServers.get(site))];
const names = namesOf(production, stand.ids);
const instances: Instance[] = [];
const tally = new LegTally(names);
let refused = 0;
let violations = 0;
let repeated = 0;
/** End of the last lot in the time of its events. */
let lastEnd = 0;

function found<T>(one: T | undefined): T {
  if (one === undefined) throw new Error(`there is no ${site}`);
  return one;
}

async function start(index: number): Promise<Instance> {
  const proxies = new Map<Connection, FaultProxy>();
  for (const connection of connections)
    proxies.set(
      connection,
      await FaultProxy.start({ target: formatAddress(server.addresses[0]), seed: index + 1 }),
    );
  const file = join(folder, `${index}.json`);
  const own = Object.fromEntries([...proxies].map(([name, { address }]) => [name, { primary: address }]));
  await writeFile(file, JSON.stringify([{ switch: site, ...own }]));
  const env = { SITES_FILE: file, LOG_LEVEL: 'info', MALLOC_ARENA_MAX: '2' };
  const one = new ExcpProcess({ ...stand.environment(), ...env }, excpFlags);
  process.once('exit', () => one.signal('SIGKILL'));
  return { process: one, port: await one.port(), proxies };
}

/** Both at work, with the newest format of stored values. */
async function startPair(): Promise<void> {
  logInAgents(production, on);
  for (const index of [0, 1]) instances.push(await start(index));
  const all = (holds: (one: Awaited<ReturnType<typeof readiness>>) => boolean, what: string) =>
    waitFor(async () => (await Promise.all(instances.map(({ port }) => readiness(port)))).every(holds), what);
  await all(({ ready }) => ready, 'both are ready');
  const { max } = new Formats().reads;
  await stand.aDayPasses(max);
  await all(
    ({ dependencies }) => dependencies.some(({ detail }) => detail.startsWith(`writing format ${max}`)),
    'both write the newest format',
  );
}

/** Strikes one connection; answers what takes the fault away. */
function strike(toxics: readonly Toxic[], connection: Connection, who: readonly number[]): () => void {
  const ends = who.flatMap((index) => {
    const proxy = instances[index]?.proxies.get(connection);
    return proxy === undefined ? [] : toxics.map((toxic) => proxy.add(toxic));
  });
  return () => {
    for (const end of ends) end();
  };
}

function tell(events: readonly LoadEvent[]): void {
  for (const { event } of events) server.active.deliver(event);
}

/** Events that the cloud is to have accepted by now since its record was reset. */
let due = 0;

/** Resolves when the cloud has what follows from further calls. Where that is not in time, legs may be lost: it goes on. */
async function accepted(calls: number): Promise<void> {
  const { record } = cloud;
  due += calls * publishedOfCall;
  try {
    await cloud.until(() => record.events().accepted >= due, AbortSignal.timeout(limitMs));
  } catch {
    process.stderr.write(`not in time: ${JSON.stringify({ ...record.events(), due })}\n`);
    due = record.events().accepted;
  }
}

/** Compares what was accepted since the last time, and forgets it. */
function judge(expected: Parameters<LegTally['add']>[0]): void {
  const { record } = cloud;
  const { accepted: count, refused: ofThem, duplicates } = record.events();
  tally.add(expected, stand.accepted());
  due -= count;
  refused += ofThem;
  repeated += duplicates;
  violations += record.violationCount;
  record.reset();
}

/** Events of a lot that took place a moment ago, after those of the last one. */
async function nextLot() {
  const early = lastEnd + lotMs - Date.now();
  if (early > 0) await delay(early);
  const startAt = Date.now() - lotMs;
  lastEnd = startAt + lotMs;
  const o = { production, startAt, callsPerSecond, calls: lot };
  const events = callLoad(o);
  return { events, expected: expectedOfLoad(o, events) };
}

/** Answers how many milliseconds it took until the cloud had all of it. */
async function play(
  toxics: readonly Toxic[],
  connection: Connection,
  who: readonly number[],
): Promise<number> {
  const { events, expected } = await nextLot();
  const isPause = toxics === phases['a connection paused'];
  const began = performance.now();
  // A pause falls between events of calls that are under way: the first half is on its way to the cloud by then.
  const half = isPause ? Math.floor(events.length / 2) : 0;
  tell(events.slice(0, half));
  if (isPause) await accepted(lot / 4);
  const end = strike(toxics, connection, who);
  tell(events.slice(half));
  if (isPause) await delay(pauseMs).then(end);
  await accepted(isPause ? (lot * 3) / 4 : lot);
  end();
  const took = performance.now() - began;
  judge(expected);
  return took;
}

/** Calls as they happen: a connection that has just begun proves nothing about what was before it, for ten seconds. */
async function warmUp(): Promise<void> {
  const o = { production, startAt: Date.now() + 500, callsPerSecond: 20, calls: 300 };
  const events = callLoad(o);
  await tellOnTime(events, tell);
  await accepted(o.calls);
  judge(expectedOfLoad(o, events));
  lastEnd = Date.now();
}

/** Calls a second of which a bare pipe claims and posts the events. */
async function measureFloor(): Promise<number> {
  const floor = await startFloor(redis.url, 100);
  const rates: number[] = [];
  const calls = 200;
  for (let round = 1; round <= 5; round++) {
    const events = callLoad({ production, startAt: Date.now() - lotMs, callsPerSecond, calls });
    const began = performance.now();
    floor.tell(events);
    await floor.posted(round * events.length);
    rates.push((calls * 1_000) / (performance.now() - began));
  }
  await floor.close();
  return quantile(rates, 0.5);
}

async function metric(name: string): Promise<number> {
  const values = instances.map(async ({ port }) => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].map(([, value]) =>
      Number(value),
    );
  });
  return (await Promise.all(values)).flat().reduce((sum, value) => sum + value, 0);
}

try {
  const atFloor = await measureFloor();
  await startPair();
  await warmUp();
  for (const [phase, toxics] of Object.entries(phases)) {
    const rates: number[] = [];
    for (let n = 0; n < lots; n++) {
      const connection = connections[n % connections.length] as Connection;
      const who = struck[Math.floor(n / connections.length) % struck.length] ?? [];
      const took = await play(toxics, connection, who);
      rates.push((lot * 1_000) / took);
      process.stderr.write(`${phase}, lot ${n + 1} of ${lots}: ${Math.round(took)} ms\n`);
    }
    const { lost, doubled, wrong, latest } = tally.legs;
    report({
      bench: `excp: calls of a burst a second, ${phase}`,
      value: quantile(rates, 0.5),
      unit: '/s',
      inconclusive,
      atFloor,
      calls: lot * lots,
      slowest: Math.min(...rates),
      soFar: { lost, doubled, wrong, latestMs: latest },
    });
  }
  await waitFor(async () => (await stand.redis.client.xlen(stand.keys.in)) === 0, 'everything is processed');
  judge([]);
  const { calls, lost, doubled, wrong, latest, first } = tally.legs;
  if (first !== undefined) process.stderr.write(`${JSON.stringify(first, undefined, 1)}\n`);
  const gate = { kind: 'at most', limit: 0 } as const;
  report({ bench: 'excp: legs lost in a burst', value: lost, unit: '', gate, calls });
  report({ bench: 'excp: legs doubled in a burst', value: doubled, unit: '', gate, calls });
  report({
    bench: 'excp: legs of a burst with other steps or ends',
    value: wrong,
    unit: '',
    gate,
    calls,
    // Times of a conversation must rise: what is told late has the time of what was told before it.
    latestMs: latest,
  });
  report({ bench: 'excp: events of a burst refused', value: refused, unit: '', gate, violations, repeated });
  report({
    bench: 'excp: calls of a burst shed',
    value: await metric('excp_shed_conversations_total'),
    unit: '',
    gate,
    gaps: await metric('excp_gaps_total'),
    connections: instances.flatMap(({ proxies }) => [...proxies.values()].map((proxy) => proxy.accepted)),
    memory: await Promise.all(instances.map(({ process: one }) => rssOf(one.pid))),
  });
} finally {
  for (const { process: one, proxies } of instances) {
    await one.stop();
    for (const proxy of proxies.values()) await proxy.close();
  }
  await stand.close();
  await rm(folder, { recursive: true });
  await redis.stop();
}
