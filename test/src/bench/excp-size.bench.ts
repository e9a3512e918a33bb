/**
 * EXCP at full size: how long two instances take to register 20,000 DNs at the other SIP Server of a pair while 100
 * calls a second go on, what becomes of these calls, and what the instances hold in memory. The primary crashes first;
 * then it gets its switch back in order, where it is waited for before the other server is tried.
 *
 * `--short`: 2,000 DNs and 20 calls a second.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@exec/common/clock';
import { Formats } from '@exec/common/formats';
import { ExcpProcess, excpFlags, readiness, Stand, waitFor } from '@exec/excp/testing';
import { type Played, produce, ScenarioRunner, scenarioNamed, wrapupCodes } from '@exec/simulators/scenarios';
import { startRedis } from '@exec/testing/servers';
import type { Entry, ScriptEntry } from '../chaos/history/entries.ts';
import { type Finding, factsOf } from '../chaos/judge/facts.ts';
import { judge } from '../chaos/judge/judge.ts';
import { isWatching, watchInstances } from '../chaos/stage/watch.ts';
import { cpuOf, isMachineBusy, onSchedule, report, rssOf } from './measure.ts';
import { missingOutside } from './outside-gaps.ts';

const isShort = process.argv.includes('--short');
const isBusy = isMachineBusy();
const callsPerSecond = isShort ? 20 : 100;
/** Five agents each time, and nothing that only the connection of their telephones tells. */
const cast = ['hold', 'inbound-queue-call', 'disposition-during-call', 'transfer-to-agent'].map(
  scenarioNamed,
);
const times = isShort ? 400 : 4_000;
/** A call of half a minute takes ten seconds. */
const speed = 3;
/** Of calls before, between and after the switch-overs. */
const restMs = 12_000;
const limitMs = 300_000;

const names = ['excp-1', 'excp-2'] as const;
const produced = produce(cast, { times });
const [switchName] = produced.sites;
const production = {
  ...produced,
  queues: [
    ...produced.queues,
    ...Array.from({ length: 300 }, (_, index) => ({ number: `VQ_${index}`, site: switchName, mapped: true })),
  ],
};
const dns = production.agents.map(({ dn }) => dn);
const size = `excp: ${dns.length.toLocaleString('en')} DNs`;

const entries: Entry[] = [];
const history = { add: (entry: Entry) => void entries.push(entry) };

const redis = await startRedis();
const stand = await Stand.start({
  redis: { url: redis.url, prefix: redis.keyPrefix.replace(/:$/, '') },
  production,
  cloud: {
    keepEvents: 10,
    observer: {
      decided: (decision) => history.add({ what: 'decided', ...decision }),
      answered: (answer) => history.add({ what: 'answered', ...answer }),
    },
  },
});
const pair = stand.sipServers.get(switchName);
if (pair === undefined) throw new Error('there is no SIP Server');
const queues = production.queues.filter(({ site }) => site === switchName).map(({ number }) => number);
const site = { switch: switchName, pair, queues, extensions: dns };

function start(name: string): ExcpProcess {
  const env = { ...stand.environment(), INSTANCE_ID: name, ENGAGE_APP_NAME: name };
  const one = new ExcpProcess({ ...env, LOG_LEVEL: 'info', MALLOC_ARENA_MAX: '2' }, excpFlags);
  process.once('exit', () => one.signal('SIGKILL'));
  return one;
}

let instances: readonly ExcpProcess[] = [];
let rss = 0;
const watch = setInterval(() => {
  const look = async () => {
    for (const { pid } of instances) rss = Math.max(rss, await rssOf(pid));
  };
  // Before the first one there is none.
  look().catch(() => undefined);
}, 250);

type Watched = 'calls' | 'queues' | 'extensions';

/** To look for each of them would take the time from those that register. */
function hasAllExtensions(name: string): boolean {
  return site.pair.active.watchers.some(
    ({ applicationName, addresses }) => applicationName === name && addresses.size === dns.length,
  );
}

/** Seconds until every instance is told of all that happens on the connection. */
async function untilWatched(since: number, connection: Watched): Promise<number> {
  const isWatched = (name: string) =>
    connection === 'extensions' ? hasAllExtensions(name) : isWatching(site, name, connection);
  for (let look = 1; !names.every(isWatched); look++) {
    if (look * 50 > limitMs) throw new Error(`not all ${connection} are watched in five minutes`);
    await onSchedule(since, look, 50);
  }
  return (performance.now() - since) / 1000;
}

const runner = new ScenarioRunner({ clock: systemClock, switches: stand.switches, speed });
const playing: Promise<Played>[] = [];
const stop = new AbortController();
let lateByMs = 0;

/**
 * Calls at an even rate, each with agents of its own, until there shall be no more. The agents are enough for almost
 * three minutes; what takes so long has missed its gate.
 */
async function play(): Promise<void> {
  const since = performance.now();
  for (const [index, performed] of production.performances.entries()) {
    await onSchedule(since, index, 1000 / callsPerSecond);
    if (stop.signal.aborted) return;
    lateByMs = Math.max(lateByMs, performance.now() - since - (index * 1000) / callsPerSecond);
    playing.push(runner.play(performed));
  }
}

async function measure(name: string, crash: boolean): Promise<void> {
  const since = performance.now();
  pair?.switchover({ crash });
  const [calls, queue, seconds] = await Promise.all([
    untilWatched(since, 'calls'),
    untilWatched(since, 'queues'),
    untilWatched(since, 'extensions'),
  ]);
  report({
    bench: `${size}, ${name}: calls and queues are seen again`,
    value: Math.max(calls, queue),
    unit: 's',
  });
  report({
    bench: `${size}, ${name}: all are registered at the other server`,
    value: seconds,
    unit: 's',
    gate: { kind: 'at most', limit: 30 },
    inconclusive: isBusy,
  });
}

function scriptsOf(played: readonly Played[]): ScriptEntry[] {
  return played.flatMap(({ performance: { scenario }, expected }) =>
    expected.map(({ call, legs, transfers }) => ({
      ...{ what: 'script' as const, at: Date.now(), scenario: scenario.name, call, legs },
      transfers: transfers.map(({ command }) => command),
    })),
  );
}

/** What the cloud holds against the scripts: what a gap touched must be there as far as anybody could see it. */
function compare(): void {
  const { figures, findings } = judge(entries);
  const { scripts, conversations, gaps } = factsOf(entries);
  const byCall = new Map(conversations.map((one) => [one.calls[0], one]));
  const missing = scripts.flatMap((script): Pick<Finding, 'kind' | 'about' | 'text'>[] => {
    const steps = missingOutside(script, byCall.get(script.call), gaps);
    const about = `${script.scenario} ${script.call}`;
    return steps.length === 0 ? [] : [{ kind: 'lost', about, text: steps.join(', ') }];
  });
  const lasted = gaps.map(({ from, to, why }) => `${why} for ${to - from} ms`);
  for (const kind of ['lost', 'double', 'wrong'] as const) {
    const found = [...findings, ...missing].filter((one) => one.kind === kind);
    report({
      bench: `${size}, ${callsPerSecond} calls a second: calls of which something is ${kind}`,
      value: new Set(found.map(({ about }) => about)).size,
      unit: 'calls',
      gate: { kind: 'at most', limit: 0 },
      ...{ calls: figures.calls, touched: figures.inGaps, lateByMs, gaps: lasted },
      examples: found.slice(0, 5),
    });
  }
}

const { ids } = stand;
history.add({
  ...{ what: 'names', at: Date.now(), presences: {} },
  users: Object.fromEntries(production.agents.map(({ employeeId }) => [ids.user(employeeId), employeeId])),
  queues: Object.fromEntries(queues.map((number) => [ids.queue(number), number])),
  wrapupCodes: Object.fromEntries(wrapupCodes.map((name) => [ids.code(name), name])),
});

let endWatching = (): void => undefined;
try {
  runner.logIn(production.performances);
  const since = performance.now();
  instances = names.map(start);
  report({
    bench: `${size}, start: all are registered`,
    value: await untilWatched(since, 'extensions'),
    unit: 's',
  });
  const used = await Promise.all(instances.map(({ pid = 0 }) => cpuOf(pid)));
  report({
    bench: `${size}, start: processor time of an instance`,
    value: Math.max(...used),
    unit: 'ms CPU',
  });
  const ports = await Promise.all(instances.map((one) => one.port()));
  const areReady = async () => (await Promise.all(ports.map(readiness))).every(({ ready }) => ready);
  await waitFor(areReady, 'both instances are ready');
  // On its first day a deployment writes the oldest format, on all others the newest.
  await stand.aDayPasses(new Formats().reads.max);
  history.add({ what: 'run', at: Date.now(), seed: 0, minutes: 0, watchers: names });
  // Extensions are left out: a call must not be excused because telephones are still being registered.
  endWatching = watchInstances({ instances: names, sites: [{ ...site, extensions: [] }] }, history);
  const calls = play();
  await delay(restMs);
  await measure('the primary crashes', true);
  await waitFor(areReady, 'both instances are ready');
  await delay(restMs);
  await measure('the primary loses its switch', false);
  await waitFor(areReady, 'both instances are ready');
  await delay(restMs);
  stop.abort();
  await calls;
  for (const script of scriptsOf(await Promise.all(playing))) history.add(script);
  const open = () => [...stand.cloud.state.conversations.all()].filter((one) => one.endedAt === undefined);
  await waitFor(
    async () => open().length === 0,
    () => `${open().length} conversations are open`,
    limitMs,
  );
  compare();
  report({
    bench: `${size}, ${callsPerSecond} calls a second: memory of an instance`,
    value: rss,
    unit: 'MiB',
    gate: { kind: 'at most', limit: 400 },
  });
} finally {
  stop.abort();
  runner.stop();
  endWatching();
  clearInterval(watch);
  await Promise.allSettled(playing);
  for (const one of instances) await one.stop();
  await stand.close();
  await redis.stop();
}
