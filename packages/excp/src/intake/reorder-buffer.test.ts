import { engageMicros } from '@exec/common/instants';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReorderBuffer } from './reorder-buffer.ts';

function gather(events: readonly (readonly [connection: string, at: number])[]): number[] {
  const delivered: number[] = [];
  const buffer = new ReorderBuffer<number>((event) => delivered.push(event));
  for (const [index, [connection, at]] of events.entries()) buffer.add(connection, engageMicros(at), index);
  buffer.end();
  return delivered;
}

test('events of several connections come in the order of their times', () => {
  expect(
    gather([
      ['queues', 10],
      ['queues', 40],
      ['calls', 20],
      ['extensions', 5],
    ]),
  ).toEqual([3, 0, 2, 1]);
});

test('a clock that goes back does not change the order of its connection', () => {
  expect(
    gather([
      ['queues', 40],
      ['queues', 10],
      ['calls', 20],
    ]),
  ).toEqual([2, 0, 1]);
});

const round = () => new Promise<void>((resolve) => setImmediate(resolve));

test('ends by itself after a round without events, and the next one begins anew', async () => {
  const delivered: string[] = [];
  const buffer = new ReorderBuffer<string>((event) => delivered.push(event));
  buffer.add('queues', engageMicros(3), 'late');
  await round();
  buffer.add('calls', engageMicros(1), 'read in the next round');
  await round();
  expect(delivered).toEqual([]);
  await round();
  expect(delivered).toEqual(['read in the next round', 'late']);
  buffer.add('queues', engageMicros(0), 'of the next turn');
  await round();
  await round();
  expect(delivered).toEqual(['read in the next round', 'late', 'of the next turn']);
});

test('does not grow without end when every round brings more', async () => {
  const delivered: number[] = [];
  const buffer = new ReorderBuffer<number>((event) => delivered.push(event));
  for (let at = 0; at < 20; at++) {
    buffer.add('queues', engageMicros(at), at);
    await round();
  }
  expect(delivered.length).toBeGreaterThanOrEqual(16);
});

test('whatever the times, nothing is lost and each connection keeps its order', () => {
  const event = fc.tuple(fc.constantFrom('queues', 'extensions', 'calls'), fc.nat(100));
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const delivered = gather(events);
      expect(delivered).toHaveLength(events.length);
      for (const connection of ['queues', 'extensions', 'calls'])
        expect(delivered.filter((index) => events[index]?.[0] === connection)).toEqual(
          [...events.keys()].filter((index) => events[index]?.[0] === connection),
        );
    }),
  );
});
