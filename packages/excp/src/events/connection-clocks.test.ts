import { engageMicros, type StreamMs, streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import { ConnectionClocks, placeOf, type Session } from './connection-clocks.ts';

const second = 1_000_000;
/** Stream time, milliseconds. */
const now = streamMs(1_700_000_000_000);
const hour = 3_600;
const us = (seconds: number) => engageMicros(now * 1000 + seconds * second);
const nowhere = Number.POSITIVE_INFINITY;

const begun = (name: string, at: StreamMs) => ({ session: { name, isWhole: true }, place: 0, now: at });

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
    clocks.answered('s', 'queues', 'one', placeOf(`${now}-7`), now);
    expect(clocks.caughtUp('s', 'queues', us(0), placeOf(`${now}-7`), now)).toBe(true);
    expect(clocks.caughtUp('s', 'queues', us(0), placeOf(`${now}-8`), now)).toBe(false);
    expect(clocks.caughtUp('s', 'queues', us(0), placeOf(`${now + 1}-0`), now)).toBe(false);
    clocks.answered('s', 'queues', 'one', placeOf(`${now}-1`), now);
    expect(clocks.caughtUp('s', 'queues', us(0), placeOf(`${now}-7`), now)).toBe(true);
  });
});

describe('a connection that has just begun', () => {
  const later = (ms: number) => streamMs(now + ms);
  const happened = us(0);

  function withYoung() {
    const clocks = newClocks();
    clocks.heard('s', 'queues', 'old', happened, now);
    clocks.began('s', 'calls', 'new', begun('one', later(1_000)));
    return clocks;
  }

  it('proves nothing about what happened before: the other instance may still have to read it', () => {
    const clocks = withYoung();
    clocks.heard('s', 'calls', 'new', us(2), later(2_000));
    clocks.answered('s', 'calls', 'new', nowhere, now);
    expect(clocks.caughtUp('s', 'calls', happened, nowhere, later(10_999))).toBe(false);
    expect(clocks.caughtUp('s', 'calls', happened, nowhere, later(11_000))).toBe(true);
  });

  it('proves what happens from then on, when another one has told what happened before', () => {
    const clocks = withYoung();
    clocks.heard('s', 'calls', 'new', us(4), later(4_000));
    expect(clocks.caughtUp('s', 'calls', us(3), nowhere, later(4_000))).toBe(false);
    clocks.arrived('s', 'calls', 'old', us(2), later(4_000));
    expect(clocks.caughtUp('s', 'calls', us(3), nowhere, later(4_000))).toBe(true);
  });

  it('hinders none that was there before', () => {
    const clocks = withYoung();
    clocks.heard('s', 'calls', 'old', us(2), later(2_000));
    expect(clocks.caughtUp('s', 'calls', happened, nowhere, later(2_000))).toBe(true);
  });

  it('is no younger for another snapshot of the same session, and as young for one of the next', () => {
    const clocks = withYoung();
    clocks.answered('s', 'calls', 'new', nowhere, now);
    clocks.began('s', 'calls', 'new', begun('one', later(11_000)));
    expect(clocks.caughtUp('s', 'calls', happened, 0, later(11_000))).toBe(true);
    clocks.began('s', 'calls', 'new', begun('two', later(11_000)));
    expect(clocks.caughtUp('s', 'calls', happened, 0, later(11_000))).toBe(false);
  });
});

describe('a connection that begins while another one has still to tell', () => {
  const later = (ms: number) => streamMs(now + ms);
  const from = placeOf(`${later(60_000)}-3`);

  const arrives = (clocks: ConnectionClocks, connection: 'calls' | 'queues', by: string, seconds: number) =>
    clocks.arrived('s', connection, by, us(seconds), later(seconds * 1_000));

  /** `old` was told something at second 0, `new` begins at second 60, when `old` was last heard of at `lately`. */
  function withTwo(lately = 59_000) {
    const clocks = newClocks();
    clocks.heard('s', 'calls', 'old', us(0), now);
    clocks.heard('s', 'queues', 'old', us(lately / 1_000), later(lately));
    const session = { name: 'one', isWhole: true };
    clocks.began('s', 'calls', 'new', { session, place: from, now: later(60_000) });
    return clocks;
  }
  /** A part of the snapshot of `new`. */
  const found = (clocks: ConnectionClocks, session: Session, ms: number) =>
    clocks.began('s', 'calls', 'new', { session, place: from + ms, now: later(ms) });
  const isAfter = (clocks: ConnectionClocks, ms: number) =>
    clocks.comesAfter('s', 'calls', 'new', later(ms))?.place;

  it('comes after it, from where it began', () => {
    expect(isAfter(withTwo(), 60_000)).toBe(from);
    expect(withTwo().comesAfter('s', 'calls', 'old', later(60_000))).toBeUndefined();
    expect(withTwo().comesAfter('s', 'queues', 'new', later(60_000))).toBeUndefined();
    expect(withTwo().comesAfter('t', 'calls', 'new', later(60_000))).toBeUndefined();
  });

  it.each<[string, (clocks: ConnectionClocks) => void, boolean]>([
    ['told of something later', (clocks) => arrives(clocks, 'calls', 'old', 61), false],
    ['told of something before', (clocks) => arrives(clocks, 'calls', 'old', 59), true],
    ['told of something later elsewhere', (clocks) => arrives(clocks, 'queues', 'old', 61), true],
    [
      'answered a question after it',
      (clocks) => clocks.answered('s', 'calls', 'old', from, later(61_000)),
      false,
    ],
    [
      'answered one before it',
      (clocks) => clocks.answered('s', 'calls', 'old', from - 1, later(61_000)),
      true,
    ],
    ['told of something later itself', (clocks) => arrives(clocks, 'calls', 'new', 61), true],
  ])('until the other one %s', (_, happens, isAhead) => {
    const clocks = withTwo();
    happens(clocks);
    expect(isAfter(clocks, 61_000)).toBe(isAhead ? from : undefined);
  });

  it('until all has been named that went on when it began', () => {
    const clocks = withTwo();
    found(clocks, { name: 'two', isWhole: false }, 61_000);
    arrives(clocks, 'calls', 'old', 62);
    clocks.answered('s', 'calls', 'old', nowhere, later(62_000));
    expect(isAfter(clocks, 62_000)).toBe(from + 61_000);
    found(clocks, { name: 'two', isWhole: true }, 62_100);
    expect(isAfter(clocks, 62_100)).toBeUndefined();
  });

  it('from when the last of many addresses was registered', () => {
    const clocks = withTwo();
    const same = { name: 'one', isWhole: true };
    clocks.answered('s', 'calls', 'old', from, later(61_000));
    found(clocks, same, 61_500);
    expect(isAfter(clocks, 61_500)).toBe(from + 61_500);
    clocks.answered('s', 'calls', 'old', from + 61_500, later(61_500));
    found(clocks, same, 71_500);
    expect(isAfter(clocks, 71_500)).toBeUndefined();
  });

  it('for ten seconds, and says until when', () => {
    expect(withTwo().comesAfter('s', 'calls', 'new', later(60_000))?.until).toBe(later(70_000));
    expect(isAfter(withTwo(), 69_999)).toBe(from);
    expect(isAfter(withTwo(), 70_000)).toBeUndefined();
  });

  it('also after the instance that processes, of which nothing has come yet', () => {
    const begin = (owner: string) => {
      const clocks = new ConnectionClocks(2_000, owner);
      found(clocks, { name: 'one', isWhole: true }, 60_000);
      return clocks;
    };
    const clocks = begin('old');
    const place = from + 60_000;
    expect(isAfter(clocks, 60_000)).toBe(place);
    arrives(clocks, 'calls', 'old', 59);
    expect(isAfter(clocks, 61_000)).toBe(place);
    arrives(clocks, 'calls', 'old', 61);
    expect(isAfter(clocks, 61_000)).toBeUndefined();
    expect(isAfter(begin('old'), 70_000)).toBeUndefined();
    expect(isAfter(begin('new'), 60_000)).toBeUndefined();
  });

  it('not of one of which nothing has come for half a minute', () => {
    expect(isAfter(withTwo(30_001), 60_000)).toBe(from);
    expect(isAfter(withTwo(30_000), 60_000)).toBeUndefined();
  });

  it('for two seconds where it was only cut off, however often its snapshot comes in parts', () => {
    const clocks = withTwo();
    found(clocks, { name: 'two', isWhole: false }, 61_000);
    expect([62_999, 63_000].map((ms) => isAfter(clocks, ms))).toEqual([from + 61_000, undefined]);
    found(clocks, { name: 'two', isWhole: true }, 64_000);
    expect([65_999, 66_000].map((ms) => isAfter(clocks, ms))).toEqual([from + 64_000, undefined]);
  });

  it('for ten seconds from when all was named, where it is new', () => {
    const clocks = withTwo();
    for (const [isWhole, ms] of [
      [false, 0],
      [true, 1_000],
    ] as const)
      clocks.began('s', 'queues', 'new', {
        ...{ session: { name: 'one', isWhole }, place: from + ms, now: later(60_000 + ms) },
      });
    const at = (ms: number) => clocks.comesAfter('s', 'queues', 'new', later(ms))?.place;
    expect([70_999, 71_000].map(at)).toEqual([from + 1_000, undefined]);
  });

  it('not where both begin together', () => {
    const both = (apartMs: number) => {
      const clocks = newClocks();
      for (const [by, ms] of [
        ['one', 60_000 - apartMs],
        ['new', 60_000],
      ] as const)
        clocks.began('s', 'calls', by, {
          ...{ session: { name: by, isWhole: true }, place: from, now: later(ms) },
        });
      return isAfter(clocks, 60_000);
    };
    expect([2_999, 3_000].map(both)).toEqual([undefined, from]);
  });
});

it('a question that any instance has answered need not be asked again', () => {
  const clocks = newClocks();
  expect(clocks.hasAnswered('s', 'calls', 5)).toBe(false);
  clocks.answered('s', 'calls', 'one', 5, now);
  clocks.answered('s', 'calls', 'two', 3, now);
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

  it('that is put back says at once when things happened by it', () => {
    const clocks = newClocks();
    const later = (ms: number) => streamMs(now + ms);
    clocks.began('s', 'calls', 'one', begun('one', later(1_000)));
    for (const [seconds, ms] of [
      [2, 2_000],
      [-hour, 3_000],
    ] as const) {
      clocks.arrived('s', 'calls', 'one', us(seconds), later(ms));
      clocks.heard('s', 'calls', 'one', us(seconds), later(ms));
    }
    clocks.answered('s', 'calls', 'one', nowhere, later(3_000));
    expect(clocks.caughtUp('s', 'calls', us(-hour), nowhere, later(3_000))).toBe(true);
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

  it('that is put forward makes nothing seem to have happened since a connection began', () => {
    const clocks = newClocks();
    const later = (ms: number) => streamMs(now + ms);
    clocks.arrived('s', 'calls', 'old', us(0), later(100));
    clocks.began('s', 'calls', 'new', begun('one', later(1_000)));
    // By the new time a quarter of a minute after the begin; in truth before it.
    const at = us(16);
    clocks.arrived('s', 'calls', 'old', at, later(1_100));
    for (const by of ['old', 'new'])
      clocks.answered('s', 'calls', by, by === 'old' ? 0 : nowhere, later(1_200));
    expect(clocks.caughtUp('s', 'calls', at, nowhere, later(1_200))).toBe(true);
    expect(clocks.caughtUp('s', 'calls', engageMicros(at - 200_000), nowhere, later(1_200))).toBe(false);
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
