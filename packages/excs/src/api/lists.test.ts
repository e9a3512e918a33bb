import { describe, expect, it } from 'vitest';
import { filtered, partOf } from './lists.ts';

const names = ['Anna', 'Bert', 'Carla'];

describe('a list in pages', () => {
  it.each([
    [undefined, names],
    ['  ', names],
    ['AR', ['Carla']],
    ['x', []],
  ])('found by %j', (q, found) => {
    expect(filtered(names, q, (name) => [name, undefined])).toEqual(found);
  });

  it.each([
    [undefined, undefined, names, null],
    [undefined, 2, ['Anna', 'Bert'], '2'],
    ['2', 2, ['Carla'], null],
    ['3', 2, [], null],
    ['9', undefined, [], null],
  ])('from %j on at most %j', (cursor, limit, items, next) => {
    expect(partOf(names, cursor, limit)).toEqual({ items, next });
  });
});
