/**
 * A plan as JSON: what the REST interface and the command `plan` show is all of it, so that it can be stored, read back
 * and carried out elsewhere.
 */
import { asId, type Dbid } from '@exec/common/ids';
import { z } from 'zod';
import { conflictReasons, type EngageKind, type EngageObject, engageKinds } from '../desired/model.ts';
import { labelsOf, type Operation, operationSchema } from './operation.ts';
import { planCounts, type StoredPlan } from './plan.ts';
import { reviewReasons } from './review.ts';

/**
 * What is not set is `null`, or absent where it may be; sets are lists.
 *
 * @rule The JSON of a plan is all of it: read back it does the same elsewhere.
 * @test plan-json.test.ts: is the plan itself, whatever its operations are
 * @test plan-json.test.ts: carried out elsewhere leaves the same cloud, the same state and the same store
 */
export function planJson(plan: StoredPlan) {
  return {
    planId: plan.id,
    createdAt: new Date(plan.createdAt).toISOString(),
    drift: plan.drift,
    billableUsers: plan.billableUsers,
    waitingForSecondRead: plan.waiting,
    ...(plan.stop === undefined ? {} : { stopped: plan.stop.detail }),
    ...(plan.review === undefined ? {} : { review: plan.review }),
    counts: planCounts(plan.operations),
    gone: { persons: [...plan.gone.persons], queues: [...plan.gone.queues] },
    conflicts: plan.conflicts,
    operations: plan.operations.map((operation) => operationJson(plan, operation)),
  };
}

export function operationJson(plan: StoredPlan, operation: Operation) {
  const { engage, cloudId, before, after } = operation;
  const path = plan.describe(engage.kind, engage.dbid)?.path;
  return {
    ...operation,
    ...labelsOf(operation.type),
    engage: { ...engage, ...(path === undefined ? {} : { path }) },
    cloudId: cloudId ?? null,
    before: before ?? null,
    after: after ?? null,
  };
}

const dbid = z.int().transform((value) => asId<Dbid>(value));
const setOfDbids = z.array(dbid).transform((list): ReadonlySet<Dbid> => new Set(list));
const engageObject = z.object({ kind: z.enum(engageKinds), dbid, name: z.string(), path: z.string() });
const stored = z.object({
  planId: z.string(),
  createdAt: z.iso.datetime(),
  drift: z.boolean(),
  billableUsers: z.int(),
  waitingForSecondRead: z.int(),
  stopped: z.string().optional(),
  review: z.object({ reason: z.enum(reviewReasons), detail: z.string() }).optional(),
  gone: z.object({ persons: setOfDbids, queues: setOfDbids }),
  conflicts: z.array(z.object({ reason: z.enum(conflictReasons), object: engageObject, detail: z.string() })),
  operations: z.array(operationSchema),
});
/** Where the objects of the operations lie, for those that have a path. */
const paths = z.object({ operations: z.array(z.object({ engage: engageObject.partial({ path: true }) })) });

/**
 * Reads back what `planJson` made.
 *
 * @throws ZodError that names the first field which is not of a plan
 */
export function parsePlan(json: unknown): StoredPlan {
  const plan = stored.parse(json);
  const objects = new Map<string, EngageObject>();
  for (const { engage } of paths.parse(json).operations)
    if (engage.path !== undefined)
      objects.set(`${engage.kind}/${engage.dbid}`, { ...engage, path: engage.path });
  return {
    id: plan.planId,
    createdAt: Date.parse(plan.createdAt),
    drift: plan.drift,
    operations: plan.operations,
    gone: plan.gone,
    billableUsers: plan.billableUsers,
    waiting: plan.waitingForSecondRead,
    conflicts: plan.conflicts,
    stop: plan.stopped === undefined ? undefined : { detail: plan.stopped },
    review: plan.review,
    describe: (kind: EngageKind, about: Dbid) => objects.get(`${kind}/${about}`),
  };
}
