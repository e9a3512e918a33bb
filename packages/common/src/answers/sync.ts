/** What EXCS answers about its synchronisation: `/api/v1/sync` and what is below it, but for the plan. */
import { z } from 'zod';
import { time, withExample } from './answer.ts';
import { reviewFields } from './plan.ts';

const planId = '1f0c2ab94d55';
const startedAt = '2026-01-05T08:00:00.000Z';
const endedAt = '2026-01-05T08:01:12.000Z';

const counts = z.object({
  persons: z.number(),
  skills: z.number(),
  queues: z.number(),
  users: z.number().describe('Persons that are mapped.'),
  mappedSkills: z.number(),
  mappedQueues: z.number(),
  wrapupValues: z.number().describe('Values of the business attribute that can be mapped.'),
  wrapupCodes: z.number(),
  clampedLevels: z.number().describe('Skill levels above the highest one, which were cut.'),
});

const lastCycle = z.object({
  startedAt: time,
  endedAt: time,
  planId: z.string().nullable(),
  operations: z.number(),
  done: z.number(),
  failed: z.number(),
  outcome: z.enum(['unchanged', 'complete', 'interrupted', 'stopped', 'waiting', 'failed']),
  detail: z.string().optional(),
});

export const syncAnswer = withExample(
  z.object({
    state: z
      .enum([
        'standby',
        'idle',
        'reading',
        'comparing',
        'applying',
        'paused',
        'waiting-for-approval',
        'stopped',
        'failing',
      ])
      .describe('`stopped`: a limit or a wrong setting; `failing`: the next cycle tries again.'),
    active: z.boolean().describe('Whether this instance synchronises.'),
    paused: z.boolean(),
    stopped: z
      .object({ reason: z.string(), detail: z.string() })
      .nullable()
      .describe('Why plans are not applied at present.'),
    review: reviewFields
      .extend({
        planId: z.string(),
        operations: z.number(),
        billableUsers: z.number(),
        counts: z.record(z.string(), z.number()).describe('Operations by type, `user.create`.'),
      })
      .nullable()
      .describe('The plan that waits for approval.'),
    running: z
      .object({
        startedAt: time,
        progress: z
          .object({
            total: z.number(),
            done: z.number(),
            etaSeconds: z.number().describe('Until the rest is done at the rate of the budget.'),
          })
          .nullable(),
      })
      .nullable(),
    last: lastCycle.nullable().describe('The last cycle that did something.'),
    lastSuccessAt: time.nullable().describe('End of the last cycle that left nothing to do.'),
    planId: z.string().nullable(),
    counts: counts.nullable(),
    waitingForSecondRead: z.number().describe('Removals that wait until a second read shows the same.'),
    refusedKinds: z.array(z.object({ kind: z.string(), detail: z.string() })),
    conflicts: z.number(),
    orphans: z.number(),
    oldestCheckAt: time.nullable().describe('Of the oldest check object by object.'),
    failing: z
      .array(z.object({ id: z.string(), tries: z.number(), nextTryAt: time, reason: z.string() }))
      .describe('Operations that the cloud refuses, at most 100.'),
    failingCount: z.number(),
  }),
  {
    ...{ state: 'idle', active: true, paused: false, stopped: null, review: null, running: null },
    last: { startedAt, endedAt, planId, operations: 12, done: 12, failed: 0, outcome: 'complete' },
    ...{ lastSuccessAt: endedAt, planId, waitingForSecondRead: 0, refusedKinds: [] },
    counts: {
      ...{ persons: 200, skills: 14, queues: 9, users: 198, mappedSkills: 14, mappedQueues: 9 },
      ...{ wrapupValues: 12, wrapupCodes: 12, clampedLevels: 0 },
    },
    ...{ conflicts: 2, orphans: 0, oldestCheckAt: startedAt, failing: [], failingCount: 0 },
  },
);

export const runAnswer = withExample(
  z.object({
    id: z.string(),
    mode: z.enum(['plan', 'apply']),
    state: z.enum(['running', 'done', 'stopped', 'failed']),
    planId: z.string().nullable(),
    startedAt: time,
    endedAt: time.nullable(),
    counts: z
      .record(z.string(), z.number())
      .describe('Operations by type; after an application `done`, `skipped` and `failed`.'),
    detail: z.string().optional(),
  }),
  {
    ...{ id: '7d1d1a52-3c6e-4d2f-9a55-0a9f3c3a7c10', mode: 'apply', state: 'done', planId },
    ...{ startedAt, endedAt, counts: { done: 12, skipped: 0, failed: 0 } },
  },
);

export const conflictAnswer = withExample(
  z.object({
    reason: z.string().describe('Stable code; the mapping rules list them.'),
    detail: z.string(),
    remedy: z.string().describe('What to do about it.'),
    kind: z.string().optional().describe('Of the object in Engage.'),
    dbid: z.number().optional(),
    name: z.string().optional(),
    path: z.string().optional().describe('Where it lies in Engage.'),
    operation: z.string().optional().describe('Of what the cloud refuses: the operation.'),
    tries: z.number().optional().describe('Of what the cloud refuses: how often it was tried.'),
  }),
  {
    ...{ reason: 'person.no-email', kind: 'person', dbid: 1042, name: 'Anna Berger' },
    path: '/Resources/Persons/EX_EVOLUTION/anna.berger',
    detail: 'The person has no e-mail address.',
    remedy: 'Enter an e-mail address in Engage, or set DEFAULT_EMAIL_DOMAIN.',
  },
);

export const orphanAnswer = withExample(
  z.object({
    type: z.enum(['skill', 'wrapup-code', 'queue']),
    cloudId: z.string(),
    name: z.string(),
    dbid: z.number().describe('Of the object of Engage that it stood for.'),
    reason: z.string(),
  }),
  {
    ...{ type: 'skill', cloudId: '0e4f0a6a-35a3-4f3c-8b0e-1c7e60c9d0f4', name: 'Latin', dbid: 311 },
    reason: 'deleted, disabled or out of scope in Engage',
  },
);

export const pausedAnswer = withExample(z.object({ paused: z.boolean() }), { paused: true });

export const emptyTableAnswer = withExample(z.object({ table: z.string() }), { table: 'cfg_group' });
