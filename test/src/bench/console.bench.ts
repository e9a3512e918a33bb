/**
 * The console: what an open page costs a service, and how long a page of a list takes, with 20,000 agents in EXAS and
 * 50,000 conversations in EXCP. The page is open in Chromium; without one its cost is left out, and that is said.
 *
 * Other work of the machine makes times long, not processor time: what an open page costs is processor time of the service,
 * with a page and without one in turns; beside the time of a list stand a bare server that answers the same bytes in turns
 * with it, and the processor time of the service.
 *
 * `--short`: 2,000 agents, 5,000 conversations, and one round of 15 s of an open page instead of three of 20.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildConsole } from '@exec/console';
import { Site } from '@exec/exas/testing';
import { callLoad, LoadStand, publishedOfCall } from '@exec/excp/testing';
import { startRedis } from '@exec/testing/servers';
import { request } from 'undici';
import { chromium, startBrowser, Visit } from '../console/browser.ts';
import { cpuOf, loadPerCore, report, spreadOf } from './measure.ts';

const isShort = process.argv.includes('--short');
const agents = isShort ? 2_000 : 20_000;
const conversations = isShort ? 5_000 : 50_000;
const openMs = isShort ? 15_000 : 20_000;
const rounds = isShort ? 1 : 3;
const lists = 30;
const token = 'token-of-an-operator-in-a-benchmark';

interface Subject {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** Of the list, as the page asks for it. */
  readonly list: string;
  /** Page with the list, behind the `#`. */
  readonly page: string;
}

function start(service: 'exas' | 'excp', flags: readonly string[], env: Record<string, string>) {
  const main = fileURLToPath(new URL(`../../../packages/${service}/src/main.ts`, import.meta.url));
  return started(service, [...flags, main], {
    MALLOC_ARENA_MAX: '2',
    ...env,
    API_TOKEN: token,
    LOG_LEVEL: 'info',
  });
}

function started(service: string, argv: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [...argv], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const port = new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${service} ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /Listening on port (\d+)/.exec(line);
      if (found !== null) resolve(Number(found[1]));
    });
  });
  return { child, port };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

async function get(
  port: number,
  path: string,
): Promise<{ readonly total?: number; readonly active?: boolean }> {
  const { body } = await request(`http://127.0.0.1:${port}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return (await body.json()) as { readonly total?: number };
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const limit = performance.now() + 600_000;
  while (!(await isSo())) {
    if (performance.now() > limit) throw new Error(`not in time: ${what}`);
    await delay(200);
  }
}

/** Share of a core that a process uses, in percent. */
async function shareOf(pid: number): Promise<number> {
  const [from, before] = [performance.now(), await cpuOf(pid)];
  await delay(openMs);
  return ((await cpuOf(pid)) - before) / ((performance.now() - from) / 100);
}

/** What the service answers; once more when it is not what it would answer as the active instance. */
async function answered(port: number, path: string): Promise<string> {
  for (;;) {
    const { body } = await request(`http://127.0.0.1:${port}${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const text = await body.text();
    if ((JSON.parse(text) as { total?: number }).total !== undefined) return text;
    // On a machine that is very busy it may have lost its lease for a moment: then it answers without an order.
    await until(async () => (await get(port, '/health/ready')).active === true, 'it is active again');
  }
}

async function timed(does: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await does();
  return performance.now() - began;
}

async function listPage({ name, pid, port, list }: Subject, rows: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'exec-bench-'));
  const file = join(folder, 'answer.json');
  await writeFile(file, await answered(port, list));
  const bare = started('bare server', [fileURLToPath(new URL('bare-answer.ts', import.meta.url)), file], {});
  try {
    const floor = await bare.port;
    const [times, floors]: [number[], number[]] = [[], []];
    const before = await cpuOf(pid);
    for (let sample = 0; sample < lists; sample++) {
      times.push(await timed(() => answered(port, list)));
      floors.push(await timed(async () => (await request(`http://127.0.0.1:${floor}/`)).body.text()));
    }
    const cpu = ((await cpuOf(pid)) - before) / lists;
    const spread = spreadOf(times);
    report({
      bench: `console: a page of ${rows} ${name}`,
      value: spread.median,
      unit: 'ms',
      gate: { kind: 'at most', limit: 200 },
      spread,
      floor: spreadOf(floors),
      processorMs: cpu,
      loadPerCore: loadPerCore(),
    });
  } finally {
    await end(bare.child);
    await rm(folder, { recursive: true });
  }
}

/** In turns, so that what else the service has to do is the same with a page and without. */
async function openPage({ name, pid, port, page }: Subject): Promise<void> {
  const pages = [
    ['the overview', '#/overview'],
    ['the list', page],
  ] as const;
  const costs = new Map<string, number[]>();
  const closed: number[] = [];
  const browser = await startBrowser();
  try {
    const visit = await Visit.begin(browser, `http://127.0.0.1:${port}/`);
    await visit.open();
    await visit.logIn(token);
    for (let round = 0; round < rounds; round++)
      for (const [what, hash] of pages) {
        await visit.page.goto('about:blank');
        const without = await shareOf(pid);
        await visit.open(hash);
        await visit.atRest();
        closed.push(without);
        costs.set(what, [...(costs.get(what) ?? []), (await shareOf(pid)) - without]);
      }
    await visit.end();
  } finally {
    await browser.close();
  }
  for (const [what, shares] of costs)
    report({
      bench: `console: ${what} open, ${name}`,
      value: Math.max(0, spreadOf(shares).median),
      unit: '% of a core',
      gate: { kind: 'at most', limit: 2 },
      rounds: shares,
      closed: spreadOf(closed),
      seconds: openMs / 1000,
      loadPerCore: loadPerCore(),
    });
}

async function measure(subject: Subject, rows: number): Promise<void> {
  await listPage(subject, rows);
  if (chromium() === undefined)
    process.stderr.write('What an open page costs was not measured: there is no chromium on this machine.\n');
  else await openPage(subject);
}

async function exas(redis: { url: string; prefix: string }): Promise<void> {
  const site = await Site.start({ redis, agents, pollingSeconds: 60 });
  for (const employeeId of site.employees) site.login(employeeId);
  const { child, port: listening } = start(
    'exas',
    ['--max-semi-space-size=4', '--optimize-for-size'],
    site.environment(),
  );
  try {
    const port = await listening;
    await until(
      async () => (await get(port, '/api/v1/agents?difference=same&limit=1')).total === agents,
      'all states accepted',
    );
    const list = '/api/v1/agents?limit=100';
    await measure({ name: 'agents', pid: child.pid ?? 0, port, list, page: '#/agents' }, agents);
  } finally {
    await end(child);
    await site.close();
  }
}

/** Calls that are played; the others are copies of them, as an instance finds them in Redis. */
const played = 100;

async function excp(redis: { url: string; prefix: string }): Promise<void> {
  const load = await LoadStand.start({ redis, agents: 100 });
  const { stand } = load;
  try {
    const { production } = load;
    await load.tell(callLoad({ production, startAt: Date.now() + 500, callsPerSecond: 20, calls: played }));
    await load.accepted(played * publishedOfCall, 60_000);
    await load.excp.stop();
    const { client } = stand.redis;
    const records = Object.entries<string>(await client.hgetall(stand.keys.conversations));
    for (let copy = 1; copy < conversations / records.length; copy++) {
      const copies = records.flatMap(([field, text]) => {
        const [uuid = ''] = /[0-9A-Z]{32}/.exec(field) ?? [];
        const other = `${copy.toString(16).toUpperCase().padStart(8, '0')}${uuid.slice(8)}`;
        return [field.replaceAll(uuid, other), text.replaceAll(uuid, other)];
      });
      await client.hset(stand.keys.conversations, copies);
    }
    const rows = await client.hlen(stand.keys.conversations);
    const { child, port: listening } = start(
      'excp',
      ['--max-semi-space-size=8', '--max-old-space-size=320'],
      stand.environment(),
    );
    try {
      const port = await listening;
      const list = '/api/v1/conversations?limit=100&sort=newest';
      await until(
        async () => ((await get(port, list)).total ?? 0) >= rows * 0.99,
        'the conversations are there',
      );
      await measure(
        { name: 'conversations', pid: child.pid ?? 0, port, list, page: '#/conversations' },
        rows,
      );
    } finally {
      await end(child);
    }
  } finally {
    await load.close();
  }
}

await buildConsole();
const redis = await startRedis();
try {
  const prefix = (name: string) => ({
    url: redis.url,
    prefix: `${redis.keyPrefix.replace(/:$/, '')}-${name}`,
  });
  await exas(prefix('exas'));
  await excp(prefix('excp'));
} finally {
  await redis.stop();
}
