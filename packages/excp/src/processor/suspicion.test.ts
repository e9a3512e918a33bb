/** How long a term distrusts the marks of what was sent after Redis was away. */
import { FakeClock } from '@exec/common/testing';
import { expect, it } from 'vitest';
import { Suspicion } from './suspicion.ts';

const hourMs = 3_600_000;

it('there is none until Redis was away, and it ends a good minute after', async () => {
  const clock = new FakeClock();
  const suspicion = new Suspicion(clock);
  expect(suspicion.marksMayBeLost).toBe(false);
  expect(suspicion.repeatsBefore).toBe(0);
  suspicion.redisLost();
  expect(suspicion.repeatsBefore).toBe(clock.now() + 5_000);
  await clock.advance(64_999);
  expect(suspicion.marksMayBeLost).toBe(true);
  await clock.advance(1);
  expect(suspicion.marksMayBeLost).toBe(false);
});

it.each([24, 1, -1, -24])('a wall clock that leaps by %i h neither ends nor prolongs it', async (hours) => {
  const clock = new FakeClock();
  const suspicion = new Suspicion(clock);
  suspicion.redisLost();
  clock.jumpWall(hours * hourMs);
  expect(suspicion.marksMayBeLost).toBe(true);
  await clock.advance(64_999);
  expect(suspicion.marksMayBeLost).toBe(true);
  await clock.advance(1);
  expect(suspicion.marksMayBeLost).toBe(false);
});
