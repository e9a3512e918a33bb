/**
 * EXCS at the budget of the real cloud, on a clock that runs faster than the real one: the first synchronisation of
 * 2,000 agents, 200 skills and 300 queues, with one token and with several, an unchanged cycle, a comparison with the organisation, one change.
 *
 * `--short`: a tenth of it.
 */
import { Engine, fewestRequests, ScaledClock, Site } from '@exec/excs/testing';
import { expectation } from '@exec/simulators/config-db';
import { startPostgres, startRedis } from '@exec/testing/servers';
import pg from 'pg';
import { isMachineBusy, report } from './measure.ts';

const isShort = process.argv.includes('--short');
const share = isShort ? 0.1 : 1;
const isBusy = isMachineBusy();
/** Requests in any 60 s that the connector allows itself. */
const budget = 285;

const postgres = await startPostgres();
const redis = await startRedis();
const toEnd: (() => Promise<unknown>)[] = [];

/**
 * The first synchronisation of an empty organisation with that many tokens.
 * @param pace seconds of the cloud in a real one. Too fast, and our own work would count for too much; the same number
 *   of requests in a real second for each number of tokens makes the runs comparable.
 */
async function firstSync(name: string, tokens: number, pace: number, env: Readonly<Record<string, string>>) {
  const clock = new ScaledClock(pace);
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query(`CREATE DATABASE bench_excs_${name}`);
  await admin.end();
  const database = new URL(postgres.url);
  database.pathname = `/bench_excs_${name}`;
  const site = await Site.start({
    database: database.href,
    redis: { url: redis.url, prefix: `bench-${name}` },
    centre: {
      agents: 2000 * share,
      skills: 200 * share,
      queues: 300 * share,
      skillsPerAgent: 10,
      flaws: [],
    },
    cloud: { clock, requestsPerMinute: 300 },
    env: { GENESYS_CLOUD_REQUESTS_PER_MINUTE: String(budget), GENESYS_CLOUD_TOKENS: String(tokens), ...env },
  });
  toEnd.push(() => site.close());
  const engine = await Engine.start({ env: site.env, clock, visibilityMs: 120_000 });
  toEnd.push(() => engine.stop());
  const { record } = site.cloud;
  // Reading and comparing before the first write take our own time, which would count many times.
  let started = 0;
  let before = 0;
  const begun = site.cloud
    .until(() => record.totalWrites > 0)
    .then(() => {
      started = clock.monotonic();
      before = record.requests;
    });
  await engine.run();
  await begun;
  const minutes = (clock.monotonic() - started) / 60_000;
  const expected = expectation(site.centre);
  return { site, engine, record, expected, minutes, perMinute: (record.requests - before) / minutes };
}

try {
  const { site, engine, record, expected, minutes, perMinute } = await firstSync('one', 1, 20, {});
  const { requests } = record;
  const size = `${expected.counts.users} users, ${expected.counts.skills} skills, ${expected.counts.queues} queues`;
  report({
    bench: `excs first sync, requests over the fewest possible (${size})`,
    value: record.requests / fewestRequests(expected),
    unit: 'ratio',
    gate: { kind: 'at most', limit: 1.05 },
    requests: record.requests,
    fewest: fewestRequests(expected),
  });
  report({
    bench: 'excs first sync, share of the allowed rate that was used',
    value: perMinute / budget,
    unit: 'ratio',
    gate: { kind: 'at least', limit: 0.98 },
    inconclusive: isBusy,
    minutes,
    peakPerMinute: record.peakPerMinute,
  });
  report({
    bench: 'excs first sync, answers 429',
    value: record.answers429,
    unit: 'answers',
    gate: { kind: 'at most', limit: 0 },
  });
  // The first sync took longer than the interval of comparisons: one is due.
  await engine.run({ drift: true });
  record.reset();
  await engine.run({ forced: false });
  report({
    bench: 'excs poll of a quiet site, requests',
    value: record.requests,
    unit: 'requests',
    gate: { kind: 'at most', limit: 0 },
  });
  await engine.run({ drift: true });
  report({
    bench: `excs comparison with the organisation, requests (${size})`,
    value: record.requests,
    unit: 'requests',
  });
  report({
    bench: 'excs comparison with the organisation, writes',
    value: record.totalWrites,
    unit: 'writes',
    gate: { kind: 'at most', limit: 0 },
  });
  for (const agents of [2000, 20_000]) {
    // Per user an identity and a primary source; per queue its members, a page for each hundred, and its codes.
    const queues = agents === 2000 ? 300 : 1000;
    const checks = 2 * agents + queues + queues * Math.ceil((agents * 1.5) / queues / 100);
    report({
      bench: `excs rotation over ${agents} agents and ${queues} queues, at 30 % of the budget`,
      value: checks / (budget * 0.3) / 60,
      unit: 'h',
      requests: checks,
    });
  }

  record.reset();
  const [user] = expected.users;
  await site.sql("UPDATE cfg_person SET last_name = 'Changed' WHERE dbid = $1", [user?.dbid]);
  await engine.run({ forced: false });
  report({
    bench: 'excs one changed name, requests',
    value: record.requests,
    unit: 'requests',
    gate: { kind: 'at most', limit: 2 },
  });

  const byDefault = await firstSync('default', 1, 20, { PRIMARY_SOURCE_SCOPE: 'organization' });
  report({
    bench: 'excs first sync with a default source of the organisation, requests over the fewest possible',
    value: byDefault.record.requests / fewestRequests(expected, 'organization'),
    unit: 'ratio',
    gate: { kind: 'at most', limit: 1.05 },
    requests: byDefault.record.requests,
    saved: requests - byDefault.record.requests,
  });
  for (const tokens of [2, 4, 10]) {
    const several = await firstSync(`of${tokens}`, tokens, 20 / tokens, {});
    report({
      bench: `excs first sync with ${tokens} tokens, rate over ${tokens} times that of one token`,
      value: several.perMinute / perMinute / tokens,
      unit: 'ratio',
      gate: { kind: 'at least', limit: 0.95 },
      // A tenth of the work is over before the last token has logged in.
      inconclusive: isBusy || isShort,
      minutes: several.minutes,
      answers429: several.record.answers429,
      requests: several.record.requests,
    });
  }
} finally {
  for (const end of toEnd.reverse()) await end();
  await postgres.stop();
  await redis.stop();
}
// The driver keeps a timer for each cursor until the limit of its query, which is a day on a clock that runs fast.
process.exit();
