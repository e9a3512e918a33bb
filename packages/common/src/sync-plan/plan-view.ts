/** A plan of EXCS as its REST interface answers it: what showing it to people takes. */
import { z } from 'zod';

const object = z.looseObject({ kind: z.string(), dbid: z.number(), name: z.string() });

const operation = z.looseObject({
  kind: z.string(),
  operation: z.string(),
  engage: object.extend({ path: z.string().optional() }),
  reason: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});

export const planView = z.looseObject({
  planId: z.string(),
  createdAt: z.string(),
  drift: z.boolean(),
  billableUsers: z.number(),
  waitingForSecondRead: z.number(),
  stopped: z.string().optional(),
  review: z.looseObject({ detail: z.string() }).optional(),
  conflicts: z.array(
    z.looseObject({ reason: z.string(), object: object.extend({ path: z.string() }), detail: z.string() }),
  ),
  operations: z.array(operation),
});

type Deep<T> = T extends readonly (infer Item)[]
  ? readonly Deep<Item>[]
  : T extends object
    ? { readonly [Key in keyof T as string extends Key ? never : Key]: Deep<T[Key]> }
    : T;

/** Without what a plan holds beyond this. */
export type PlanView = Deep<z.output<typeof planView>>;
export type OperationView = PlanView['operations'][number];
