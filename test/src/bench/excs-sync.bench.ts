/**
 * EXCS at the budget of the real cloud, on a clock that runs faster than the real one: the first synchronisation of
 * 2,000 agents, 200 skills and 300 queues, an unchanged cycle, a comparison with the organisation, one change.
 *
 * `--short`: a tenth of it.
 */
import { Engine, fewestRequests, ScaledClock, Site } from '@exec/excs/testing';
import { expectation } from '@exec/simulators/config-db';
import { startPostgres, startRedis } from '@exec/testing/servers';
import pg from 'pg';
import { isMachineBusy, report } from './measure.ts';

const share = process.argv.includes('--short') ? 0.1 : 1;
const isBusy = isMachineBusy();
/** Requests in any 60 s that the connector allows itself. */
const budget = 285;
/** A minute of the cloud passes in three seconds: faster, and our own work would count for too much. */
const clock = new ScaledClock(20);

const postgres = await startPostgres();
const redis = await startRedis();
try {
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query('CREATE DATABASE bench_excs_sync');
  await admin.end();
  const database = new URL(postgres.url);
  database.pathname = '/bench_excs_sync';
  const site = await Site.start({
    database: database.href,
    redis: { url: redis.url, prefix: 'bench' },
    centre: {
      agents: 2000 * share,
      skills: 200 * share,
      queues: 300 * share,
      skillsPerAgent: 10,
      flaws: [],
    },
    cloud: { clock, requestsPerMinute: 300 },
    env: { GENESYS_CLOUD_REQUESTS_PER_MINUTE: String(budget) },
  });
  const engine = await Engine.start({ env: site.env, clock, visibilityMs: 120_000 });
  const { record } = site.cloud;
  const expected = expectation(site.centre);
  const size = `${expected.counts.users} users, ${expected.counts.skills} skills, ${expected.counts.queues} queues`;

  // Reading and comparing before the first write take our own time, which would count twenty times.
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
    value: (record.requests - before) / minutes / budget,
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
  await engine.stop();
  await site.close();
} finally {
  await postgres.stop();
  await redis.stop();
}
