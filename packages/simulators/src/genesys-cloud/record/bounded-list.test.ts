import { expect, test } from 'vitest';
import { BoundedList } from './bounded-list.ts';

test('keeps the newest entries in order, however many came', () => {
  const list = new BoundedList<number>(3);
  for (let item = 0; item < 10_000; item++) list.push(item);
  expect([...list]).toEqual([9_997, 9_998, 9_999]);
  expect(list).toHaveLength(3);
  list.clear();
  expect([...list]).toEqual([]);
});
