/** What every service answers about itself: readiness, overview, audit, and the session of its console. */
import { z } from 'zod';
import { time, withExample } from './answer.ts';

const dependency = z.object({
  name: z.string(),
  up: z.boolean(),
  since: z.string().describe('When it came up or went down, ISO 8601.'),
  detail: z.string().optional().describe('Why; only for a caller who may read `/api`.'),
  required: z.boolean().describe('Whether the service is not ready without it.'),
});

const redis = {
  name: 'redis',
  up: true,
  since: '2026-01-05T06:58:12.402Z',
  detail: 'ok',
  required: true,
};

const readinessFields = z.object({
  ready: z.boolean(),
  active: z.boolean().optional().describe('Whether this instance does the work; false on a standby.'),
  stopping: z.boolean(),
  dependencies: z.array(dependency),
});

export const readinessAnswer = withExample(readinessFields, {
  ...{ ready: true, active: true, stopping: false },
  dependencies: [redis],
});

const minute = z.object({
  at: z.string().describe('End of the minute, ISO 8601.'),
  requests: z.number(),
  delayMedian: z.number().nullable().describe('Seconds within which half was delivered; null: nothing was.'),
  delayHigh: z.number().nullable().describe('The same for 95 of 100.'),
});

export const overviewAnswer = withExample(
  readinessFields.extend({
    dependencies: z.array(dependency.extend({ detail: z.string() })),
    service: z.string(),
    version: z.string(),
    instanceId: z.string(),
    startedAt: time,
    budget: z.object({
      perMinute: z
        .number()
        .describe('Requests to Genesys Cloud that may be sent in any minute; 0 while none is known.'),
      usedInLastMinute: z.number(),
    }),
    delayOf: z.string().describe('What the delays of the minutes are of.'),
    minutes: z
      .array(minute)
      .describe('The last hour, oldest first; in memory since the start of the service.'),
  }),
  {
    ...{ ready: true, active: true, stopping: false, dependencies: [redis] },
    ...{ service: 'excp', version: '1.4.0', instanceId: 'excp-1', startedAt: '2026-01-05T06:58:11.000Z' },
    budget: { perMinute: 285, usedInLastMinute: 41 },
    delayOf: 'From the event of the SIP Server until Genesys Cloud has accepted it',
    minutes: [{ at: '2026-01-05T08:00:00.000Z', requests: 41, delayMedian: 0.09, delayHigh: 0.4 }],
  },
);

export const auditEntryAnswer = withExample(
  z.object({
    at: time,
    who: z.string().describe('Name of the token, as `name=token` gives it.'),
    address: z.string(),
    requestId: z.string(),
    what: z.string(),
    outcome: z.enum(['done', 'refused', 'failed']),
    status: z.number().describe('Of the answer.'),
  }),
  {
    ...{ at: '2026-01-05T08:00:00.000Z', who: 'anna', address: '10.0.0.7' },
    requestId: 'exop-anna-5a0d8f3c-9f3e-4d29-8d0a-0a3f1d8e7b61',
    ...{ what: 'Plan 1f0c2ab94d55 approved', outcome: 'done', status: 202 },
  },
);

/** Of `console/session`, which is no part of the REST interface. */
export const sessionAnswer = z.object({
  service: z.enum(['excs', 'exas', 'excp']),
  version: z.string(),
  instanceId: z.string(),
  right: z.enum(['operator', 'reader']),
  name: z.string(),
  loggedIn: z.boolean().describe('Whether it can be ended: without a token there is nothing to log out of.'),
  offers: z.array(z.string()).describe('Paths below `/api/v1` that this service answers.'),
  links: z.array(z.object({ name: z.string(), url: z.string() })),
});
