import { describe, expect, it } from 'vitest';
import { Listing, type ListingPage } from './listing.ts';

/** A listing over these pages; the cursor is the index of the page. */
function listing(
  pages: readonly ListingPage<number>[],
  limits = { maxPages: 100, maxRecords: 1_000 },
): { readonly listing: Listing<number>; readonly reads: (string | undefined)[] } {
  const reads: (string | undefined)[] = [];
  return {
    reads,
    listing: new Listing<number>({
      operation: 'getThings',
      limits,
      idOf: String,
      read: async (cursor) => {
        reads.push(cursor);
        return pages[Number(cursor ?? 0)] ?? { items: [] };
      },
    }),
  };
}

describe('Listing', () => {
  it('gives all records in order and reads a page only when it is needed', async () => {
    const { listing: things, reads } = listing([{ items: [1, 2], next: '1' }, { items: [3] }]);
    const seen: number[] = [];
    for await (const thing of things) {
      seen.push(thing);
      if (thing === 2) expect(reads).toHaveLength(1);
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  it('reads anew each time', async () => {
    const { listing: things, reads } = listing([{ items: [1] }]);
    expect([...(await things.toArray()), ...(await things.toArray())]).toEqual([1, 1]);
    expect(reads).toHaveLength(2);
  });

  it('gives a record once, even if the pages shifted', async () => {
    const pages = [{ items: [1, 2], next: '1' }, { items: [2, 3], next: '2' }, { items: [3] }];
    expect(await listing(pages).listing.toArray()).toEqual([1, 2, 3]);
  });

  it.each([
    [
      'a page token that came before',
      [
        { items: [1], next: '1' },
        { items: [2], next: '1' },
      ],
    ],
    [
      'a page that shows only known records',
      [
        { items: [1], next: '1' },
        { items: [1], next: '2' },
      ],
    ],
    [
      'a page without records in the middle',
      [
        { items: [1], next: '1' },
        { items: [], next: '2' },
      ],
    ],
  ])('ends with an error at %s', async (_, pages) => {
    const { listing: things } = listing(pages);
    await expect(things.toArray()).rejects.toMatchObject({ code: 'cloud.listing-endless' });
  });

  it('ends with an error above the limits', async () => {
    const endless = Array.from({ length: 50 }, (_, index) => ({ items: [index], next: String(index + 1) }));
    const byPages = listing(endless, { maxPages: 10, maxRecords: 1_000 });
    await expect(byPages.listing.toArray()).rejects.toThrow(/more than 10 pages/);
    expect(byPages.reads).toHaveLength(10);
    const byRecords = listing(endless, { maxPages: 1_000, maxRecords: 20 });
    await expect(byRecords.listing.toArray()).rejects.toThrow(/more than 20 records/);
  });

  it('can prove that it is complete', async () => {
    const short = listing([
      { items: [1, 2], total: 3, next: '1' },
      { items: [2], total: 3 },
    ]).listing;
    expect(await short.toArray()).toEqual([1, 2]);
    await expect(short.toArray({ complete: true })).rejects.toMatchObject({
      code: 'cloud.listing-incomplete',
      retryable: true,
      details: { records: 2, total: 3 },
    });
    const full = listing([{ items: [1, 2], total: 2 }]).listing;
    expect(await full.toArray({ complete: true })).toEqual([1, 2]);
    expect(await listing([{ items: [1] }]).listing.toArray({ complete: true })).toEqual([1]);
  });

  it('passes an error of a page on', async () => {
    const broken = new Listing<number>({
      operation: 'getThings',
      idOf: String,
      read: () => Promise.reject(new Error('broken')),
    });
    await expect(broken.toArray()).rejects.toThrow('broken');
  });
});
