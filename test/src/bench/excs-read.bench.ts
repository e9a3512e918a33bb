/**
 * EXCS at 200, 2,000 and 20,000 persons with 10 skills each: a complete read and the comparison, its memory, the probe
 * of a quiet database. The service's part runs in a process of its own, so that the generator's memory does not count.
 *
 * `--short`: without the 20,000.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Engine, Site, seedLedger } from '@exec/excs/testing';
import { startPostgres, startRedis } from '@exec/testing/servers';
import pg from 'pg';
import { isMachineBusy, quantile, report } from './measure.ts';

const child = fileURLToPath(new URL('../../../packages/excs/src/testing/read-and-diff.ts', import.meta.url));
const sizes = process.argv.includes('--short') ? [200, 2_000] : [200, 2_000, 20_000];
const isBusy = isMachineBusy();

interface Line {
  readonly readMs?: number;
  readonly diffMs?: number;
  readonly cpuMs: number;
  readonly operations?: number;
  readonly rssMiB?: number;
  readonly peakMiB?: number;
  readonly probe?: boolean;
}

async function run(env: NodeJS.ProcessEnv): Promise<Line[]> {
  const process_ = spawn(process.execPath, ['--max-semi-space-size=8', child, '7'], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => process_.kill('SIGKILL'));
  const lines: Line[] = [];
  for await (const line of createInterface({ input: process_.stdout })) lines.push(JSON.parse(line) as Line);
  return lines;
}

async function measure(agents: number, databaseUrl: string, redisUrl: string): Promise<void> {
  const database = new URL(databaseUrl);
  const admin = new pg.Client({ connectionString: databaseUrl });
  await admin.connect();
  await admin.query(`CREATE DATABASE bench_excs_read_${agents}`);
  await admin.end();
  database.pathname = `/bench_excs_read_${agents}`;
  const site = await Site.start({
    database: database.href,
    redis: { url: redisUrl, prefix: `bench-${agents}` },
    centre: { agents, skills: 200, skillsPerAgent: 10, queues: 300, flaws: [] },
  });
  const engine = await Engine.start({ env: site.env });
  const { desired } = await engine.parts.engage.read(new Map());
  await seedLedger(engine.parts.ledger, engine.token, desired);
  await engine.stop();

  const lines = await run(site.env);
  const reads = lines.filter((line) => line.readMs !== undefined);
  const probes = lines.filter((line) => line.probe !== undefined);
  const median = (of: (line: Line) => number | undefined, list = reads) =>
    quantile(
      list.map((line) => of(line) ?? Number.NaN),
      0.5,
    );
  const size = { of: 'persons', count: agents };
  report({
    bench: 'excs read and diff',
    size,
    value: (median((line) => line.readMs) + median((line) => line.diffMs)) / 1000,
    unit: 's',
    gate: { kind: 'at most', limit: 2 },
    inconclusive: isBusy,
    readMs: median((line) => line.readMs),
    diffMs: median((line) => line.diffMs),
    cpuMs: median((line) => line.cpuMs),
  });
  report({
    bench: 'excs operations of an unchanged diff',
    size,
    value: Math.max(...reads.map((line) => line.operations ?? Number.NaN)),
    unit: 'operations',
    gate: { kind: 'at most', limit: 0 },
  });
  report({
    bench: 'excs memory at the peak',
    size,
    value: Math.max(...reads.map((line) => line.peakMiB ?? Number.NaN)),
    unit: 'MiB',
    gate: { kind: 'at most', limit: 300 },
    rssMiB: median((line) => line.rssMiB),
  });
  report({
    bench: 'excs probe of a quiet database',
    size,
    value: median((line) => line.cpuMs, probes),
    unit: 'ms CPU',
    gate: { kind: 'at most', limit: 50 },
  });
  await site.close();
}

const postgres = await startPostgres();
const redis = await startRedis();
try {
  for (const agents of sizes) await measure(agents, postgres.url, redis.url);
} finally {
  await postgres.stop();
  await redis.stop();
}
