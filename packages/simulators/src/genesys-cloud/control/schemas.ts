/** What the control REST takes in, checked at the edge. */
import { z } from 'zod';
import { eventKinds } from '../events/kinds.ts';
import type { FaultRule } from '../faults.ts';
import type { Quirks } from '../options.ts';

const milliseconds = z.number().min(0).max(86_400_000);
const httpStatus = z.number().int().min(400).max(599);

const eventKind = z.enum(eventKinds);

const fault = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('rate-limited'),
    retryAfter: z.union([z.number(), z.string()]).nullable().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('status'),
    status: httpStatus,
    code: z.string().exactOptional(),
    message: z.string().exactOptional(),
    retryAfter: z.union([z.number(), z.string()]).exactOptional(),
    applied: z.boolean().exactOptional(),
  }),
  z.strictObject({ kind: z.literal('bad-gateway'), applied: z.boolean().exactOptional() }),
  z.strictObject({ kind: z.literal('reset'), when: z.enum(['before', 'after']) }),
  z.strictObject({
    kind: z.literal('slow'),
    ms: milliseconds,
    when: z.enum(['before', 'after']).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('hang'), applied: z.boolean().exactOptional() }),
  z.strictObject({ kind: z.literal('garbage'), body: z.string().exactOptional() }),
  z.strictObject({
    kind: z.literal('event-errors'),
    retryable: z.boolean().optional(),
    message: z.string().exactOptional(),
    match: z
      .strictObject({
        kinds: z.array(eventKind).exactOptional(),
        eventIds: z.array(z.string()).exactOptional(),
        subjects: z.array(z.string()).exactOptional(),
      })
      .exactOptional(),
  }),
  z.strictObject({ kind: z.literal('login-refused') }),
  z.strictObject({ kind: z.literal('login-throttled') }),
]);

/** `times` null: until it is cancelled. */
export const faultRule = z
  .strictObject({
    operation: z.union([z.string(), z.array(z.string())]).exactOptional(),
    clientId: z.string().exactOptional(),
    times: z
      .number()
      .int()
      .min(1)
      .nullable()
      .transform((times) => times ?? Number.POSITIVE_INFINITY)
      .exactOptional(),
    after: z.number().int().min(0).exactOptional(),
    minEvents: z.number().int().min(1).exactOptional(),
    fault,
  })
  .transform((rule): FaultRule => ({ ...rule, fault: { ...rule.fault } as FaultRule['fault'] }));

export const quirkChange = z.strictObject({
  repeatMode: z.enum(['dedupe', 'refuse-repeat']).exactOptional(),
  tokenLifetimeSeconds: z.number().min(0).exactOptional(),
  rateLimitHeaders: z.boolean().exactOptional(),
  versionConflict: z.enum(['status-409', 'status-400']).exactOptional(),
  duplicateStatus: z.union([z.literal(409), z.literal(400)]).exactOptional(),
  externalIdAnswer: z.enum(['object', 'array']).exactOptional(),
  noEventErrors: z.enum(['empty', 'null', 'absent']).exactOptional(),
  eventErrorRetryable: z.boolean().exactOptional(),
  visibilityDelayMs: milliseconds.exactOptional(),
  visibilityJitterMs: milliseconds.exactOptional(),
  searchDelayMs: milliseconds.exactOptional(),
  queueDeleteDelayMs: milliseconds.exactOptional(),
  eventLatencyMs: milliseconds.exactOptional(),
  futureToleranceMs: milliseconds.exactOptional(),
}) satisfies z.ZodType<Partial<Quirks>>;

export const outageRequest = z.strictObject({ durationMs: milliseconds.exactOptional() });
export const revocation = z.strictObject({ clientId: z.string().exactOptional() });

export const eventQuery = z.strictObject({
  outcome: z.enum(['accepted', 'refused']).default('accepted'),
  kind: eventKind.exactOptional(),
  subject: z.string().exactOptional(),
  limit: z.coerce.number().int().min(1).max(100_000).default(1_000),
});

export const conversationQuery = z.strictObject({
  interactionId: z.string().exactOptional(),
  state: z.enum(['open', 'ended']).exactOptional(),
});
