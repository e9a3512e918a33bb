import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { byCursor, byPageNumber, type ListOptions, listOperation } from './paged.ts';
import { RecordingCaller } from './testing/recording-caller.ts';

const thing = z.looseObject({ id: z.string() });
const getThings = listOperation('getThings', '/things', thing);

let caller: RecordingCaller;
/** Bodies of the pages, in the order of reading. */
let pages: unknown[];

beforeEach(() => {
  caller = new RecordingCaller();
  pages = [];
  caller.answer = () => pages[caller.calls.length - 1] ?? { entities: [] };
});

function records(options?: ListOptions) {
  return {
    caller,
    operation: getThings,
    parts: { query: { state: 'any' } },
    options,
    pageSize: 2,
    idOf: (t: z.output<typeof thing>) => t.id,
  };
}

const entities = (...ids: string[]) => ids.map((id) => ({ id }));
const ids = (things: readonly { readonly id: string }[]) => things.map((t) => t.id).join('');

describe('byPageNumber', () => {
  it('reads up to pageCount', async () => {
    pages = [
      { entities: entities('a', 'b'), pageCount: 2, total: 3, nextUri: '/x' },
      { entities: entities('c'), pageCount: 2, total: 3 },
    ];
    expect(ids(await byPageNumber(records()).toArray({ complete: true }))).toBe('abc');
    expect(caller.calls.map((call) => call.path)).toEqual([
      '/things?state=any&pageSize=2&pageNumber=1',
      '/things?state=any&pageSize=2&pageNumber=2',
    ]);
  });

  it('without pageCount reads up to total', async () => {
    pages = [
      { entities: entities('a', 'b'), total: 3, pageSize: 2 },
      { entities: entities('c'), total: 3, pageSize: 2 },
    ];
    expect(ids(await byPageNumber(records()).toArray())).toBe('abc');
    expect(caller.calls).toHaveLength(2);
  });

  it('without any total reads while there is a next page', async () => {
    pages = [{ entities: entities('a', 'b'), nextUri: '/x' }, { entities: entities('c') }];
    expect(ids(await byPageNumber(records()).toArray())).toBe('abc');
    expect(caller.calls).toHaveLength(2);
  });

  it('ends at an empty page, whatever is said of more', async () => {
    pages = [
      { entities: entities('a', 'b'), nextUri: '/x' },
      { entities: [], nextUri: '/x', total: 9 },
    ];
    expect(ids(await byPageNumber(records()).toArray())).toBe('ab');
    expect(caller.calls).toHaveLength(2);
  });

  it('bears a page without entities', async () => {
    pages = [{}];
    expect(await byPageNumber(records()).toArray()).toEqual([]);
  });

  it('ends with an error when the server shows the same page for ever', async () => {
    caller.answer = () => ({ entities: entities('a', 'b'), nextUri: '/x' });
    await expect(byPageNumber(records()).toArray()).rejects.toMatchObject({ code: 'cloud.listing-endless' });
    expect(caller.calls).toHaveLength(2);
  });

  it('takes another page size, other limits, and hands signal and priority on', async () => {
    const options: ListOptions = {
      pageSize: 50,
      priority: 'drift',
      limits: { maxPages: 1, maxRecords: 10 },
    };
    pages = [{ entities: entities('a'), nextUri: '/x' }];
    await expect(byPageNumber(records(options)).toArray()).rejects.toThrow(/more than 1 pages/);
    expect(caller.calls[0]?.path).toContain('pageSize=50');
    expect(caller.calls[0]?.options?.priority).toBe('drift');
  });
});

describe('byCursor', () => {
  it('follows the cursor to its end', async () => {
    pages = [
      { entities: entities('a', 'b'), cursor: 'X/=' },
      { entities: entities('c'), cursor: 'Y' },
      { entities: [], cursor: 'Z' },
    ];
    expect(ids(await byCursor(records()).toArray())).toBe('abc');
    expect(caller.calls.map((call) => call.path)).toEqual([
      '/things?state=any&pageSize=2',
      '/things?state=any&pageSize=2&cursor=X%2F%3D',
      '/things?state=any&pageSize=2&cursor=Y',
    ]);
  });

  it('ends without a cursor', async () => {
    pages = [{ entities: entities('a') }];
    expect(ids(await byCursor(records()).toArray())).toBe('a');
    expect(caller.calls).toHaveLength(1);
  });

  it('ends with an error when the cursor goes round in a circle', async () => {
    pages = [
      { entities: entities('a'), cursor: '1' },
      { entities: entities('b'), cursor: '2' },
      { entities: entities('c'), cursor: '1' },
    ];
    await expect(byCursor(records()).toArray()).rejects.toMatchObject({ code: 'cloud.listing-endless' });
    expect(caller.calls).toHaveLength(3);
  });
});
