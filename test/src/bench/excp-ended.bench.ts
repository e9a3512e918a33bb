/**
 * What conversations that are over cost EXCP while a disposition may still come for them: bytes in Redis, and memory of
 * the process that has loaded them, beside 1,000 open ones. A hundred are played, the others are copies of them, each
 * under names of its own.
 *
 * `--short`: a tenth of them.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { callLoad, ExcpProcess, excpFlags, LoadStand, publishedOfCall, readiness } from '@exec/excp/testing';
import { startRedis } from '@exec/testing/servers';
import { report, rssOf } from './measure.ts';

const isShort = process.argv.includes('--short');
const steps = [0, 20_000, 40_000, 80_000].map((count) => (isShort ? count / 10 : count));
const open = 1_000;
const played = 100;

/** As `pnpm excp`; a signal makes it collect its garbage. */
const flags = [
  ...[...excpFlags, '--expose-gc'],
  ...['--import', "data:text/javascript,process.on('SIGWINCH', () => globalThis.gc())"],
];

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 300_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not in time: ${what}`);
    await delay(100);
  }
}

const redis = await startRedis();
const load = await LoadStand.start({ redis: { url: redis.url, prefix: redis.keyPrefix }, agents: open });
const { stand, production } = load;
const { client } = stand.redis;
const { conversations } = stand.keys;

/** Records of conversations that are over. */
async function play(): Promise<[field: string, text: string][]> {
  await load.tell(callLoad({ production, startAt: Date.now() + 500, callsPerSecond: 20, calls: played }));
  await load.accepted(played * publishedOfCall, 120_000);
  await load.excp.stop();
  return Object.entries(await client.hgetall(conversations));
}

/** Adds copies until there are that many. */
async function fill(records: readonly [string, string][], from: number, to: number): Promise<void> {
  for (let copy = from / records.length; copy < to / records.length; copy++) {
    const mark = Math.floor(copy).toString(16).padStart(8, '0');
    const copies = records.flatMap(([field, text]) => {
      const uuid = /[0-9A-Z]{32}/.exec(field)?.[0] ?? '';
      const named = (one: string) =>
        one
          .replaceAll(uuid, `${mark.toUpperCase()}${uuid.slice(8)}`)
          .replaceAll(/"([0-9a-f]{16})"/g, (_, conn: string) => `"${mark}${conn.slice(8)}"`);
      return [named(field), named(text)];
    });
    await client.hset(conversations, copies);
  }
}

async function bytesInRedis(): Promise<number> {
  return (await client.memory('USAGE', conversations, 'SAMPLES', 0)) ?? 0;
}

/** A call for each agent, which goes on. */
function begin(): void {
  const on = stand.switches.get(production.sites[0]);
  for (const [index, { dn }] of production.agents.entries()) {
    const ani = `+4930${String(index).padStart(7, '0')}`;
    const queue = production.queues[index % production.queues.length]?.number ?? '';
    const call = on?.inboundCall({ ani, dnis: '+498001234', routingPoint: '8000' });
    if (on === undefined || call === undefined) throw new Error('there is no switch');
    on.queue(call, queue);
    on.divertTo(call, dn, { queue });
    on.answer(call, dn);
  }
}

interface Figures {
  /** Mebibytes, after the garbage is collected, and as it stood. */
  readonly collected: number;
  readonly asItStood: number;
  /** Until it processed, milliseconds. */
  readonly startMs: number;
}

async function measure(o: {
  readonly over: number;
  readonly open: number;
  readonly meanwhile?: () => void;
}): Promise<Figures> {
  const started = performance.now();
  const excp = new ExcpProcess({ ...stand.environment(), LOG_LEVEL: 'info', MALLOC_ARENA_MAX: '2' }, flags);
  const port = await excp.port();
  await until(async () => (await readiness(port)).active === true, 'it processes');
  const startMs = performance.now() - started;
  await until(async () => (await readiness(port)).ready, 'every address is registered');
  o.meanwhile?.();
  const lengthOf = (state: string) => async () => {
    const answer = await fetch(
      `http://127.0.0.1:${port}/api/v1/conversations?state=${state}&sort=newest&limit=1`,
      {
        headers: { authorization: `Bearer ${stand.environment().API_TOKEN ?? ''}` },
      },
    );
    return ((await answer.json()) as { readonly total?: number }).total;
  };
  await until(async () => (await lengthOf('open')()) === o.open, `${o.open} are open`);
  const over = await lengthOf('over')();
  if (over !== o.over) throw new Error(`${over} are over, not ${o.over}`);
  await delay(5_000);
  const asItStood = await rssOf(excp.pid);
  for (let times = 0; times < 3; times++) {
    excp.signal('SIGWINCH');
    await delay(1_000);
  }
  const collected = await rssOf(excp.pid);
  await excp.stop();
  return { collected, asItStood, startMs };
}

try {
  const records = await play();
  await client.del(conversations);
  const idle = await measure({ over: 0, open: 0 });
  let before = 0;
  let last = idle;
  for (const [index, over] of steps.entries()) {
    await fill(records, before, over);
    before = over;
    last = await measure({ over, open, ...(index === 0 ? { meanwhile: begin } : {}) });
    const size = { of: 'ended conversations', count: over };
    const mebibytes = (await bytesInRedis()) / 2 ** 20;
    report({ bench: 'excp: memory, garbage collected', value: last.collected, unit: 'MiB', size });
    report({ bench: 'excp: memory as it stood', value: last.asItStood, unit: 'MiB', size });
    report({ bench: 'excp: in Redis', value: mebibytes, unit: 'MiB of Redis', size });
    report({ bench: 'excp: from the start until it processes', value: last.startMs, unit: 'ms', size });
  }
  await client.del(conversations);
  await fill(records, 0, before);
  const each = (await bytesInRedis()) / before;
  report({
    bench: 'excp: Redis memory of a conversation that is over',
    value: each,
    unit: 'bytes',
    gate: { kind: 'at most', limit: 400 },
    texts: records.reduce((sum, [field, text]) => sum + field.length + text.length, 0) / records.length,
  });
  report({
    bench: `excp: memory above the idle process with ${before} conversations over and ${open} open`,
    value: last.collected - idle.collected,
    unit: 'MiB',
    gate: { kind: 'at most', limit: 150 },
    idle,
  });
} finally {
  await load.close();
  await redis.stop();
}
