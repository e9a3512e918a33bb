/**
 * EXCP: how long nobody processes when the instance that does is killed, or stopped in order; and how many terms end
 * although their instance lives: while it or Redis stands still for a second, while Redis takes long, while the
 * machine has other work.
 *
 * `--short`: fewer rounds.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { ExcpProcess, readiness, siteOf } from '@exec/excp/testing';
import { FaultProxy } from '@exec/testing/proxy';
import { startOwnRedis } from '@exec/testing/servers';
import { isMachineBusy, report, spreadOf } from './measure.ts';

const isShort = process.argv.includes('--short');
const rounds = isShort ? 3 : 7;
const pauses = isShort ? 5 : 20;
const pauseMs = 1_000;
const isBusy = isMachineBusy();

interface Instance {
  readonly process: ExcpProcess;
  readonly port: number;
}

const redis = await startOwnRedis();
const proxy = await FaultProxy.start({ target: redis.url });
const stand = await siteOf(1, { redis: { url: redis.url, prefix: 'bench' } });
let started = 0;

async function start(): Promise<Instance> {
  const name = `excp-${++started}`;
  const one = new ExcpProcess({
    ...stand.environment(),
    REDIS_URL: proxy.through(redis.url),
    INSTANCE_ID: name,
    LOG_LEVEL: 'info',
  });
  const instance = { process: one, port: await one.port() };
  while (!(await readiness(instance.port)).ready) await delay(20);
  return instance;
}

async function isActive({ port }: Instance): Promise<boolean> {
  return (await readiness(port)).active === true;
}

async function startPair(): Promise<[Instance, Instance]> {
  return [await start(), await start()];
}

/** Resolves when one of them processes: that one first. */
async function inOrder(pair: readonly [Instance, Instance]): Promise<[Instance, Instance]> {
  for (;;) {
    if (await isActive(pair[0])) return [pair[0], pair[1]];
    if (await isActive(pair[1])) return [pair[1], pair[0]];
    await delay(20);
  }
}

/** Ends the instance that processes; answers after how many milliseconds the other one does. */
async function without(end: (one: ExcpProcess) => Promise<unknown>): Promise<number[]> {
  const gaps: number[] = [];
  let pair = await startPair();
  for (let round = 0; round < rounds; round++) {
    const [holder, other] = await inOrder(pair);
    // At any moment between two renewals of the lease.
    await delay(Math.random() * 1_000);
    const from = performance.now();
    const ended = end(holder.process);
    while (!(await isActive(other))) await delay(10);
    gaps.push(performance.now() - from);
    await ended;
    pair = [other, await start()];
  }
  for (const { process: one } of pair) await one.kill();
  return gaps;
}

function pause(pid: number | undefined): Promise<void> {
  if (pid === undefined) throw new Error('there is no process to pause');
  process.kill(pid, 'SIGSTOP');
  return delay(pauseMs).then(() => void process.kill(pid, 'SIGCONT'));
}

const disturbances: readonly (readonly [string, (holder: ExcpProcess) => Promise<void>])[] = [
  ['pauses of a second of its process', (holder) => pause(holder.pid)],
  ['pauses of a second of Redis', () => pause(redis.pid)],
  ...[300, 600, 900].map(
    (ms) =>
      [
        `times of ${ms} ms for each answer of Redis`,
        async () => {
          const end = proxy.add({ type: 'latency', latencyMs: ms, direction: 'downstream' });
          await delay(5 * ms);
          end();
        },
      ] as const,
  ),
  [
    'times of twice as many busy processes as cores',
    async () => {
      const burners: ChildProcess[] = Array.from({ length: 2 * availableParallelism() }, () =>
        spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
      );
      await delay(3_000);
      await Promise.all(
        burners.map((burner) => {
          const gone = once(burner, 'exit');
          burner.kill('SIGKILL');
          return gone;
        }),
      );
    },
  ],
];

/** How many terms end of a holder that lives. */
async function endedTerms(disturb: (holder: ExcpProcess) => Promise<void>) {
  const pair = await startPair();
  await inOrder(pair);
  const lost = () =>
    pair.reduce((sum, { process: one }) => sum + one.output.split('Lease lost or given up').length - 1, 0);
  const epoch = () => stand.redis.client.get(stand.keys.leaseEpoch);
  let handed = 0;
  const before = lost();
  for (let round = 0; round < pauses; round++) {
    const [holder] = await inOrder(pair);
    const held = await epoch();
    await delay(Math.random() * 1_000);
    await disturb(holder.process);
    await delay(1_500);
    await inOrder(pair);
    if ((await epoch()) !== held) handed += 1;
  }
  const ended = lost() - before;
  for (const { process: one } of pair) await one.kill();
  return { ended, handed };
}

try {
  for (const [how, limit, end] of [
    ['killed', 1_500, (one: ExcpProcess) => one.kill()],
    ['stopped', 500, (one: ExcpProcess) => one.stop()],
  ] as const) {
    const gaps = spreadOf(await without(end));
    report({
      bench: `excp: until the other instance processes, after one is ${how}`,
      value: gaps.max,
      unit: 'ms',
      gate: { kind: 'at most', limit },
      inconclusive: isBusy,
      spread: gaps,
    });
  }
  for (const [what, disturb] of disturbances) {
    const { ended, handed } = await endedTerms(disturb);
    report({
      bench: `excp: terms that end in ${pauses} ${what}`,
      value: ended,
      unit: '',
      gate: { kind: 'at most', limit: 0 },
      inconclusive: isBusy,
      takenOver: handed,
    });
  }
} finally {
  await stand.close();
  await proxy.close();
  await redis.stop();
}
