/** What an instance tells that has just begun to watch: what waits, for what, and in which order it goes on. */
import { asId, type CallUuid } from '@exec/common/ids';
import { type EngageMicros, engageMicros, type StreamMs, streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { StreamPlace } from '../events/connection-clocks.ts';
import type { ModelInput } from '../events/snapshots.ts';
import { Newcomers } from './newcomers.ts';

const site = 's';
const start = streamMs(Date.UTC(2026, 0, 5, 8));
const when = (seconds: number): StreamMs => streamMs(start + seconds * 1_000);
const at = (seconds: number): EngageMicros => engageMicros((start + seconds * 1_000) * 1_000);
const call = asId<CallUuid>('A');

const ofCalls = (seconds: number, of = site): ModelInput => ({
  ...{ kind: 'call-deleted', site: of, at: at(seconds), call },
});
const ofQueues = (seconds: number): ModelInput => ({
  ...{ kind: 'abandoned', site, at: at(seconds), call, queue: '9001' },
});
const found = (seconds: number): ModelInput => ({
  kind: 'queues-found',
  site,
  since: when(seconds),
  queues: [],
});

/**
 * `ahead`: who has begun to watch while others have still to tell, on which connection, and since which place.
 * `untilSeconds`: how long that may last.
 */
function newcomers(ahead: Record<string, StreamPlace>, untilSeconds = 99) {
  const waiting = new Newcomers({
    comesAfter: (of, connection, by) => {
      const place = ahead[`${of} ${connection} ${by}`];
      return place === undefined ? undefined : { place, until: when(untilSeconds) };
    },
  });
  let count = 0;
  const offer = (by: string, item: ModelInput, seconds = 0) => {
    const id = `${++count}`;
    return waiting.holds({ id, item, by, place: count }, when(seconds));
  };
  const taken = (seconds: number) => [...waiting.take(when(seconds))].map(({ id }) => id);
  return { waiting, offer, taken };
}

describe('what waits', () => {
  it('is everything of a newcomer, on whichever connection it is ahead', () => {
    const { offer } = newcomers({ 's calls new': 7 });
    expect(offer('new', ofCalls(1))).toBe(true);
    expect(offer('new', ofQueues(1))).toBe(true);
    expect(offer('new', found(0))).toBe(true);
    expect(offer('new', ofCalls(1, 't'))).toBe(false);
  });

  it('is what another one tells that happened later, not what it tells of before', () => {
    const { offer } = newcomers({ 's calls new': 7 });
    expect(offer('old', ofCalls(5))).toBe(false);
    offer('new', ofCalls(3));
    offer('new', ofCalls(4));
    expect(offer('old', ofCalls(2.9))).toBe(false);
    expect(offer('old', ofQueues(2.9))).toBe(false);
    expect(offer('old', ofQueues(3))).toBe(true);
    expect(offer('old', ofCalls(3))).toBe(true);
    expect(offer('old', ofCalls(9, 't'))).toBe(false);
    expect(offer('old', found(9))).toBe(false);
  });

  it('hides what happens later: not everything has come', () => {
    const { waiting, offer } = newcomers({ 's calls new': 7 });
    offer('new', found(2));
    expect(waiting.hides(site, at(4))).toBe(false);
    offer('new', ofCalls(3));
    expect([2.9, 3, 4].map((seconds) => waiting.hides(site, at(seconds)))).toEqual([false, true, true]);
    expect(waiting.hides('t', at(4))).toBe(false);
    offer('new', ofCalls(2));
    expect(waiting.hides(site, at(2.9))).toBe(true);
  });

  it('waits for the connections that are behind, until the place at which the newcomer began', () => {
    const ahead = { 's calls new': 7, 's queues new': 8 };
    const { waiting, offer } = newcomers(ahead);
    expect([...waiting.awaited(when(0))]).toEqual([]);
    offer('new', ofCalls(1));
    expect([...waiting.awaited(when(0))]).toEqual([
      { site, connection: 'queues', place: 8 },
      { site, connection: 'calls', place: 7 },
    ]);
  });
});

describe('what has waited', () => {
  it('goes on in the order of the stream when nobody of the site is ahead any more', () => {
    const ahead: Record<string, StreamPlace> = { 's calls new': 7, 's queues new': 8, 't calls new': 9 };
    const { waiting, offer, taken } = newcomers(ahead);
    offer('new', ofCalls(3));
    offer('old', ofCalls(4));
    offer('new', ofQueues(3));
    offer('new', ofCalls(3, 't'));
    expect(taken(1)).toEqual([]);
    delete ahead['s calls new'];
    expect(taken(1)).toEqual([]);
    delete ahead['s queues new'];
    expect(taken(1)).toEqual(['1', '2', '3']);
    expect(taken(1)).toEqual([]);
    expect(waiting.hides(site, at(9))).toBe(false);
    expect(waiting.firstDue).toEqual(when(10));
  });

  it('hides what comes later until it has gone on itself', () => {
    const ahead: Record<string, StreamPlace> = { 's calls new': 7 };
    const { waiting, offer } = newcomers(ahead);
    for (const seconds of [3, 5, 4]) offer('new', ofCalls(seconds));
    offer('new', found(9));
    delete ahead['s calls new'];
    const hidden = Array.from(waiting.take(when(1)), () =>
      [3, 4, 5].map((seconds) => waiting.hides(site, at(seconds))),
    );
    expect(hidden).toEqual([
      [false, true, true],
      [false, true, true],
      [false, false, false],
      [false, false, false],
    ]);
  });

  it('waits for every newcomer of the site', () => {
    const ahead: Record<string, StreamPlace> = { 's calls new': 7, 's calls newer': 8 };
    const { offer, taken } = newcomers(ahead);
    offer('new', ofCalls(3));
    offer('newer', ofCalls(3));
    delete ahead['s calls new'];
    expect(taken(1)).toEqual([]);
    delete ahead['s calls newer'];
    expect(taken(1)).toEqual(['1', '2']);
  });

  it('is looked at again when nobody can be ahead any more', () => {
    const { waiting, offer } = newcomers({ 's calls new': 7 }, 2);
    offer('new', ofCalls(3), 0.5);
    offer('old', ofCalls(4), 1);
    expect(waiting.firstDue).toBe(when(2));
  });

  it('waits ten seconds from the first at most', () => {
    const { waiting, offer, taken } = newcomers({ 's calls new': 7 });
    expect(waiting.firstDue).toBeUndefined();
    offer('new', ofCalls(3), 1);
    offer('new', ofCalls(4), 5);
    expect(waiting.firstDue).toBe(when(11));
    expect(taken(10.999)).toEqual([]);
    expect(taken(11)).toEqual(['1', '2']);
    expect(waiting.firstDue).toBeUndefined();
  });
});
