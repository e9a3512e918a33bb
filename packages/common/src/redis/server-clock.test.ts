/** The clock of Redis against the own one: looked at again and again, said once. */

import { testRedis } from '@exec/testing/vitest';
import { Registry } from 'prom-client';
import { expect, it, vi } from 'vitest';
import { Secret } from '../config/secret.ts';
import { createLogger } from '../logging/logging.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { laterBy } from '../time/instants.ts';
import { RedisConnection } from './connection.ts';

it('a clock of Redis that drifts away while the service runs is measured, and said once', async () => {
  let behindMs = 0;
  const clock: Clock = {
    now: () => laterBy(systemClock.now(), -behindMs),
    monotonic: () => systemClock.monotonic(),
    setTimer: (...args) => systemClock.setTimer(...args),
    sleep: (...args) => systemClock.sleep(...args),
  };
  const lines: string[] = [];
  const logger = createLogger({
    service: 'excs',
    level: 'info',
    destination: { write: (line) => void lines.push(JSON.parse(line).message) },
  });
  const registry = new Registry();
  const redis = RedisConnection.open({
    url: new Secret(testRedis().url),
    name: 'clock-test',
    logger,
    registry,
    clock,
    probeIntervalMs: 20,
  });
  const skew = async () => {
    const text = await registry.metrics();
    return Number(/^exec_redis_clock_skew_seconds (\S+)/m.exec(text)?.[1]);
  };
  const said = () => lines.filter((line) => line.includes('clock'));
  try {
    // Before Redis was asked there is no value, not a reassuring 0.
    expect(await skew()).toBeNaN();
    await redis.ready();
    expect(Math.abs(await skew())).toBeLessThan(2);
    behindMs = 3_600_000;
    await vi.waitUntil(async () => (await skew()) > 3000, { timeout: 20_000 });
    expect(await skew()).toBeCloseTo(3600, -1);
    behindMs = -3_600_000;
    await vi.waitUntil(async () => (await skew()) < -3000, { timeout: 20_000 });
    behindMs = 0;
    await vi.waitUntil(async () => Math.abs(await skew()) < 2, { timeout: 20_000 });
    expect(said()).toEqual([
      'The clock of the Redis machine differs from this one; keep both in step (NTP)',
      'The clock of the Redis machine agrees with this one again',
    ]);
  } finally {
    await redis.close();
  }
});
