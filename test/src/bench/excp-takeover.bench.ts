/** EXCP: how long nobody processes when the instance that does is killed, or stopped in order. */
import { setTimeout as delay } from 'node:timers/promises';
import { ExcpProcess, readiness, siteOf } from '@exec/excp/testing';
import { startRedis } from '@exec/testing/servers';
import { isMachineBusy, report, spreadOf } from './measure.ts';

const rounds = process.argv.includes('--short') ? 3 : 7;
const isBusy = isMachineBusy();

interface Instance {
  readonly process: ExcpProcess;
  readonly port: number;
}

const redis = await startRedis();
const stand = await siteOf(1, { redis: { url: redis.url, prefix: redis.keyPrefix } });
let started = 0;

async function start(): Promise<Instance> {
  const name = `excp-${++started}`;
  const one = new ExcpProcess({ ...stand.environment(), INSTANCE_ID: name, LOG_LEVEL: 'info' });
  const instance = { process: one, port: await one.port() };
  while (!(await readiness(instance.port)).ready) await delay(20);
  return instance;
}

async function isActive({ port }: Instance): Promise<boolean> {
  return (await readiness(port)).active === true;
}

/** Ends the instance that processes; answers after how many milliseconds the other one does. */
async function without(end: (one: ExcpProcess) => Promise<unknown>): Promise<number[]> {
  const gaps: number[] = [];
  let pair: [Instance, Instance] = [await start(), await start()];
  for (let round = 0; round < rounds; round++) {
    while (!(await isActive(pair[0])) && !(await isActive(pair[1]))) await delay(20);
    const [holder, other] = (await isActive(pair[0])) ? pair : [pair[1], pair[0]];
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

try {
  for (const [how, limit, end] of [
    ['killed', 5_000, (one: ExcpProcess) => one.kill()],
    ['stopped', 1_000, (one: ExcpProcess) => one.stop()],
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
} finally {
  await stand.close();
  await redis.stop();
}
