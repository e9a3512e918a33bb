/**
 * How what EXCP costs grows with the calls: 1, 10, 50 and 200 a second, with the request budget lifted.
 *
 * `--short`: 5 s of each instead of 20.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { agentsFor, callLoad, eventsOfCall, LoadStand, publishedOfCall } from '@exec/excp/testing';
import { startRedis } from '@exec/testing/servers';
import { cpuOf, isMachineBusy, quantile, report, rssOf } from './measure.ts';

const rates = [1, 10, 50, 200];
const seconds = process.argv.includes('--short') ? 5 : 20;
const inconclusive = isMachineBusy();

const redis = await startRedis();
try {
  const load = await LoadStand.start({
    redis: { url: redis.url, prefix: redis.keyPrefix },
    agents: agentsFor(Math.max(...rates)),
  });
  try {
    const pid = load.excp.pid ?? 0;
    const tell = async (callsPerSecond: number, calls: number) => {
      const before = load.stand.cloud.record.events().accepted;
      const startAt = Date.now() + 500;
      await load.tell(callLoad({ production: load.production, startAt, callsPerSecond, calls }));
      await load.accepted(before + calls * publishedOfCall, 300_000);
    };
    // What is compiled while it is measured would count for the first rate.
    await tell(100, 1_000);
    for (const callsPerSecond of rates) {
      await delay(1_000);
      const calls = Math.max(5, callsPerSecond * seconds);
      const idle = await idleCpu(pid);
      const [began, before] = [performance.now(), await cpuOf(pid)];
      await tell(callsPerSecond, calls);
      const took = (performance.now() - began) / 1000;
      const cpu = (await cpuOf(pid)) - before - idle * took;
      const delays = load.delays().slice(-calls * publishedOfCall);
      const size = { of: 'calls a second', count: callsPerSecond };
      report({
        bench: 'excp: processor time for each link event, without that of an idle process',
        value: Math.max(0, cpu) / (calls * eventsOfCall),
        unit: 'ms CPU',
        size,
        calls,
      });
      report({ bench: 'excp: p50', value: quantile(delays, 0.5), unit: 'ms', size, inconclusive });
      report({ bench: 'excp: p99', value: quantile(delays, 0.99), unit: 'ms', size, inconclusive });
      report({ bench: 'excp: memory', value: await rssOf(pid), unit: 'MiB', size });
    }
  } finally {
    await load.close();
  }
} finally {
  await redis.stop();
}

/** Milliseconds of processor time that the process uses in a second without calls. */
async function idleCpu(pid: number): Promise<number> {
  const before = await cpuOf(pid);
  await delay(3_000);
  return ((await cpuOf(pid)) - before) / 3;
}
