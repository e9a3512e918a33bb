/**
 * The floors of the machine, measured beside each benchmark: the cheapest thing that uses the same resource. Figures
 * divided by them can be compared between runs of one machine, whatever else it had to do.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { quantile, type Result, rssOf } from './measure.ts';

export interface Floors {
  /** A request to a bare HTTP server in another process and its answer, median, milliseconds. */
  readonly roundTripMs: number;
  /** Processor time of a fixed piece of work: JSON and a digest, milliseconds. */
  readonly workMs: number;
  /** Memory of a process of Node that only serves HTTP. */
  readonly memoryMiB: number;
}

const server = fileURLToPath(new URL('./bare-server.ts', import.meta.url));
const requests = 300;

/** Takes some tenths of a second. */
export async function measureFloors(): Promise<Floors> {
  const child = spawn(process.execPath, [server], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const roundTripMs = await roundTrip(`http://127.0.0.1:${port}`);
    return { roundTripMs, workMs: work(), memoryMiB: await rssOf(child.pid) };
  } finally {
    await end(child);
  }
}

/** What a unit is divided by, in that unit; undefined where a count is its own floor. */
export function floorOf({ unit }: Pick<Result, 'unit'>, floors: Floors): number | undefined {
  switch (unit) {
    case 'ms':
      return floors.roundTripMs;
    case 's':
      return floors.roundTripMs / 1000;
    case '/s':
      return 1000 / floors.roundTripMs;
    case 'ms CPU':
      return floors.workMs;
    case 'MiB':
      return floors.memoryMiB;
    default:
      return undefined;
  }
}

async function roundTrip(origin: string): Promise<number> {
  const pool = new Pool(origin, { connections: 1 });
  const times: number[] = [];
  try {
    for (let index = 0; index < requests; index++) {
      const began = performance.now();
      const { body } = await pool.request({ method: 'GET', path: '/' });
      await body.dump();
      times.push(performance.now() - began);
    }
  } finally {
    await pool.close();
  }
  // The first ones open the connection and are compiled.
  return quantile(times.slice(requests / 3), 0.5);
}

function work(): number {
  const rows = Array.from({ length: 200 }, (_, index) => ({
    id: index,
    name: `agent ${index}`,
    skills: [1, 2, 3],
  }));
  const round = () =>
    createHash('sha256')
      .update(JSON.stringify(JSON.parse(JSON.stringify(rows))))
      .digest('hex');
  for (let index = 0; index < 100; index++) round();
  const before = process.cpuUsage();
  for (let index = 0; index < 300; index++) round();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
}
