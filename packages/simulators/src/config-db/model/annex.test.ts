/** Options of any length and shape survive in the rows of the annex. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Annex } from './annex.ts';
import { RowStore } from './row-store.ts';

function fresh(): { annex: Annex; store: RowStore } {
  const store = new RowStore();
  return { annex: new Annex(store), store };
}

describe('annex', () => {
  it('gives back any text, however long', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000 }), (text) => {
        const { annex } = fresh();
        annex.set(5, 101, 'virtual', 'script', text);
        expect(annex.get(5, 101, 'virtual', 'script')).toBe(text);
      }),
    );
  });

  it('writes what is longer than 255 characters as further rows with the same number', () => {
    const { annex, store } = fresh();
    annex.set(5, 101, 'virtual', 'script', 'x'.repeat(600));
    const parts = [...store.rows('cfg_flex_prop')].filter((row) => row.prop_name === 'script');
    expect(parts.map((row) => [row.part, row.prop_value?.length])).toEqual([
      [0, 255],
      [1, 255],
      [2, 90],
    ]);
    expect(new Set(parts.map((row) => row.dbid)).size).toBe(1);
  });

  it('keeps lists as elements below the option', () => {
    const { annex, store } = fresh();
    annex.set(3, 101, 'htcc', 'roles', { role1: 'Agent', role2: 'Supervisor' });
    expect(annex.get(3, 101, 'htcc', 'roles')).toEqual({ role1: 'Agent', role2: 'Supervisor' });
    expect(store.count('cfg_flex_prop')).toBe(4);
  });

  it('changes an option without leaving rows of its old value', () => {
    const { annex, store } = fresh();
    annex.set(3, 101, 'htcc', 'roles', { role1: 'Agent', role2: 'Supervisor' });
    const [, option] = [...store.rows('cfg_flex_prop')];
    annex.set(3, 101, 'htcc', 'roles', 'Agent');
    const rows = [...store.rows('cfg_flex_prop')];
    expect(rows).toHaveLength(2);
    expect(rows.find((row) => row.prop_name === 'roles')?.dbid).toBe(option?.dbid);
  });

  it('removes an option, and its section with the last one', () => {
    const { annex, store } = fresh();
    annex.set(5, 101, 'virtual', 'script', 'a');
    annex.set(5, 101, 'virtual', 'other', 'b');
    annex.remove(5, 101, 'virtual', 'script');
    expect(annex.get(5, 101, 'virtual', 'script')).toBeUndefined();
    expect(annex.get(5, 101, 'virtual', 'other')).toBe('b');
    annex.remove(5, 101, 'virtual', 'other');
    expect(store.count('cfg_flex_prop')).toBe(0);
  });

  it('tells objects of different types with the same number apart', () => {
    const { annex } = fresh();
    annex.set(3, 101, 'a', 'b', 'person');
    annex.set(5, 101, 'a', 'b', 'group');
    annex.removeAll(3, 101);
    expect(annex.get(3, 101, 'a', 'b')).toBeUndefined();
    expect(annex.get(5, 101, 'a', 'b')).toBe('group');
  });
});
