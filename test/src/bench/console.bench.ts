/**
 * The console: what an open page costs a service, and how long a page of a list takes, with 20,000 agents in EXAS and
 * 50,000 conversations in EXCP. The page is open in Chromium; without one its cost is left out, and that is said.
 *
 * `--short`: 2,000 agents, 5,000 conversations, and 15 s of an open page instead of 60.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildConsole } from '@exec/console';
import { Site } from '@exec/exas/testing';
import { callLoad, LoadStand, publishedOfCall } from '@exec/excp/testing';
import { startRedis } from '@exec/testing/servers';
import { request } from 'undici';
import { chromium, startBrowser, Visit } from '../console/browser.ts';
import { isMachineBusy, loadPerCore, report, spreadOf } from './measure.ts';

const isShort = process.argv.includes('--short');
const agents = isShort ? 2_000 : 20_000;
const conversations = isShort ? 5_000 : 50_000;
const openMs = isShort ? 15_000 : 60_000;
const isBusy = isMachineBusy();
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
  const child = spawn(process.execPath, [...flags, main], {
    env: { PATH: process.env.PATH, MALLOC_ARENA_MAX: '2', ...env, API_TOKEN: token, LOG_LEVEL: 'info' },
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

/** Milliseconds of processor time that a process has used. */
async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Linux tells both in hundredths of a second.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Share of a core that a process uses, in percent. */
async function shareOf(pid: number): Promise<number> {
  const [from, before] = [performance.now(), await cpuOf(pid)];
  await delay(openMs);
  return ((await cpuOf(pid)) - before) / ((performance.now() - from) / 100);
}

async function listPage({ name, port, list }: Subject, rows: number): Promise<void> {
  const times: number[] = [];
  while (times.length < 21) {
    const started = performance.now();
    const { total } = await get(port, list);
    const took = performance.now() - started;
    if (total === rows) times.push(took);
    // On a machine that is very busy it may have lost its lease for a moment.
    else await until(async () => (await get(port, list)).total === rows, `${rows} ${name}`);
  }
  const spread = spreadOf(times);
  report({
    bench: `console: a page of ${rows} ${name}`,
    value: spread.median,
    unit: 'ms',
    gate: { kind: 'at most', limit: 200 },
    inconclusive: isBusy,
    spread,
    loadPerCore: loadPerCore(),
  });
}

async function openPage({ name, pid, port, page }: Subject): Promise<void> {
  const open: [string, number][] = [];
  const browser = await startBrowser();
  try {
    const visit = await Visit.begin(browser, `http://127.0.0.1:${port}/`);
    await visit.open();
    await visit.logIn(token);
    for (const [what, hash] of [
      ['the overview', '#/overview'],
      ['the list', page],
    ] as const) {
      await visit.go(hash);
      await visit.atRest();
      open.push([what, await shareOf(pid)]);
    }
    await visit.end();
  } finally {
    await browser.close();
  }
  // Last: what a process does to get going is then over.
  const closed = await shareOf(pid);
  for (const [what, share] of open)
    report({
      bench: `console: ${what} open, ${name}`,
      value: Math.max(0, share - closed),
      unit: '% of a core',
      gate: { kind: 'at most', limit: 2 },
      inconclusive: isBusy,
      open: share,
      closed,
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
  const site = await Site.start({ redis, agents });
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
      ['--max-semi-space-size=16', '--max-old-space-size=320'],
      stand.environment(),
    );
    try {
      const port = await listening;
      const list = '/api/v1/conversations?limit=100&sort=newest';
      await until(async () => (await get(port, list)).total === rows, 'the conversations are there');
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
