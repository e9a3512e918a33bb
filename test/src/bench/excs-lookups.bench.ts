/**
 * EXCS look-ups: requests a second of an agent look-up, as a share of a bare route of the same server with the same
 * body; and of a fastify that has no request IDs, guard, limits or metrics: by the CPU time of the server, and for
 * information by requests a second. Besides, what it costs to resolve 1,000 keys at once.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { isMachineBusy, ratio, report, spreadOf } from './measure.ts';

const server = fileURLToPath(new URL('../../../packages/excs/src/testing/lookup-server.ts', import.meta.url));
const agents = 20_000;
const connections = 50;
/** Below the number of requests that the service works on at once. */
const atOnce = 12;
const roundMs = process.argv.includes('--short') ? 300 : 1000;

const isBusy = isMachineBusy();
const child = spawn(process.execPath, ['--max-semi-space-size=8', server], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
process.once('exit', () => child.kill('SIGKILL'));
const lines = createInterface({ input: child.stdout });
const nextLine = async () => ((await once(lines, 'line')) as [string])[0];
const ports = JSON.parse(await nextLine()) as { readonly subject: number; readonly floor: number };

/** Microseconds of CPU time that the server has used until now. */
async function cpuTime(): Promise<number> {
  const line = nextLine();
  child.stdin.write('\n');
  return Number(await line);
}

/** Requests that a round makes for each CPU second of the server: what else the machine does is not in it. */
async function perCpuSecond(pool: Pool, path: (agent: number) => string): Promise<number> {
  const requests = 5 * roundMs;
  const before = await cpuTime();
  let next = 0;
  const worker = async () => {
    for (let agent = next++; agent < requests; agent = next++) {
      const { statusCode, body } = await pool.request({ method: 'GET', path: path(agent % agents) });
      await body.dump();
      if (statusCode !== 200) throw new Error(`a look-up was answered with ${statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return (requests * 1e6) / ((await cpuTime()) - before);
}

/** Requests a second over all connections for the time of a round. */
async function rate(pool: Pool, path: (agent: number) => string): Promise<number> {
  const started = performance.now();
  let answered = 0;
  const worker = async (first: number) => {
    for (let agent = first; performance.now() - started < roundMs; agent = (agent + connections) % agents) {
      const { statusCode, body } = await pool.request({ method: 'GET', path: path(agent) });
      await body.dump();
      if (statusCode !== 200) throw new Error(`a look-up was answered with ${statusCode}`);
      answered++;
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, index) => worker(index)));
  return (answered * 1000) / (performance.now() - started);
}

const subjectPool = new Pool(`http://127.0.0.1:${ports.subject}`, { connections });
const floorPool = new Pool(`http://127.0.0.1:${ports.floor}`, { connections });
try {
  const look = () => rate(subjectPool, (agent) => `/api/v1/agents/E${agent}`);
  const measured = await ratio(look, () => rate(subjectPool, (agent) => `/api/v1/bare/E${agent}`));
  report({
    bench: 'excs look-ups against a bare route',
    value: measured.ratio.median,
    unit: 'ratio',
    gate: { kind: 'at least', limit: 0.85 },
    inconclusive: measured.inconclusive,
    min: measured.ratio.min,
    max: measured.ratio.max,
    perSecond: Math.round(measured.subject.median),
    barePerSecond: Math.round(measured.floor.median),
  });
  const bare = (agent: number) => `/agents/E${agent}`;
  const byCpu = await ratio(
    () => perCpuSecond(subjectPool, (agent) => `/api/v1/agents/E${agent}`),
    () => perCpuSecond(floorPool, bare),
  );
  report({
    bench: 'excs look-ups against a fastify without a shell, for each CPU second of the server',
    value: byCpu.ratio.median,
    unit: 'ratio',
    gate: { kind: 'at least', limit: 0.85 },
    inconclusive: byCpu.inconclusive || isBusy,
    min: byCpu.ratio.min,
    max: byCpu.ratio.max,
    microseconds: 1e6 / byCpu.subject.median,
    bareMicroseconds: 1e6 / byCpu.floor.median,
  });
  const keys = Array.from({ length: 1000 }, (_, index) => ({ type: 'agent', employeeId: `E${index * 20}` }));
  const resolved = [];
  for (let round = 0; round < 22; round++) {
    const before = await cpuTime();
    for (let request = 0; request < 10; request++) {
      const { statusCode, body } = await subjectPool.request({
        method: 'POST',
        path: '/api/v1/mappings/resolve',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ keys }),
      });
      await body.dump();
      if (statusCode !== 200) throw new Error(`a look-up was answered with ${statusCode}`);
    }
    resolved.push(((await cpuTime()) - before) / 10_000);
  }
  const spread = spreadOf(resolved.slice(11));
  report({
    bench: 'excs resolve of 1,000 keys, CPU time of the server',
    value: spread.median,
    unit: 'ms CPU',
    gate: { kind: 'at most', limit: 5 },
    min: spread.min,
    max: spread.max,
  });
  const naked = await ratio(look, () => rate(floorPool, bare));
  report({
    bench: 'excs look-ups against a fastify without a shell',
    value: naked.ratio.median,
    unit: 'ratio',
    better: 'higher',
    inconclusive: naked.inconclusive,
    min: naked.ratio.min,
    max: naked.ratio.max,
    perSecond: Math.round(naked.subject.median),
    barePerSecond: Math.round(naked.floor.median),
  });
} finally {
  await Promise.all([subjectPool.close(), floorPool.close()]);
  child.stdin.end();
  await once(child, 'exit');
}
