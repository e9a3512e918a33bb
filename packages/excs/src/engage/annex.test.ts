/** Annex trees: roots, continuation rows, nested lists, letter case. */
import { describe, expect, it } from 'vitest';
import { type AnnexRow, buildAnnex, findOption } from './annex.ts';

const row = (dbid: number, parent: number, name: string, value = '', part?: number): AnnexRow => ({
  dbid,
  parent,
  name,
  value,
  part,
});
const value = (rows: readonly AnnexRow[], section: string, option: string) =>
  findOption(buildAnnex(rows), section, option)?.option.value;

describe('a root', () => {
  it.each([
    ['0', 0],
    ['not among the rows of the object', 77],
  ])('has a parent that is %s', (_what, parent) => {
    expect(
      value([row(1, parent, 'hybrid'), row(2, 1, 'WFM_queue_number', '8001')], 'hybrid', 'WFM_queue_number'),
    ).toBe('8001');
  });

  it('that is its own parent does not hang', () => {
    expect(value([row(1, 1, 's'), row(2, 1, 'o', 'x')], 's', 'o')).toBe('x');
  });
});

describe('a long value', () => {
  it('is joined by the number of its parts, blanks included', () => {
    const rows = [
      row(1, 0, 's'),
      row(2, 1, 'o', 'two', 1),
      row(2, 1, 'o', 'one ', 0),
      row(2, 1, 'o', '!', 2),
    ];
    expect(value(rows, 's', 'o')).toBe('one two!');
    expect(buildAnnex(rows).uncertain).toBe(false);
  });

  it('without part numbers is joined in the order of reading and reported', () => {
    const rows = [row(1, 0, 's'), row(2, 1, 'o', 'one '), row(2, 1, 'o', 'two')];
    expect(value(rows, 's', 'o')).toBe('one two');
    expect(buildAnnex(rows).uncertain).toBe(true);
  });
});

describe('an option', () => {
  it('is found exactly first, then in any case, which is said', () => {
    const rows = [
      row(1, 0, 'HTCC'),
      row(2, 1, 'Roles', 'other'),
      row(3, 0, 'htcc'),
      row(4, 3, 'roles', 'exact'),
    ];
    expect(findOption(buildAnnex(rows), 'htcc', 'roles')).toMatchObject({
      option: { value: 'exact' },
      otherCase: false,
    });
    expect(findOption(buildAnnex(rows.slice(0, 2)), 'htcc', 'roles')).toMatchObject({
      option: { value: 'other' },
      otherCase: true,
    });
    expect(findOption(buildAnnex(rows), 'htcc', 'absent')).toBeUndefined();
  });

  it('can be a list', () => {
    const rows = [
      row(1, 0, 'htcc'),
      row(2, 1, 'roles'),
      row(3, 2, 'Supervisor', '1'),
      row(4, 2, '2', 'Agent'),
    ];
    expect(findOption(buildAnnex(rows), 'htcc', 'roles')?.option.elements).toEqual([
      { name: 'Supervisor', value: '1' },
      { name: '2', value: 'Agent' },
    ]);
  });

  it('called like a property of objects is an option like any other', () => {
    const rows = [row(1, 0, '__proto__'), row(2, 1, 'constructor', 'x')];
    expect(value(rows, '__proto__', 'constructor')).toBe('x');
    expect(value(rows, 'toString', 'constructor')).toBeUndefined();
  });
});
