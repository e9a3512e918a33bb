/** Rows have unique keys, and every change of them can be recorded. */
import { describe, expect, it } from 'vitest';
import { RowStore } from './row-store.ts';

describe('row store', () => {
  it('counts the numbers of each object type from 101, so that they repeat across types', () => {
    const store = new RowStore();
    expect([store.nextDbid(3), store.nextDbid(3), store.nextDbid(13)]).toEqual([101, 102, 101]);
  });

  it('refuses a second row with the same key and a change of a row that is not there', () => {
    const store = new RowStore();
    const level = { person_dbid: 101, skill_dbid: 101, level_: 1 };
    store.insert('cfg_skill_level', level);
    expect(() => store.insert('cfg_skill_level', { ...level, level_: 2 })).toThrow('already');
    expect(() => store.update('cfg_skill_level', { person_dbid: 1, skill_dbid: 1 }, { level_: 2 })).toThrow(
      'no row',
    );
  });

  it('records changes in order, with the rows as they were at that moment', () => {
    const store = new RowStore();
    const key = { person_dbid: 101, skill_dbid: 102 };
    const statements = store.record(() => {
      store.insert('cfg_skill_level', { ...key, level_: 1 });
      store.update('cfg_skill_level', key, { level_: 4 });
      store.remove('cfg_skill_level', key);
      store.remove('cfg_skill_level', key);
    });
    expect(statements).toEqual([
      { kind: 'insert', table: 'cfg_skill_level', row: { ...key, level_: 1 } },
      { kind: 'update', table: 'cfg_skill_level', key, changes: { level_: 4 } },
      { kind: 'delete', table: 'cfg_skill_level', key },
    ]);
  });

  it('stops recording when the work fails', () => {
    const store = new RowStore();
    expect(() =>
      store.record(() => {
        throw new Error('half done');
      }),
    ).toThrow('half done');
    expect(store.record(() => {})).toEqual([]);
  });
});
