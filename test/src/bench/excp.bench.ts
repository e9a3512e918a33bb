/**
 * EXCP with the request budget lifted: how fast and how many events of the SIP Server go through, against a program
 * that only claims and posts each of them (bare-pipe.ts) in the same run.
 *
 * `--short`: a third of the time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  agentsFor,
  callLoad,
  eventsOfCall,
  LoadStand,
  publishedOfCall,
  tellOnTime,
} from '@exec/excp/testing';
import { startRedis } from '@exec/testing/servers';
import { type Floor, startFloor } from './excp-floor.ts';
import { cpuTimeOf, isMachineBusy, quantile, ratio, report, spreadOf } from './measure.ts';

const isShort = process.argv.includes('--short');
const isBusy = isMachineBusy();
const redis = await startRedis();
const redisOf = (name: string) => ({
  url: redis.url,
  prefix: `${redis.keyPrefix.replace(/:$/, '')}-${name}`,
});

/** The program under test. */
class Subject {
  readonly load: LoadStand;

  constructor(load: LoadStand) {
    this.load = load;
  }

  calls(callsPerSecond: number, calls: number, startAt = Date.now() + 500) {
    return callLoad({ production: this.load.production, startAt, callsPerSecond, calls });
  }

  /** Tells calls at this rate of events; answers the delays of what the cloud got of them. */
  async run(eventsPerSecond: number, seconds: number): Promise<{ delays: number[]; late: number }> {
    const rate = eventsPerSecond / eventsOfCall;
    const calls = Math.round(rate * seconds);
    const before = this.load.stand.cloud.record.events().accepted;
    const late = await this.load.tell(this.calls(rate, calls));
    await this.load.accepted(before + calls * publishedOfCall, 60_000);
    return { delays: this.load.delays().slice(-calls * publishedOfCall), late };
  }
}

async function latency(subject: Subject, floor: Floor): Promise<void> {
  const rate = 1_000;
  const seconds = isShort ? 5 : 15;
  const p99: { readonly subject: number[]; readonly floor: number[] } = { subject: [], floor: [] };
  const p50: number[] = [];
  await subject.run(rate, 10);
  for (let round = 0; round < 3; round++) {
    const { delays } = await subject.run(rate, seconds);
    p99.subject.push(quantile(delays, 0.99));
    p50.push(quantile(delays, 0.5));
    const calls = subject.calls(rate / eventsOfCall, (rate / eventsOfCall) * seconds);
    const before = floor.delays.length;
    await tellOnTime(calls, (events) => floor.tell(events));
    await floor.posted(before + calls.length);
    p99.floor.push(quantile(floor.delays.slice(before), 0.99));
  }
  const details = { p50, p99: p99.subject, floor: p99.floor, inconclusive: isBusy };
  const [subjectP99, floorP99] = [spreadOf(p99.subject), spreadOf(p99.floor)];
  report({
    bench: 'excp: 1,000 link events a second, p99',
    value: subjectP99.median,
    unit: 'ms',
    atFloor: floorP99.median,
    gate: { kind: 'at most', limit: 15 },
    ...details,
  });
  report({
    bench: 'excp: 1,000 link events a second, p99 against a bare pipe',
    value: subjectP99.median / floorP99.median,
    unit: 'x',
    better: 'lower',
    ...details,
  });
}

/**
 * Bursts as fast as the sockets take them: until the cloud has all that follows from them. What they tell of took
 * place one after the other, some minutes ago. `batching` posts as many events at once as EXCP does.
 */
async function capacity(subject: Subject, floor: Floor, batching: Floor): Promise<void> {
  const calls = 200;
  const { load } = subject;
  let startAt = Date.now() - 300_000;
  const burst = () => {
    startAt += 5_000;
    return subject.calls(150, calls, startAt);
  };
  const cpu = { subject: [] as number[], batching: [] as number[] };
  const through = async () => {
    const events = burst();
    const before = load.stand.cloud.record.events().accepted;
    const used = await cpuTimeOf(load.excp.pid);
    const started = performance.now();
    load.deliver(events);
    await load.accepted(before + calls * publishedOfCall, 60_000);
    const rate = (events.length * 1000) / (performance.now() - started);
    cpu.subject.push(((await cpuTimeOf(load.excp.pid)) - used) / events.length);
    return rate;
  };
  const bare = (pipe: Floor) => async () => {
    const events = burst();
    const before = pipe.delays.length;
    const used = await cpuTimeOf(pipe.pid);
    const started = performance.now();
    pipe.tell(events);
    await pipe.posted(before + events.length);
    const rate = (events.length * 1000) / (performance.now() - started);
    if (pipe === batching) cpu.batching.push(((await cpuTimeOf(pipe.pid)) - used) / events.length);
    return rate;
  };
  const rounds = isShort ? 5 : 11;
  const measured = await ratio(through, bare(floor), rounds);
  report({
    bench: 'excp: link events at full rate, against a bare pipe',
    value: measured.ratio.median,
    unit: 'x',
    gate: { kind: 'at least', limit: 0.6 },
    spread: measured.ratio,
    inconclusive: measured.inconclusive,
  });
  report({ bench: 'excp: link events at full rate', value: measured.subject.median, unit: '/s' });
  report({ bench: 'bare pipe: link events at full rate', value: measured.floor.median, unit: '/s' });
  const batched = await ratio(through, bare(batching), rounds);
  report({
    bench: 'excp: link events at full rate, against a bare pipe that batches',
    value: batched.ratio.median,
    unit: 'x',
    spread: batched.ratio,
    inconclusive: batched.inconclusive,
  });
  const [ofSubject, ofBatching] = [spreadOf(cpu.subject), spreadOf(cpu.batching)];
  report({
    bench: 'excp: CPU time for each link event at full rate, against a bare pipe that batches',
    value: ofSubject.median / ofBatching.median,
    unit: 'x',
    microseconds: ofSubject,
    bareMicroseconds: ofBatching,
  });
}

async function sustained(subject: Subject): Promise<void> {
  const seconds = isShort ? 10 : 30;
  const { delays, late } = await subject.run(3_000, seconds);
  const part = Math.floor(delays.length / 4);
  const first = quantile(delays.slice(part, 2 * part), 0.5);
  const last = quantile(delays.slice(-part), 0.5);
  report({
    bench: 'excp: 3,000 link events a second, delay at the end',
    value: last,
    unit: 'ms',
    gate: { kind: 'at most', limit: 250 },
    inconclusive: isBusy,
    secondQuarter: first,
    p99: quantile(delays, 0.99),
    generatorLateByMs: late,
  });
}

/** How often EXCP calls Redis: claims, commits, marks of what is sent and done; reads that wait are counted apart. */
async function redisCalls(subject: Subject): Promise<void> {
  const count = async (command: string) => {
    const stats = await subject.load.stand.redis.client.info('commandstats');
    return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  };
  const events = 5_000;
  const before = { scripts: await count('evalsha'), reads: await count('xread') };
  await subject.run(1_000, events / 1_000);
  await delay(100);
  report({
    bench: 'excp: 1,000 link events a second, Redis calls for each',
    value: ((await count('evalsha')) - before.scripts) / events,
    unit: '',
    gate: { kind: 'at most', limit: 1.2 },
    reads: ((await count('xread')) - before.reads) / events,
  });
}

try {
  const subject = new Subject(
    await LoadStand.start({ redis: redisOf('path'), agents: agentsFor(3_000 / eventsOfCall) }),
  );
  const floor = await startFloor(redis.url, 1);
  const batching = await startFloor(redis.url, 100);
  try {
    await latency(subject, floor);
    // Later: connections that have just begun prove nothing of what happened before, for ten seconds.
    await capacity(subject, floor, batching);
    await redisCalls(subject);
    await sustained(subject);
    const { record } = subject.load.stand.cloud;
    report({
      bench: 'excp: events that the cloud refused or got twice',
      value: record.events().refused + record.events().duplicates,
      unit: '',
      gate: { kind: 'at most', limit: 0 },
      violations: record.violationCount,
    });
  } finally {
    await Promise.all([floor.close(), batching.close()]);
    await subject.load.close();
  }
} finally {
  await redis.stop();
}
