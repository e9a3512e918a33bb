/**
 * EXAS: delivery of one change on a quiet site, and 5,000 agents who change state every 10 s within the real budget.
 *
 * `--short`: the load runs for one minute instead of five.
 */
import type { EmployeeId } from '@exec/common/ids';
import { Site } from '@exec/exas/testing';
import { Random } from '@exec/simulators/scenarios';
import { startRedis } from '@exec/testing/servers';
import { request } from 'undici';
import { endExas, metric, startExas } from './exas-process.ts';
import { isMachineBusy, onSchedule, quantile, ratio, report, rssOf } from './measure.ts';

const isShort = process.argv.includes('--short');
const isBusy = isMachineBusy();

/** One agent, one change at a time: from the Stat Server's verb to the acceptance by the fake cloud. */
async function quiet(redis: { url: string; prefix: string }): Promise<void> {
  const site = await Site.start({ redis, agents: 1 });
  const { child } = await startExas(site.environment());
  try {
    const [agent] = site.employees as [EmployeeId];
    site.login(agent);
    await site.untilShown(new Map([[agent, { presence: 'Busy', routingStatus: 'OffQueue' }]]));
    const { record } = site.cloud;
    const changes: number[] = [];
    let isReady = false;
    const change = async () => {
      const before = record.events('userRoutingStatus').accepted;
      const started = performance.now();
      isReady = !isReady;
      if (isReady) site.states.ready(agent);
      else site.states.notReady(agent);
      await site.cloud.until(() => record.events('userRoutingStatus').accepted > before);
      const took = performance.now() - started;
      changes.push(took);
      return took;
    };
    const token = await site.token();
    const post = async () => {
      const started = performance.now();
      const { body } = await request(`${site.cloud.url}/api/v2/tokens/me`, {
        headers: { authorization: `Bearer ${token}` },
      });
      await body.dump();
      return performance.now() - started;
    };
    const many = (one: () => Promise<number>) => async () => {
      let sum = 0;
      for (let count = 0; count < 20; count++) sum += await one();
      return sum;
    };
    const measured = await ratio(many(change), many(post), 15);
    report({
      bench: 'exas: one change on a quiet site, against a bare request',
      value: measured.ratio.median,
      unit: 'x',
      spread: measured.ratio,
      inconclusive: measured.inconclusive,
    });
    report({ bench: 'exas: one change on a quiet site, p50', value: quantile(changes, 0.5), unit: 'ms' });
    report({
      bench: 'exas: one change on a quiet site, p99',
      value: quantile(changes, 0.99),
      unit: 'ms',
      gate: { kind: 'at most', limit: 25 },
      inconclusive: measured.inconclusive || isBusy,
      changes: changes.length,
    });
  } finally {
    await endExas(child);
    await site.close();
  }
}

/** 5,000 agents change every 10 s; the budget is the real one: 285 requests a minute for both endpoints. */
async function load(redis: { url: string; prefix: string }): Promise<void> {
  const agents = 5000;
  const periodMs = 10_000;
  const seconds = isShort ? 60 : 300;
  const site = await Site.start({ redis, agents, cloud: { requestsPerMinute: 300, keepEvents: 10 } });
  const { child, port } = await startExas({
    ...site.environment(),
    GENESYS_CLOUD_REQUESTS_PER_MINUTE: '285',
  });
  try {
    const random = new Random(7);
    for (const employeeId of site.employees) site.login(employeeId);
    const oldest: number[] = [];
    const rss: number[] = [];
    const watch = setInterval(() => {
      void metric(port, 'exas_oldest_pending_timestamp_seconds').then((since) => {
        if (since > 0) oldest.push(Date.now() / 1000 - since);
      });
      void rssOf(child.pid).then((mebibytes) => rss.push(mebibytes));
    }, 1000);
    const { record } = site.cloud;
    const start = performance.now();
    const before = { requests: record.eventRequests, events: record.eventsSent };
    let lateBy = 0;
    for (let tick = 0; tick < seconds * 10; tick++) {
      await onSchedule(start, tick, 100);
      lateBy = Math.max(lateBy, performance.now() - start - tick * 100);
      const share = (agents / periodMs) * 100;
      for (let index = 0; index < share; index++) change(site, (tick * share + index) % agents, random);
    }
    const filled = (record.eventsSent - before.events) / (record.eventRequests - before.requests);
    const lastChange = performance.now();
    await drained(port);
    clearInterval(watch);
    const drainSeconds = (performance.now() - lastChange) / 1000;
    report({
      bench: 'exas: 5,000 agents, events in a request',
      value: filled,
      unit: 'events',
      gate: { kind: 'at least', limit: 90 },
      seconds,
    });
    report({
      bench: 'exas: 5,000 agents, age of the oldest pending state',
      value: Math.max(0, ...oldest),
      unit: 's',
    });
    report({
      bench: 'exas: 5,000 agents, all states accepted after the last change',
      value: drainSeconds,
      unit: 's',
    });
    report({
      bench: 'exas: 5,000 agents, memory',
      value: Math.max(...rss),
      unit: 'MiB',
      gate: { kind: 'at most', limit: 200 },
    });
    report({
      bench: 'exas: 5,000 agents, fullest minute',
      value: record.peakPerMinute,
      unit: 'requests',
      gate: { kind: 'at most', limit: 285 },
    });
    report({
      bench: 'exas: 5,000 agents, answers 429',
      value: record.answers429,
      unit: '',
      gate: { kind: 'at most', limit: 0 },
    });
    report({
      bench: 'exas: 5,000 agents, agents whose newest state is not shown',
      value: wrongStates(site),
      unit: '',
      gate: { kind: 'at most', limit: 0 },
      violations: record.violationCount,
      generatorLateByMs: Math.round(lateBy),
    });
  } finally {
    await endExas(child);
    await site.close();
  }
}

const wanted = new Map<EmployeeId, string>();

function change(site: Site, index: number, random: Random): void {
  const employeeId = site.employees[Math.floor(index)];
  if (employeeId === undefined) return;
  const choice = random.next();
  if (choice < 0.4) site.states.ready(employeeId);
  else if (choice < 0.7) site.states.notReady(employeeId, { ReasonCode: 'Break' });
  else site.states.afterCallWork(employeeId);
  wanted.set(
    employeeId,
    choice < 0.4 ? 'OnQueue/Idle' : choice < 0.7 ? 'Break/OffQueue' : 'OnQueue/Interacting',
  );
}

function wrongStates(site: Site): number {
  let wrong = 0;
  for (const employeeId of site.employees) {
    const { presence, routingStatus } = site.shown(employeeId);
    if (`${presence}/${routingStatus}` !== (wanted.get(employeeId) ?? 'Busy/OffQueue')) wrong += 1;
  }
  return wrong;
}

async function drained(port: number): Promise<void> {
  const limit = performance.now() + 180_000;
  while ((await metric(port, 'exas_pending_agents')) > 0) {
    if (performance.now() > limit) throw new Error('the pending states do not drain');
    await onSchedule(performance.now(), 1, 200);
  }
}

const redis = await startRedis();
try {
  const prefix = (name: string) => ({
    url: redis.url,
    prefix: `${redis.keyPrefix.replace(/:$/, '')}-${name}`,
  });
  await quiet(prefix('quiet'));
  await load(prefix('load'));
} finally {
  await redis.stop();
}
