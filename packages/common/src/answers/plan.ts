/** What EXCS answers about its newest plan: whole, as a summary, or its operations in pages. */
import { z } from 'zod';
import { type Answer, exampleOf, time, withExample } from './answer.ts';

const planId = '1f0c2ab94d55';
const createdAt = '2026-01-05T08:00:00.000Z';

export const reviewFields = z.object({
  reason: z.enum(['first-plan', 'every-plan', 'creations']),
  detail: z.string().describe('What it waits for, and what to do.'),
});

const engageObject = z.object({ kind: z.string(), dbid: z.number(), name: z.string() });

export const operationAnswer = withExample(
  z
    .looseObject({
      id: z.string(),
      type: z.string().describe('Kind and operation, `user.create`.'),
      kind: z.string(),
      operation: z.string(),
      engage: engageObject.extend({ path: z.string().optional().describe('Where it lies in Engage.') }),
      cloudId: z.string().nullable(),
      reason: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
    })
    .describe('With what carrying it out needs, which depends on its type.'),
  {
    ...{ id: 'user/create/1042', type: 'user.create', kind: 'user', operation: 'create' },
    engage: {
      ...{ kind: 'person', dbid: 1042, name: 'Anna Berger' },
      path: '/Resources/Persons/EX_EVOLUTION/anna.berger',
    },
    ...{ cloudId: null, reason: 'new in Engage', before: null },
    after: 'Anna Berger <anna.berger@example.com> agent',
  },
);
export type OperationAnswer = Answer<typeof operationAnswer>;

const countsByType = z.record(z.string(), z.number()).describe('Operations by type, `user.create`.');

const whole = z.object({
  planId: z.string(),
  createdAt: time,
  drift: z.boolean().describe('Whether the EX organisation was read for it.'),
  billableUsers: z.number().describe('Users that it creates, activates or restores.'),
  waitingForSecondRead: z.number().describe('Removals that wait until a second read shows the same.'),
  stopped: z.string().optional().describe('Why it may not be applied.'),
  review: reviewFields.optional(),
  counts: countsByType,
  gone: z.object({ persons: z.array(z.number()), queues: z.array(z.number()) }).describe('DBIDs.'),
  conflicts: z.array(
    z.object({ reason: z.string(), object: engageObject.extend({ path: z.string() }), detail: z.string() }),
  ),
  operations: z.array(operationAnswer),
});

export const planAnswer = withExample(whole, {
  ...{ planId, createdAt, drift: true, billableUsers: 1, waitingForSecondRead: 0 },
  review: { reason: 'first-plan', detail: `The first plan waits for approval: ${planId}.` },
  ...{ counts: { 'user.create': 1 }, gone: { persons: [], queues: [] }, conflicts: [] },
  operations: [exampleOf(operationAnswer)],
});

export const planSummaryAnswer = withExample(
  whole
    .pick({ planId: true, createdAt: true, drift: true, billableUsers: true, waitingForSecondRead: true })
    .extend({
      counts: countsByType,
      operations: z.number(),
      stopped: z.string().nullable(),
      review: reviewFields.nullable(),
      demands: z
        .array(
          z.object({
            limit: z.string(),
            inPlan: z.number(),
            before: z.number().describe('Applied within the last 24 hours, beside those of this plan.'),
            most: z.number().nullable().describe('Null: no limit.'),
          }),
        )
        .describe('What it asks of each safety limit.'),
      allowance: z
        .object({
          deactivations: z.number().optional(),
          removals: z.number().optional(),
          creations: z.number().optional(),
        })
        .describe('The numbers that an allowance for this plan has to name.'),
    }),
  {
    ...{ planId, createdAt, drift: true, billableUsers: 1, waitingForSecondRead: 0, operations: 1 },
    ...{ counts: { 'user.create': 1 }, stopped: null, review: null, allowance: { creations: 1 } },
    demands: [{ limit: 'creations', inPlan: 1, before: 0, most: 50 }],
  },
);
