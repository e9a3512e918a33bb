/**
 * EXCS look-ups: requests a second of an agent look-up, as a share of a bare route of the same server with the same
 * body; and, for information, of a fastify that has no request IDs, guard, limits or metrics.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { ratio, report } from './measure.ts';

const server = fileURLToPath(new URL('../../../packages/excs/src/testing/lookup-server.ts', import.meta.url));
const agents = 20_000;
const connections = 50;
const roundMs = process.argv.includes('--short') ? 300 : 1000;

const child = spawn(process.execPath, ['--max-semi-space-size=8', server], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
process.once('exit', () => child.kill('SIGKILL'));
const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
const ports = JSON.parse(line) as { readonly subject: number; readonly floor: number };

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
  const naked = await ratio(look, () => rate(floorPool, (agent) => `/agents/E${agent}`));
  report({
    bench: 'excs look-ups against a fastify without a shell',
    value: naked.ratio.median,
    unit: 'ratio',
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
