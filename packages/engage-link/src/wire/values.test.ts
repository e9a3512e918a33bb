import { describe, expect, it } from 'vitest';
import { listOf, numberOf, textOf } from './values.ts';

const list = {
  text: 'Break',
  number: 7,
  written: ' 8 ',
  blank: ' ',
  nested: { deep: 'x' },
  array: ['a'],
  flag: true,
};

describe('reading a key-value list', () => {
  it('gives texts, numbers as decimal text', () => {
    expect(textOf(list, 'text')).toBe('Break');
    expect(textOf(list, 'number')).toBe('7');
    expect(textOf(list, 'nested')).toBeUndefined();
    expect(textOf(list, 'flag')).toBeUndefined();
  });

  it('gives numbers, also when written as text', () => {
    expect(numberOf(list, 'number')).toBe(7);
    expect(numberOf(list, 'written')).toBe(8);
    expect(numberOf(list, 'blank')).toBeUndefined();
    expect(numberOf(list, 'text')).toBeUndefined();
  });

  it('gives nested lists', () => {
    expect(listOf(list, 'nested')).toEqual({ deep: 'x' });
    expect(listOf(list, 'array')).toBeUndefined();
  });

  it('has no key that it was not given', () => {
    for (const key of ['constructor', 'toString', '__proto__', 'absent']) {
      expect(textOf(list, key)).toBeUndefined();
      expect(numberOf(list, key)).toBeUndefined();
      expect(listOf(list, key)).toBeUndefined();
    }
    expect(textOf(undefined, 'text')).toBeUndefined();
  });
});
