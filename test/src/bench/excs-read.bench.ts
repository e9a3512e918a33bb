/**
 * EXCS at 20,000 persons with 10 skills each: a complete read and the comparison, its memory, the probe of a quiet
 * database. The service's part runs in a process of its own, so that the generator's memory does not count.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Engine, Site, seedLedger } from '@exec/excs/testing';
import { startPostgres, startRedis } from '@exec/testing/servers';
import pg from 'pg';
import { isMachineBusy, quantile, report } from './measure.ts';

const child = fileURLToPath(new URL('../../../packages/excs/src/testing/read-and-diff.ts', import.meta.url));
const agents = process.argv.includes('--short') ? 2000 : 20_000;
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

const postgres = await startPostgres();
const redis = await startRedis();
try {
  const database = new URL(postgres.url);
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query('CREATE DATABASE bench_excs_read');
  await admin.end();
  database.pathname = '/bench_excs_read';
  const site = await Site.start({
    database: database.href,
    redis: { url: redis.url, prefix: 'bench' },
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
  const size = `${agents} persons`;
  report({
    bench: `excs read and diff, ${size}`,
    value: (median((line) => line.readMs) + median((line) => line.diffMs)) / 1000,
    unit: 's',
    gate: { kind: 'at most', limit: 2 },
    inconclusive: isBusy,
    readMs: median((line) => line.readMs),
    diffMs: median((line) => line.diffMs),
    cpuMs: median((line) => line.cpuMs),
  });
  report({
    bench: `excs operations of an unchanged diff, ${size}`,
    value: Math.max(...reads.map((line) => line.operations ?? Number.NaN)),
    unit: 'operations',
    gate: { kind: 'at most', limit: 0 },
  });
  report({
    bench: `excs memory at the peak, ${size}`,
    value: Math.max(...reads.map((line) => line.peakMiB ?? Number.NaN)),
    unit: 'MiB',
    gate: { kind: 'at most', limit: 300 },
    rssMiB: median((line) => line.rssMiB),
  });
  report({
    bench: `excs probe of a quiet database, ${size}`,
    value: median((line) => line.cpuMs, probes),
    unit: 'ms CPU',
    gate: { kind: 'at most', limit: 50 },
  });
  await site.close();
} finally {
  await postgres.stop();
  await redis.stop();
}
