import { describe, expect, it } from 'vitest';
import { idAfter, OutIds, timeOfId } from './stream-ids.ts';

describe('IDs of a stream', () => {
  it.each([
    ['1700-41', '1700-42'],
    ['1700-0', '1700-1'],
    ['0-9007199254740993', '0-9007199254740994'],
    ['1700-18446744073709551615', '1701-0'],
    ['1700', '1700-1'],
  ])('after %s comes %s', (id, next) => expect(idAfter(id)).toBe(next));

  it('begin with their time', () => expect(timeOfId('1700-41')).toBe(1700));
});

describe('IDs of the out-stream', () => {
  it('count within an epoch and go on where the stream is', () => {
    const ids = new OutIds('1700-41');
    expect([ids.next(1700), ids.next(1700)]).toEqual(['1700-42', '1700-43']);
    expect(ids.next(1800)).toBe('1800-1');
  });

  it('rise although the clock of a holder went back', () => {
    const ids = new OutIds('1900-7');
    expect(ids.next(1700)).toBe('1900-8');
  });

  it('begin with a stream that never was', () => {
    expect(new OutIds(undefined).next(5)).toBe('5-1');
  });
});
