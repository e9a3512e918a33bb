import { expect, test } from 'vitest';
import { AcceptedIds, canonicalJson } from './accepted-ids.ts';

test('tells a new event from a repeat and from a clash', () => {
  const ids = new AcceptedIds();
  expect(ids.look('A', 'one')).toBe('new');
  ids.add('A', 'one');
  expect(ids.look('a', 'one')).toBe('repeat');
  expect(ids.look('A', 'two')).toBe('clash');
  expect(ids.look('B', 'one')).toBe('new');
});

test('the order of keys is no content, that of lists is', () => {
  expect(canonicalJson({ b: 1, a: { d: [1, 2], c: null } })).toBe(
    canonicalJson({ a: { c: null, d: [1, 2] }, b: 1 }),
  );
  expect(canonicalJson({ a: [1, 2] })).not.toBe(canonicalJson({ a: [2, 1] }));
});
