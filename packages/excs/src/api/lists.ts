/** Lists in memory as pages: found by a text, from a position on. */
import { z } from 'zod';

export const listQuery = z.strictObject({
  q: z.string().max(255).optional().describe('Only what has this text, in any case.'),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional()
    .describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(1_000).optional().describe('Items per page.'),
});

/** What holds the text in one of its own, in any case; everything for none. */
export function filtered<T>(
  all: readonly T[],
  q: string | undefined,
  textsOf: (item: T) => readonly (string | undefined)[],
): readonly T[] {
  const wanted = q?.trim().toLowerCase() ?? '';
  if (wanted === '') return all;
  return all.filter((item) => textsOf(item).some((text) => text?.toLowerCase().includes(wanted) === true));
}

/** Without a limit everything from the cursor on. */
export function partOf<T>(
  list: readonly T[],
  cursor: string | undefined,
  limit: number | undefined,
): { readonly items: readonly T[]; readonly next: string | null } {
  const from = Number(cursor ?? 0);
  const to = limit === undefined ? list.length : from + limit;
  return { items: list.slice(from, to), next: to < list.length ? String(to) : null };
}
