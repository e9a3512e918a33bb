/** A listing of the cloud as an async iterable that always ends and can prove that it is complete. */
import { CloudError } from './errors.ts';

export interface ListingLimits {
  /** Pages after which the listing ends with an error. */
  readonly maxPages: number;
  /** Records after which the listing ends with an error. */
  readonly maxRecords: number;
}

/** 2,000 pages of 100, or 400 pages of 500: far above any organisation, far below for ever. */
export const defaultListingLimits: ListingLimits = { maxPages: 2000, maxRecords: 200_000 };

export interface ListingPage<T> {
  readonly items: readonly T[];
  /** Number of records of the whole listing, if the cloud names it. */
  readonly total?: number | undefined;
  /** What `read` needs for the next page; undefined on the last one. */
  readonly next?: string | undefined;
}

export interface ListingSource<T> {
  readonly operation: string;
  readonly limits?: ListingLimits | undefined;
  /** Identity of a record, by which repeated ones are recognised. */
  readonly idOf: (item: T) => string;
  /** Reads one page; `cursor` is undefined for the first. */
  readonly read: (cursor: string | undefined) => Promise<ListingPage<T>>;
}

/** Each iteration reads anew, one page at a time, when it gets there. */
export class Listing<T> implements AsyncIterable<T> {
  readonly #source: ListingSource<T>;

  constructor(source: ListingSource<T>) {
    this.#source = source;
  }

  /** The records one by one, each once, even if a page shift shows one twice. */
  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for await (const page of this.pages()) yield* page.items;
  }

  /**
   * Page by page; `items` holds only records that no earlier page had.
   * @throws CloudError `cloud.listing-endless` when a limit is passed or pages come again
   */
  async *pages(): AsyncGenerator<ListingPage<T>, void, void> {
    const { maxPages, maxRecords } = this.#source.limits ?? defaultListingLimits;
    const seen = new Set<string>();
    const cursors = new Set<string>();
    let cursor: string | undefined;
    for (let pages = 1; ; pages++) {
      const page = await this.#source.read(cursor);
      const fresh = page.items.filter((item) => {
        const id = this.#source.idOf(item);
        return seen.has(id) ? false : seen.add(id) !== undefined;
      });
      // The last page may hold a shifted record only; a page in the middle cannot.
      if (page.next !== undefined && fresh.length === 0)
        throw this.#endless('a page holds only known records');
      if (seen.size > maxRecords) throw this.#endless(`more than ${maxRecords} records`);
      yield { ...page, items: fresh };
      cursor = page.next;
      if (cursor === undefined) return;
      if (cursors.has(cursor)) throw this.#endless('a page token came again');
      cursors.add(cursor);
      if (pages >= maxPages) throw this.#endless(`more than ${maxPages} pages`);
    }
  }

  /**
   * All records.
   * @param options.complete also check that no fewer records came than the last page named as total
   * @throws CloudError `cloud.listing-incomplete` (worth a repeat) if the check fails
   */
  async toArray(options: { readonly complete?: boolean } = {}): Promise<T[]> {
    const items: T[] = [];
    let total: number | undefined;
    for await (const page of this.pages()) {
      items.push(...page.items);
      total = page.total ?? total;
    }
    if (options.complete === true && total !== undefined && items.length < total) {
      throw new CloudError(
        'cloud.listing-incomplete',
        `${this.#source.operation} gave ${items.length} of ${total} records`,
        { operation: this.#source.operation, retryable: true, details: { records: items.length, total } },
      );
    }
    return items;
  }

  #endless(why: string): CloudError {
    return new CloudError('cloud.listing-endless', `${this.#source.operation} does not end: ${why}`, {
      operation: this.#source.operation,
    });
  }
}
