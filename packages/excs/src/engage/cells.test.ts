/** Cells of a row: numbers, blanks, NULL, code pages. */
import { describe, expect, it } from 'vitest';
import { Cells } from './cells.ts';

const cells = (...row: (string | null)[]) => new Cells('cfg_test').use(row);

describe('an object number', () => {
  it.each([
    ['17', 17],
    [' 17 ', 17],
    ['17.0', 17],
    [null, 0],
  ])('%j is %i', (cell, expected) => {
    expect(cells(cell).id(0)).toBe(expected);
  });

  it.each(['', ' ', 'x', '-1', '1.5', '9007199254740993', 'NaN'])('%j is refused with the table', (cell) => {
    expect(() => cells(cell).id(0)).toThrow(/cfg_test/);
  });
});

describe('a text', () => {
  it('loses the blanks around it, as char columns pad them; a value keeps them', () => {
    expect(cells('  North   ').text(0)).toBe('North');
    expect(cells(' a ').raw(0)).toBe(' a ');
    expect(cells('').text(0)).toBe('');
  });

  it('that the server left out, because it is too long, is refused with the table', () => {
    expect(cells(null).isTooLong(0)).toBe(true);
    expect(() => cells(null).text(0)).toThrow(/cfg_test/);
  });

  it('of a database without an encoding is decoded from its bytes with the code page', () => {
    const cells = new Cells('cfg_test', { codePage: 'windows-1252' });
    expect(cells.use(['\\x4dfc6c6c6572']).text(0)).toBe('Müller');
    expect(cells.undecodableTexts).toBe(0);
  });

  it('with invalid bytes is kept with replacements and counted', () => {
    const cells = new Cells('cfg_test', { codePage: 'utf-8' });
    expect(cells.use(['\\x4dfc6c']).text(0)).toBe('M\ufffdl');
    expect(cells.undecodableTexts).toBe(1);
  });
});
