/** How an answer of a service is declared: a schema with an example, from which types, checks and pages are made. */
import { z } from 'zod';

/** What a schema lets out, as those see it who only read: without the fields that it lets pass unnamed. */
export type Answer<S extends z.ZodType> = Deep<z.output<S>>;

type Deep<T> = T extends readonly (infer Item)[]
  ? readonly Deep<Item>[]
  : T extends object
    ? {
        readonly [Key in keyof T as string extends Key ? (unknown extends T[Key] ? never : Key) : Key]: Deep<
          T[Key]
        >;
      }
    : T;

/** The schema with an example that the description of the interface shows. */
export function withExample<S extends z.ZodType>(schema: S, example: z.input<S>): S {
  return schema.meta({ ...schema.meta(), examples: [example] });
}

/** @throws Error when the schema has none */
export function exampleOf<S extends z.ZodType>(schema: S): z.input<S> {
  const example = (schema.meta()?.examples as readonly unknown[] | undefined)?.[0];
  if (example === undefined) throw new Error('The schema has no example');
  return example as z.input<S>;
}

/** Part of a list; its example has the one of the item. */
export function pageOf<S extends z.ZodType>(item: S) {
  const page = z.object({
    items: z.array(item),
    next: z.string().nullable().describe('The `cursor` of the next page; null: this is the last one.'),
  });
  return withExample(page, { items: [exampleOf(item)], next: null } as z.input<typeof page>);
}

/** A part that says how much all parts have together. */
export function countedPageOf<S extends z.ZodType>(item: S) {
  const page = pageOf(item).extend({ total: z.number().describe('Items on all pages together.') });
  return withExample(page, { items: [exampleOf(item)], next: null, total: 1 } as z.input<typeof page>);
}

/** A time, ISO 8601 in UTC. */
export const time = z.string().describe('ISO 8601, UTC.');
