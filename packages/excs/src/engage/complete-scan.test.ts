/** Rows that cannot be read: set aside for their object, until they are too many to be single rows. */
import { describe, expect, it } from 'vitest';
import { createScanner } from './complete-scan.ts';
import type { Transaction } from './config-db.ts';
import { UnreadableRows } from './unreadable.ts';

type Row = readonly (string | null)[];

/** Answers the rows, and `counted` to the question how many there are. */
function server(rows: readonly Row[], counted = rows.length): Transaction {
  return {
    rows: async () => [[String(counted)]],
    attempt: async () => undefined,
    scan: async (_sql, _values, onRow) => {
      for (const row of rows) onRow(row);
      return rows.length;
    },
  };
}

const query = { from: 'cfg_thing t', columns: ['dbid', 'state'], values: [] };
const owner = { kind: 'person', column: 0 } as const;

function scan(rows: readonly Row[], options: { counted?: number; owner?: typeof owner | undefined } = {}) {
  const unreadable = new UnreadableRows();
  const scanner = createScanner(server(rows, options.counted), {}, unreadable);
  const read: number[] = [];
  const done = scanner.scan('cfg_thing', query, 'owner' in options ? options.owner : owner, (cells) => {
    const dbid = cells.id(0);
    if (cells.number(1) === 1) read.push(dbid);
  });
  return { done, read, unreadable };
}

const good = (count: number): Row[] => Array.from({ length: count }, (_, at) => [String(at + 1), '1']);

describe('a row that cannot be read', () => {
  it('is noted for its object with the column at fault, and the others are read', async () => {
    const { done, read, unreadable } = scan([...good(2), ['7', 'x']]);
    expect(await done).toBe(3);
    expect(read).toEqual([1, 2]);
    const { objects, unknown } = unreadable.all.person;
    expect(objects.get(7)).toMatch(/Column 2 of cfg_thing/);
    expect(unknown).toBeUndefined();
    expect(unreadable.tables.get('cfg_thing')?.rows).toBe(1);
  });

  it('that does not tell whose it is counts for all of its kind', async () => {
    const { done, unreadable } = scan([...good(2), ['x', '1']]);
    await done;
    expect(unreadable.all.person.unknown).toMatch(/Column 1 of cfg_thing/);
    expect(unreadable.all.skill.unknown).toBeUndefined();
  });

  it('of a table on which everything hangs refuses the read', async () => {
    const { done } = scan([...good(2), ['x', '1']], { owner: undefined });
    await expect(done).rejects.toMatchObject({ code: 'engage.data-invalid' });
  });

  it.each([
    [4, 79, 'refuses the read: that is no matter of single rows'],
    [4, 80, 'is still a single row'],
    [3, 3, 'is still a single row, of however few'],
  ])('one of %i in %i %s', async (bad, of, verdict) => {
    const rows = [
      ...good(of - bad),
      ...Array.from({ length: bad }, (_, at): Row => [String(1000 + at), 'x']),
    ];
    const { done } = scan(rows);
    if (verdict.startsWith('refuses'))
      await expect(done).rejects.toMatchObject({
        code: 'engage.data-invalid',
        message: expect.stringContaining('CONFIG_DB_SCHEMA_MAP'),
      });
    else expect(await done).toBe(of);
  });
});

describe('the number of rows', () => {
  it('is compared with what the server counts, unreadable ones included', async () => {
    await expect(scan([...good(2), ['7', 'x']], { counted: 4 }).done).rejects.toMatchObject({
      code: 'engage.read-incomplete',
    });
  });

  it('beyond what is ever read refuses the read before a row of it is fetched', async () => {
    const { done, read } = scan(good(2), { counted: 2_000_001 });
    await expect(done).rejects.toMatchObject({ code: 'engage.read-refused' });
    expect(read).toEqual([]);
  });
});
