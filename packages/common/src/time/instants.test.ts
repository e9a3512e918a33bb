import { expect, it } from 'vitest';
import {
  discoveredAt,
  type EngageMicros,
  earliest,
  engageLaterBy,
  engageMicros,
  laterBy,
  latest,
  type StreamMs,
  streamMs,
  type WallMs,
  wallMs,
  wallOf,
} from './instants.ts';

it('counts on in the unit of its clock', () => {
  expect(laterBy(streamMs(5), -2)).toBe(3);
  expect(engageLaterBy(engageMicros(5_000), 2)).toBe(7_000);
  expect(latest(wallMs(1), wallMs(3), wallMs(2))).toBe(3);
  expect(earliest(wallMs(3), wallMs(1), wallMs(2))).toBe(1);
});

it('goes from one clock to another only by name', () => {
  expect(discoveredAt(streamMs(1_700))).toBe(1_700_000);
  expect(wallOf(engageMicros(1_700_999))).toBe(1_700);
});

it('is refused by the compiler where another clock is meant', () => {
  const stream = streamMs(1);
  const wall = wallMs(2);
  const engage = engageMicros(3);
  // @ts-expect-error a sum of two times is no time
  const sum: StreamMs = stream + wall;
  // @ts-expect-error a wall time is no time of the stream
  const mixed: StreamMs = wall;
  // @ts-expect-error microseconds are no milliseconds
  const scaled: WallMs = engage;
  // @ts-expect-error a bare number has no clock
  const bare: EngageMicros = 4;
  // @ts-expect-error the later of two clocks is neither
  const either: StreamMs = latest(stream, wall);
  expect([sum, mixed, scaled, bare, either]).toEqual([3, 2, 3, 4, 2]);
});
