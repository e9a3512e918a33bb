/**
 * EXAS at full size: how long until all statistics are open and every state is told, against the least that the request
 * budget allows; what it holds in memory; what a restart and a switch-over of the Stat Servers cost. And how its first
 * start grows with the agents: 200, 2,000 and 20,000 of them.
 *
 * `--short`: without the 20,000.
 */
import type { EmployeeId } from '@exec/common/ids';
import { Site } from '@exec/exas/testing';
import { startRedis } from '@exec/testing/servers';
import { endExas, startExas } from './exas-process.ts';
import { cpuOf, isMachineBusy, onSchedule, report, rssOf } from './measure.ts';

const isShort = process.argv.includes('--short');
const isBusy = isMachineBusy();
const sizes = isShort ? [200, 2_000] : [200, 2_000, 20_000];
const full = Math.max(...sizes);
/** Requests in any 60 s that the connector allows itself, and events that the cloud takes in one. */
const budget = 285;
const perRequest = 100;
/** With fewer agents the start of the process, and requests that are not full yet, are more than a tenth. */
const gate = isShort ? {} : { gate: { kind: 'at most', limit: 1.1 } as const };
const fullSize = `exas: ${full.toLocaleString('en')} agents`;

const busy = { presence: 'Busy', routingStatus: 'OffQueue' } as const;
const idle = { presence: 'OnQueue', routingStatus: 'Idle' } as const;

/** A site with that many agents, and EXAS as a process of its own. */
class Subject {
  readonly site: Site;
  readonly agents: number;
  readonly shown = new Map<EmployeeId, typeof busy | typeof idle>();
  /** Mebibytes, at most. */
  rss = 0;
  #running: Awaited<ReturnType<typeof startExas>> | undefined;
  readonly #watch: NodeJS.Timeout;

  private constructor(site: Site, agents: number) {
    this.site = site;
    this.agents = agents;
    const look = async () => {
      this.rss = Math.max(this.rss, await rssOf(this.pid));
    };
    // Between two processes there is none.
    this.#watch = setInterval(() => void look().catch(() => undefined), 250);
  }

  static async start(redis: { readonly url: string; readonly prefix: string }, agents: number) {
    const site = await Site.start({
      ...{ redis, agents, cloud: { requestsPerMinute: 300, keepEvents: 10 } },
      env: { GENESYS_CLOUD_REQUESTS_PER_MINUTE: String(budget) },
    });
    const subject = new Subject(site, agents);
    for (const employeeId of site.employees) {
      site.login(employeeId);
      subject.shown.set(employeeId, busy);
    }
    return subject;
  }

  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  async begin(): Promise<void> {
    this.#running = await startExas(this.site.environment());
  }

  async end(): Promise<void> {
    if (this.#running !== undefined) await endExas(this.#running.child);
    this.#running = undefined;
  }

  async close(): Promise<void> {
    clearInterval(this.#watch);
    await this.end();
    await this.site.close();
  }

  /** Answers after how many seconds all statistics are open. */
  async untilOpen(since: number): Promise<number> {
    const { statServers } = this.site;
    for (let look = 1; statServers.active.openStatistics < 2 * this.agents; look++) {
      if (look > 6_000)
        throw new Error(`only ${statServers.active.openStatistics} statistics are open after ten minutes`);
      await onSchedule(since, look, 100);
    }
    return (performance.now() - since) / 1000;
  }

  /** Answers after how many seconds the cloud shows every state. */
  async untilShown(since: number): Promise<number> {
    for (let look = 1; this.#halvesShown() < 2 * this.agents; look++) {
      if (look > 3_000) throw new Error(`only ${this.#halvesShown()} states are shown after ten minutes`);
      await onSchedule(since, look, 200);
    }
    return (performance.now() - since) / 1000;
  }

  #halvesShown(): number {
    let count = 0;
    for (const [employeeId, wanted] of this.shown) {
      const { presence, routingStatus } = this.site.shown(employeeId);
      if (presence === wanted.presence) count += 1;
      if (routingStatus === wanted.routingStatus) count += 1;
    }
    return count;
  }
}

interface Cost {
  readonly openSeconds: number;
  readonly seconds: number;
  readonly requests: number;
  readonly events: number;
  /** Requests that are needed, and how long the budget makes them take at its even pace. */
  readonly fewest: number;
  readonly leastSeconds: number;
}

/** What it takes until everything is shown after `begin`; `changed`: agents whose state is another one then. */
async function measure(subject: Subject, changed: number, begin: () => Promise<void>): Promise<Cost> {
  const { record } = subject.site.cloud;
  const before = { requests: record.eventRequests, events: record.eventsSent };
  const since = performance.now();
  await begin();
  const [openSeconds, seconds] = await Promise.all([subject.untilOpen(since), subject.untilShown(since)]);
  const fewest = 2 * Math.ceil(changed / perRequest);
  return {
    ...{ openSeconds, seconds, fewest, leastSeconds: (fewest * 60) / budget },
    requests: record.eventRequests - before.requests,
    events: record.eventsSent - before.events,
  };
}

function reportCost(
  name: string,
  { openSeconds, seconds, leastSeconds, requests, fewest, events }: Cost,
): void {
  report({ bench: `${fullSize}, ${name}: all statistics open`, value: openSeconds, unit: 's' });
  report({
    bench: `${fullSize}, ${name}: all states told, against the least that the budget allows`,
    value: seconds / leastSeconds,
    unit: 'x',
    ...gate,
    inconclusive: isBusy,
    seconds,
    leastSeconds,
  });
  report({
    bench: `${fullSize}, ${name}: requests, against the fewest`,
    value: requests / fewest,
    unit: 'x',
    ...gate,
    requests,
    events,
  });
}

/** The first start, as it grows with the agents. */
async function firstStart(subject: Subject): Promise<void> {
  const cost = await measure(subject, subject.agents, () => subject.begin());
  const { requests, fewest, seconds, leastSeconds } = cost;
  const size = { of: 'agents', count: subject.agents };
  report({
    ...{ bench: 'exas: requests until all states are accepted, over the fewest possible', size },
    ...{ value: requests / fewest, unit: 'ratio', better: 'lower', requests, fewest },
  });
  report({
    ...{ bench: 'exas: from the start until all states are accepted', size, value: seconds, unit: 's' },
    // As if none of the minute were unused.
    atFloor: leastSeconds,
  });
  const { pid = 0 } = subject;
  report({ bench: 'exas: processor time until then', size, value: await cpuOf(pid), unit: 'ms CPU' });
  report({ bench: 'exas: memory then', size, value: await rssOf(pid), unit: 'MiB' });
  if (subject.agents === full) reportCost('first start', cost);
}

async function restart(subject: Subject): Promise<void> {
  const { site, shown, agents } = subject;
  const half = agents / 2;
  const cost = await measure(subject, half, async () => {
    await subject.end();
    for (const employeeId of site.employees.slice(0, half)) {
      site.states.ready(employeeId);
      shown.set(employeeId, idle);
    }
    await subject.begin();
  });
  reportCost('restart after half of them have changed', cost);
}

async function switchOver(subject: Subject): Promise<void> {
  const { site, shown } = subject;
  const { record } = site.cloud;
  const before = record.eventsSent;
  const since = performance.now();
  site.statServers.switchover({ crash: true });
  const openSeconds = await subject.untilOpen(since);
  report({ bench: `${fullSize}, switch-over: all statistics open`, value: openSeconds, unit: 's' });
  // One change after it: what was told again would stand before it.
  const [last] = site.employees as [EmployeeId];
  site.states.notReady(last);
  shown.set(last, busy);
  await subject.untilShown(performance.now());
  report({
    bench: `${fullSize}, switch-over: events of agents who did not change`,
    value: record.eventsSent - before - 2,
    unit: 'events',
    gate: { kind: 'at most', limit: 0 },
  });
}

function reportWhole({ rss, site: { cloud } }: Subject): void {
  const { record } = cloud;
  const none = { kind: 'at most', limit: 0 } as const;
  report({ bench: `${fullSize}, memory`, value: rss, unit: 'MiB', gate: { kind: 'at most', limit: 300 } });
  report({
    bench: `${fullSize}, answers 429 and rules broken`,
    value: record.answers429 + record.violationCount,
    unit: '',
    gate: none,
  });
}

const redis = await startRedis();
try {
  for (const agents of sizes) {
    const prefix = `${redis.keyPrefix.replace(/:$/, '')}-${agents}`;
    const subject = await Subject.start({ url: redis.url, prefix }, agents);
    try {
      await firstStart(subject);
      if (agents !== full) continue;
      await restart(subject);
      await switchOver(subject);
      reportWhole(subject);
    } finally {
      await subject.close();
    }
  }
} finally {
  await redis.stop();
}
