/** The two ways in which the cloud pages its listings: by page number and by cursor. */
import { z } from 'zod';
import {
  type Caller,
  type CallOptions,
  type CallParts,
  type Operation,
  operation,
  type Priority,
} from './call.ts';
import { Listing, type ListingLimits } from './listing.ts';

export interface ListOptions extends CallOptions {
  /** Records per page; the largest that the operation takes if absent. */
  readonly pageSize?: number | undefined;
  readonly limits?: ListingLimits | undefined;
}

/** A paged answer; every member is optional in the public definition. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.looseObject({
    entities: z.array(item).optional(),
    total: z.number().optional(),
    pageCount: z.number().optional(),
    pageSize: z.number().optional(),
    nextUri: z.string().optional(),
    cursor: z.string().optional(),
  });
}

export type PageOf<T> = {
  readonly entities?: T[] | undefined;
  readonly total?: number | undefined;
  readonly pageCount?: number | undefined;
  readonly pageSize?: number | undefined;
  readonly nextUri?: string | undefined;
  readonly cursor?: string | undefined;
};

/** Describes a GET that answers with pages of `item`. */
export function listOperation<Item extends z.ZodType>(
  name: string,
  path: string,
  item: Item,
  more: { readonly timeoutMs?: number; readonly priority?: Priority } = {},
): Operation<PageOf<z.output<Item>>> {
  // Pages of up to 500 expanded records take the cloud seconds: twice the usual time.
  return operation<PageOf<z.output<Item>>>({
    name,
    method: 'GET',
    path,
    answer: pageOf(item) as unknown as z.ZodType<PageOf<z.output<Item>>>,
    timeoutMs: 20_000,
    ...more,
  });
}

interface Records<T> {
  readonly caller: Caller;
  readonly operation: Operation<PageOf<T>>;
  readonly parts: CallParts;
  readonly options: ListOptions | undefined;
  readonly pageSize: number;
  readonly idOf: (item: T) => string;
}

/**
 * A listing by `pageNumber`. It ends at `pageCount`; without one at `total`; without that (queue members) at an
 * empty page or when no `nextUri` is given.
 */
export function byPageNumber<T>(r: Records<T>): Listing<T> {
  const pageSize = r.options?.pageSize ?? r.pageSize;
  return new Listing<T>({
    operation: r.operation.name,
    limits: r.options?.limits,
    idOf: r.idOf,
    async read(cursor) {
      const pageNumber = cursor === undefined ? 1 : Number(cursor);
      const query = { ...r.parts.query, pageSize, pageNumber };
      const page = await r.caller.call(r.operation, { ...r.parts, query }, r.options);
      const items = page.entities ?? [];
      const read = (pageNumber - 1) * (page.pageSize ?? pageSize) + items.length;
      const next = hasMore(page, pageNumber, items.length, read) ? String(pageNumber + 1) : undefined;
      return { items, total: page.total, next };
    },
  });
}

function hasMore(page: PageOf<unknown>, pageNumber: number, count: number, read: number): boolean {
  if (count === 0) return false;
  if (page.pageCount !== undefined) return pageNumber < page.pageCount;
  if (page.nextUri !== undefined) return true;
  return page.total !== undefined && read < page.total;
}

/** A listing by `cursor`: each page names the cursor of the next. */
export function byCursor<T>(r: Records<T>): Listing<T> {
  const pageSize = r.options?.pageSize ?? r.pageSize;
  return new Listing<T>({
    operation: r.operation.name,
    limits: r.options?.limits,
    idOf: r.idOf,
    async read(cursor) {
      const query = { ...r.parts.query, pageSize, cursor };
      const page = await r.caller.call(r.operation, { ...r.parts, query }, r.options);
      const items = page.entities ?? [];
      return { items, total: page.total, next: items.length === 0 ? undefined : page.cursor };
    },
  });
}
