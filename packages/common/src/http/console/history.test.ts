import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { FakeClock } from '../../testing/index.ts';
import { History, minutesOf, type Sample } from './history.ts';

const sample = (at: number, requests: number, counts: readonly number[]): Sample => ({
  at: at * 1000,
  requests,
  delays: [0.1, 1, Number.POSITIVE_INFINITY].map((edge, index) => [edge, counts[index] ?? 0] as const),
});

it('makes minutes of samples, with what happened in each', () => {
  const samples = Array.from({ length: 13 }, (_, step) =>
    sample(step * 10, step * 2, step < 7 ? [0, 0, 0] : [50, 100, 100]),
  );
  expect(minutesOf(samples)).toEqual([
    { at: '1970-01-01T00:01:00.000Z', requests: 12, delayMedian: null, delayHigh: null },
    {
      at: '1970-01-01T00:02:00.000Z',
      requests: 12,
      delayMedian: 0.1,
      delayHigh: expect.closeTo(0.91, 5) as number,
    },
  ]);
});

it('has no minute before one is over, and takes counters that begin anew', () => {
  expect(minutesOf([sample(0, 0, [])])).toEqual([]);
  const samples = Array.from({ length: 7 }, (_, step) => sample(step * 10, step === 6 ? 1 : 50, [3, 3, 3]));
  expect(minutesOf(samples)[0]).toMatchObject({ requests: 0, delayMedian: null });
});

it('takes what lies beyond the last edge for that edge', () => {
  const samples = Array.from({ length: 7 }, (_, step) => sample(step * 10, 0, step === 6 ? [0, 0, 9] : []));
  expect(minutesOf(samples)[0]).toMatchObject({ delayMedian: 1, delayHigh: 1 });
});

it('reads the metrics of the service, sums over labels, and keeps an hour', async () => {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'exec_genesys_cloud_requests_total',
    help: 'h',
    labelNames: ['operation'],
    registers,
  });
  new Gauge({ name: 'exec_genesys_cloud_budget_requests_per_minute', help: 'h', registers }).set(285);
  const delay = new Histogram({
    name: 'excp_event_delivery_seconds',
    help: 'h',
    buckets: [0.1, 1],
    registers,
  });
  const clock = new FakeClock();
  const history = new History({ service: 'excp', registry, clock });
  history.start();
  for (let step = 0; step < 400; step++) {
    requests.inc({ operation: 'a' }, 2);
    requests.inc({ operation: 'b' }, 1);
    delay.observe(0.05);
    await clock.advance(10_000);
  }
  expect(history.minutes).toHaveLength(60);
  expect(history.minutes.at(-1)).toMatchObject({
    requests: 18,
    delayMedian: expect.closeTo(0.05, 9) as number,
  });
  expect(await history.budget()).toEqual({ perMinute: 285, usedInLastMinute: 15 });
  history.stop();
  expect(clock.pendingTimers).toBe(0);
});
