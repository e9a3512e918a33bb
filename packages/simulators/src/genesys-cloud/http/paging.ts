/** Pages of a listing with the links and totals that the published shapes have. */
import type { Answer, ApiCall } from './handler.ts';
import { ok } from './handler.ts';

/** By page number, with totals. */
export function page<Item>(call: ApiCall, items: readonly Item[], show: (item: Item) => unknown): Answer {
  const { pageSize, pageNumber } = wanted(call);
  const total = items.length;
  const pageCount = Math.ceil(total / pageSize);
  const uri = (number: number) => pageUri(call, pageSize, number);
  return ok({
    entities: cut(items, pageSize, pageNumber).map(show),
    pageSize,
    pageNumber,
    total,
    pageCount,
    firstUri: uri(1),
    selfUri: uri(pageNumber),
    ...(pageCount > 0 ? { lastUri: uri(pageCount) } : {}),
    ...(pageNumber < pageCount ? { nextUri: uri(pageNumber + 1) } : {}),
    ...(pageNumber > 1 ? { previousUri: uri(pageNumber - 1) } : {}),
  });
}

/** By page number, without `total`, `pageCount` and `lastUri`. */
export function pageWithoutTotals<Item>(
  call: ApiCall,
  items: readonly Item[],
  show: (item: Item) => unknown,
): Answer {
  const { pageSize, pageNumber } = wanted(call);
  const uri = (number: number) => pageUri(call, pageSize, number);
  return ok({
    entities: cut(items, pageSize, pageNumber).map(show),
    pageSize,
    pageNumber,
    firstUri: uri(1),
    selfUri: uri(pageNumber),
    ...(items.length > pageSize * pageNumber ? { nextUri: uri(pageNumber + 1) } : {}),
    ...(pageNumber > 1 ? { previousUri: uri(pageNumber - 1) } : {}),
  });
}

/** By page number, with totals, without links. */
export function pageWithoutLinks<Item>(
  call: ApiCall,
  items: readonly Item[],
  show: (item: Item) => unknown,
): Answer {
  const { pageSize, pageNumber } = wanted(call);
  const entities = cut(items, pageSize, pageNumber).map(show);
  const pageCount = Math.ceil(items.length / pageSize);
  return ok({ entities, pageSize, pageNumber, total: items.length, pageCount });
}

/** Everything at once. */
export function whole<Item>(call: ApiCall, items: readonly Item[], show: (item: Item) => unknown): Answer {
  return ok({ total: items.length, entities: items.map(show), selfUri: call.path });
}

function wanted(call: ApiCall): { readonly pageSize: number; readonly pageNumber: number } {
  return { pageSize: call.query.integer('pageSize', 25), pageNumber: call.query.integer('pageNumber', 1) };
}

function cut<Item>(items: readonly Item[], pageSize: number, pageNumber: number): readonly Item[] {
  return items.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
}

/** Relative to the host, as the published links seem to be. */
function pageUri(call: ApiCall, pageSize: number, pageNumber: number): string {
  const search = new URLSearchParams(call.query.raw);
  search.set('pageSize', String(pageSize));
  search.set('pageNumber', String(pageNumber));
  return `${call.path}?${search}`;
}
