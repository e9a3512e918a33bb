/**
 * EXCP with the request budget of a real organisation, 285 requests a minute at a cloud that refuses the 301st: how
 * late events are at the rate of a large site, and whether the highest rate it can carry is kept up. EXCP runs as its
 * image does, since its memory is measured.
 *
 * `--short`: a third of the time.
 */
import { agentsFor, callLoad, LoadStand, publishedOfCall } from '@exec/excp/testing';
import { startRedis } from '@exec/testing/servers';
import { isMachineBusy, quantile, report, rssOf } from './measure.ts';
import { shippedService } from './shipped.ts';

const isShort = process.argv.includes('--short');
const isBusy = isMachineBusy();
const highest = 450;

/** Calls that lead to so many events a second; answers the delays of the events the cloud got, in order. */
async function run(load: LoadStand, eventsPerSecond: number, seconds: number): Promise<number[]> {
  const callsPerSecond = eventsPerSecond / publishedOfCall;
  const calls = Math.round(callsPerSecond * seconds);
  const { record } = load.stand.cloud;
  const before = record.events().accepted;
  await load.tell(
    callLoad({ production: load.production, startAt: Date.now() + 500, callsPerSecond, calls }),
  );
  await load.accepted(before + calls * publishedOfCall, 60_000);
  return load.delays().slice(-calls * publishedOfCall);
}

const excp = await shippedService('excp');
const redis = await startRedis();
try {
  const load = await LoadStand.start({
    main: excp.main,
    redis: { url: redis.url, prefix: redis.keyPrefix },
    agents: agentsFor(highest / publishedOfCall),
    cloud: { requestsPerMinute: 300, keepEvents: 200_000 },
    env: { GENESYS_CLOUD_REQUESTS_PER_MINUTE: '285' },
  });
  try {
    const usual = await run(load, 60, isShort ? 30 : 90);
    report({
      bench: 'excp, 285 requests a minute: 60 events a second, p99',
      value: quantile(usual, 0.99),
      unit: 'ms',
      gate: { kind: 'at most', limit: 600 },
      inconclusive: isBusy,
      p50: quantile(usual, 0.5),
      max: Math.max(...usual),
    });
    const most = await run(load, highest, isShort ? 40 : 120);
    const part = Math.floor(most.length / 4);
    const early = quantile(most.slice(part, 2 * part), 0.5);
    const late = quantile(most.slice(-part), 0.5);
    report({
      bench: `excp, 285 requests a minute: ${highest} events a second, delay at the end against the second quarter`,
      value: late / early,
      unit: 'x',
      gate: { kind: 'at most', limit: 1.5 },
      inconclusive: isBusy,
      secondQuarter: early,
      atTheEnd: late,
      p99: quantile(most, 0.99),
    });
    const { record } = load.stand.cloud;
    report({
      bench: 'excp, 285 requests a minute: answers 429',
      value: record.answers429,
      unit: '',
      gate: { kind: 'at most', limit: 0 },
      mostInAMinute: record.peakPerMinute,
      refused: record.events().refused,
      duplicates: record.events().duplicates,
    });
    report({
      bench: 'excp, 285 requests a minute: memory afterwards',
      value: await rssOf(load.excp.pid),
      unit: 'MiB',
      gate: { kind: 'at most', limit: 200 },
    });
  } finally {
    await load.close();
  }
} finally {
  await redis.stop();
  await excp.remove();
}
