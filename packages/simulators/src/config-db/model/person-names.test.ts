/** Names become plain words, and words are given out once. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../random.ts';
import { Numbering } from './numbering.ts';
import { drawName, plain } from './person-names.ts';

describe('plain names', () => {
  it.each([
    ["O'Brien", 'obrien'],
    ['Søren', 'soren'],
    ['Wiśniewski', 'wisniewski'],
    ['Yılmaz', 'yilmaz'],
    ['van Dijk', 'vandijk'],
    ['Öztürk', 'ozturk'],
  ])('%s becomes %s', (name, word) => {
    expect(plain(name)).toBe(word);
  });

  it('are never empty for a drawn name', () => {
    const random = new Random(3);
    for (let index = 0; index < 500; index++) {
      const name = drawName(random);
      expect(plain(name.first)).toMatch(/^[a-z]+$/);
      expect(plain(name.last)).toMatch(/^[a-z]+$/);
    }
  });
});

describe('numbering', () => {
  it('never gives a word twice', () => {
    const numbering = new Numbering();
    expect([numbering.word('jsmith'), numbering.word('jsmith'), numbering.word('jdoe')]).toEqual([
      'jsmith',
      'jsmith2',
      'jdoe',
    ]);
  });

  it('counts for each owner', () => {
    const numbering = new Numbering();
    expect(numbering.next('login', 1)).toBe(numbering.next('login', 2));
    expect(numbering.next('login', 1)).not.toBe(numbering.next('login', 1));
  });
});
