import { describe, expect, it } from 'vitest';
import { idAfter, timeOfId } from './stream-id.ts';

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
