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
    expect(clocks.caughtUp('s', 'queues', us(0), nowhere, now)).toBe(false);
    clocks.heard('s', 'queues', 'one', us(0), now);
    expect(clocks.caughtUp('s', 'queues', us(0), nowhere, now)).toBe(false);
    clocks.heard('s', 'queues', 'one', engageMicros(us(0) + 1), now);
    expect(clocks.caughtUp('s', 'queues', us(0), nowhere, now)).toBe(true);
    expect(clocks.caughtUp('s', 'calls', us(0), nowhere, now)).toBe(false);
    expect(clocks.caughtUp('t', 'queues', us(0), nowhere, now)).toBe(false);
  });

  it('when it answered what was asked after the event was known, however quiet it is', () => {
    const clocks = newClocks();
    clocks.answered('s', 'queues', 'one', placeOf(`${now}-7`));
    expect(clocks.caughtUp('s', 'queues', us(0), placeOf(`${now}-7`), now)).toBe(true);
    expect(clocks.caughtUp('s', 'queues', us(0), placeOf(`${now}-8`), now)).toBe(false);
    expect(clocks.caughtUp('s', 'queues', us(0), placeOf(`${now + 1}-0`), now)).toBe(false);
    clocks.answered('s', 'queues', 'one', placeOf(`${now}-1`));
    expect(clocks.caughtUp('s', 'queues', us(0), placeOf(`${now}-7`), now)).toBe(true);
  });
});

describe('a connection that has just begun', () => {
  const later = (ms: number) => streamMs(now + ms);
  const happened = us(0);

  function withYoung() {
    const clocks = newClocks();
    clocks.heard('s', 'queues', 'old', happened, now);
    clocks.began('s', 'calls', 'new', 'one', later(1_000));
    return clocks;
  }

  it('proves nothing about what happened before: the other instance may still have to read it', () => {
    const clocks = withYoung();
    clocks.heard('s', 'calls', 'new', us(2), later(2_000));
    clocks.answered('s', 'calls', 'new', nowhere);
    expect(clocks.caughtUp('s', 'calls', happened, nowhere, later(10_999))).toBe(false);
    expect(clocks.caughtUp('s', 'calls', happened, nowhere, later(11_000))).toBe(true);
  });

  it('proves what happens from then on', () => {
    const clocks = withYoung();
    clocks.heard('s', 'calls', 'new', us(2), later(2_000));
    expect(clocks.caughtUp('s', 'calls', us(1), nowhere, later(2_000))).toBe(true);
  });

  it('hinders none that was there before', () => {
    const clocks = withYoung();
    clocks.heard('s', 'calls', 'old', us(2), later(2_000));
    expect(clocks.caughtUp('s', 'calls', happened, nowhere, later(2_000))).toBe(true);
  });

  it('is no younger for another snapshot of the same session, and as young for one of the next', () => {
    const clocks = withYoung();
    clocks.answered('s', 'calls', 'new', nowhere);
    clocks.began('s', 'calls', 'new', 'one', later(11_000));
    expect(clocks.caughtUp('s', 'calls', happened, 0, later(11_000))).toBe(true);
    clocks.began('s', 'calls', 'new', 'two', later(11_000));
    expect(clocks.caughtUp('s', 'calls', happened, 0, later(11_000))).toBe(false);
  });
});

it('a question that any instance has answered need not be asked again', () => {
  const clocks = newClocks();
  expect(clocks.hasAnswered('s', 'calls', 5)).toBe(false);
  clocks.answered('s', 'calls', 'one', 5);
  clocks.answered('s', 'calls', 'two', 3);
  expect([4, 5, 6].map((place) => clocks.hasAnswered('s', 'calls', place))).toEqual([true, true, false]);
  expect(clocks.hasAnswered('s', 'queues', 5)).toBe(false);
  expect(clocks.hasAnswered('t', 'calls', 5)).toBe(false);
});

describe('a wrong clock', () => {
  it('of one event from the future does not switch waiting off', () => {
    const clocks = newClocks();
    clocks.heard('s', 'queues', 'one', us(0), now);
    clocks.heard('s', 'queues', 'one', us(12 * hour), now);
    expect(clocks.caughtUp('s', 'queues', us(1), nowhere, now)).toBe(false);
  });

  it('that is put back an hour begins anew, for every connection of the site', () => {
    const clocks = newClocks();
    const before = us(0);
    for (const connection of ['queues', 'calls'] as const) clocks.heard('s', connection, 'one', before, now);
    clocks.heard('t', 'queues', 'one', before, now);
    clocks.heard('s', 'calls', 'one', us(-hour), streamMs(now + 10));
    expect(clocks.caughtUp('s', 'queues', engageMicros(us(-hour) + 5), nowhere, now)).toBe(false);
    clocks.heard('s', 'queues', 'one', engageMicros(us(-hour) + 6), streamMs(now + 20));
    expect(clocks.caughtUp('s', 'queues', engageMicros(us(-hour) + 5), nowhere, now)).toBe(true);
    expect(clocks.caughtUp('t', 'queues', us(-1), nowhere, now)).toBe(true);
  });

  it('that is put forward an hour and back again proves nothing meanwhile, and everything afterwards', () => {
    const clocks = newClocks();
    clocks.heard('s', 'queues', 'one', us(0), now);
    clocks.heard('s', 'queues', 'one', us(hour), streamMs(now + 1));
    clocks.heard('s', 'queues', 'one', us(hour + 1), streamMs(now + 2));
    expect(clocks.caughtUp('s', 'queues', us(hour), nowhere, now)).toBe(false);
    clocks.heard('s', 'queues', 'one', us(2), streamMs(now + 2_000));
    expect(clocks.caughtUp('s', 'queues', us(1), nowhere, now)).toBe(true);
  });

  it('that jitters by less than two seconds keeps its newest time', () => {
    const clocks = newClocks();
    clocks.heard('s', 'queues', 'one', us(0), now);
    clocks.heard('s', 'queues', 'one', us(-1.5), now);
    expect(clocks.caughtUp('s', 'queues', us(-1), nowhere, now)).toBe(true);
  });
});

it('places are in the order of the stream', () => {
  const ids = [`${now}-0`, `${now}-1`, `${now}-2047`, `${now + 1}-0`, `${now + 1}-3`];
  expect(ids.map(placeOf)).toEqual(ids.map(placeOf).toSorted((a, b) => a - b));
  expect(new Set(ids.map(placeOf)).size).toBe(ids.length);
  // After Redis' clock was ahead, all entries are of one millisecond until the time has come.
  expect(placeOf(`${now}-5000000`)).toBeLessThan(placeOf(`${now}-5000001`));
});
