import { engageMicros, streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import { ConnectionClocks, placeOf } from './connection-clocks.ts';

const second = 1_000_000;
/** Stream time, milliseconds. */
const now = streamMs(1_700_000_000_000);
const hour = 3_600;
const us = (seconds: number) => engageMicros(now * 1000 + seconds * second);
const nowhere = Number.POSITIVE_INFINITY;

function newClocks() {
  return new ConnectionClocks(2_000);
}

describe('a connection has caught up', () => {
  it('when it told of something later, not of the same time', () => {
    const clocks = newClocks();
    expect(clocks.caughtUp('s', 'queues', us(0), nowhere)).toBe(false);
    clocks.heard('s', 'queues', us(0), now);
    expect(clocks.caughtUp('s', 'queues', us(0), nowhere)).toBe(false);
    clocks.heard('s', 'queues', engageMicros(us(0) + 1), now);
    expect(clocks.caughtUp('s', 'queues', us(0), nowhere)).toBe(true);
    expect(clocks.caughtUp('s', 'calls', us(0), nowhere)).toBe(false);
    expect(clocks.caughtUp('t', 'queues', us(0), nowhere)).toBe(false);
  });

  it('when it answered what was asked after the event was known, however quiet it is', () => {
    const clocks = newClocks();
    clocks.answered('s', 'queues', placeOf(`${now}-7`));
    expect(clocks.caughtUp('s', 'queues', us(0), placeOf(`${now}-7`))).toBe(true);
    expect(clocks.caughtUp('s', 'queues', us(0), placeOf(`${now}-8`))).toBe(false);
    expect(clocks.caughtUp('s', 'queues', us(0), placeOf(`${now + 1}-0`))).toBe(false);
    clocks.answered('s', 'queues', placeOf(`${now}-1`));
    expect(clocks.caughtUp('s', 'queues', us(0), placeOf(`${now}-7`))).toBe(true);
  });
});

describe('a wrong clock', () => {
  it('of one event from the future does not switch waiting off', () => {
    const clocks = newClocks();
    clocks.heard('s', 'queues', us(0), now);
    clocks.heard('s', 'queues', us(12 * hour), now);
    expect(clocks.caughtUp('s', 'queues', us(1), nowhere)).toBe(false);
  });

  it('that is put back an hour begins anew, for every connection of the site', () => {
    const clocks = newClocks();
    const before = us(0);
    for (const connection of ['queues', 'calls'] as const) clocks.heard('s', connection, before, now);
    clocks.heard('t', 'queues', before, now);
    clocks.heard('s', 'calls', us(-hour), streamMs(now + 10));
    expect(clocks.caughtUp('s', 'queues', engageMicros(us(-hour) + 5), nowhere)).toBe(false);
    clocks.heard('s', 'queues', engageMicros(us(-hour) + 6), streamMs(now + 20));
    expect(clocks.caughtUp('s', 'queues', engageMicros(us(-hour) + 5), nowhere)).toBe(true);
    expect(clocks.caughtUp('t', 'queues', us(-1), nowhere)).toBe(true);
  });

  it('that is put forward an hour and back again proves nothing meanwhile, and everything afterwards', () => {
    const clocks = newClocks();
    clocks.heard('s', 'queues', us(0), now);
    clocks.heard('s', 'queues', us(hour), streamMs(now + 1));
    clocks.heard('s', 'queues', us(hour + 1), streamMs(now + 2));
    expect(clocks.caughtUp('s', 'queues', us(hour), nowhere)).toBe(false);
    clocks.heard('s', 'queues', us(2), streamMs(now + 2_000));
    expect(clocks.caughtUp('s', 'queues', us(1), nowhere)).toBe(true);
  });

  it('that jitters by less than two seconds keeps its newest time', () => {
    const clocks = newClocks();
    clocks.heard('s', 'queues', us(0), now);
    clocks.heard('s', 'queues', us(-1.5), now);
    expect(clocks.caughtUp('s', 'queues', us(-1), nowhere)).toBe(true);
  });
});

it('places are in the order of the stream', () => {
  const ids = [`${now}-0`, `${now}-1`, `${now}-2047`, `${now + 1}-0`, `${now + 1}-3`];
  expect(ids.map(placeOf)).toEqual(ids.map(placeOf).toSorted((a, b) => a - b));
  expect(new Set(ids.map(placeOf)).size).toBe(ids.length);
  // After Redis' clock was ahead, all entries are of one millisecond until the time has come.
  expect(placeOf(`${now}-5000000`)).toBeLessThan(placeOf(`${now}-5000001`));
});
