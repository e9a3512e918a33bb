/** What EXCP answers about conversations, and about what it has set aside. */
import { z } from 'zod';
import { exampleOf, pageOf, time, withExample } from './answer.ts';

const callUuid = '01BM1RSUFS8NT1TJ0JG1JG5CB0000B3L';
const conversationId = '9d2c7f0a-2b0e-4a57-8c6f-0e6a5f2f7b13';
const site = 'SIP_Switch';
const at = '2026-01-05T08:00:02.000Z';

export const conversationSummaryAnswer = withExample(
  z.object({
    callUuid: z.string(),
    site: z.string(),
    conversationId: z.string(),
    calls: z.array(
      z.object({ site: z.string(), callUuid: z.string(), type: z.string(), ended: z.boolean() }),
    ),
    state: z
      .enum(['untold', 'open', 'over'])
      .describe(
        '`untold`: no mapped queue or agent has taken part. `over`: kept for a disposition until its time is up.',
      ),
    startedAt: z.string().optional().describe('Begin of its first call, ISO 8601.'),
    endedAt: z.string().optional(),
    agents: z.array(z.string()).describe('Employee IDs; the ID of the user where none is mapped any more.'),
    queues: z.array(z.string()).describe('Names of the queues.'),
  }),
  {
    ...{ callUuid, site, conversationId, state: 'open', startedAt: '2026-01-05T08:00:00.000Z' },
    calls: [{ site, callUuid, type: 'Inbound', ended: false }],
    ...{ agents: ['E1042'], queues: ['Sales'] },
  },
);

export const legAnswer = z.object({
  leg: z.string(),
  kind: z.string(),
  userId: z.string().optional(),
  queueId: z.string().optional(),
  name: z.string().optional().describe('Employee ID or name of the queue.'),
  answeredAt: z.string().optional(),
  consult: z.boolean().optional().describe('Whether it was called in a consultation.'),
  state: z.enum(['alerting', 'connected', 'held', 'leaving', 'ended']),
  establishedAt: z.string(),
  endedAt: z.string().optional(),
});

const eventAnswer = z.object({ event: z.string(), eventId: z.string(), at: z.string() });

export const shownEventAnswer = eventAnswer.extend({
  state: z.enum(['accepted', 'waiting', 'refused']),
  leg: z.string().optional(),
  target: z.string().optional().describe('Of a transfer: the leg that it leads to.'),
  sentAt: z.string().optional().describe('When the cloud accepted it.'),
  reason: z.string().optional(),
});

const established = {
  event: 'routingEstablishedEvents',
  eventId: '3f3c6d0e-8a5c-4e0e-b5d7-5f0a2f6c1d42',
  at,
};

export const conversationAnswer = withExample(
  conversationSummaryAnswer.extend({
    legs: z.array(legAnswer),
    told: z.object({ last: z.string().nullable().describe('Time of the last event that was made.') }),
    waiting: z.array(eventAnswer),
    numbers: z
      .array(z.object({ what: z.string(), number: z.string() }))
      .describe('Numbers of the calls, masked as in the log unless they were asked for.'),
    events: z
      .array(shownEventAnswer)
      .optional()
      .describe(
        'What became of its events; what was answered is remembered by the active instance only, within a bound.',
      ),
  }),
  {
    ...exampleOf(conversationSummaryAnswer),
    legs: [
      {
        ...{ leg: 'q1', kind: 'queue', queueId: 'c2a1e6a0-0f9d-4c93-8ad0-7d0f3f1c2b90', name: 'Sales' },
        ...{ state: 'connected', establishedAt: at },
      },
    ],
    ...{ told: { last: at }, waiting: [], numbers: [{ what: 'ANI', number: '+********341' }] },
    events: [{ ...established, state: 'accepted', leg: 'q1', sentAt: '2026-01-05T08:00:02.090Z' }],
  },
);

/** In an order only where the active instance answers, which knows how many there are. */
export const conversationPageAnswer = withExample(
  pageOf(conversationSummaryAnswer).extend({
    total: z.number().optional().describe('On all pages together; only with an order.'),
  }),
  { items: [exampleOf(conversationSummaryAnswer)], next: '100', total: 412 },
);

export const deadLetterAnswer = withExample(
  z.object({
    id: z.string(),
    at: z.string(),
    callUuid: z.string(),
    conversationId: z.string(),
    reason: z.string(),
    correlationId: z.string().optional().describe('Of the answer of Genesys Cloud.'),
    wholeLeg: z.boolean().describe('Whether a whole leg is in it, because its establishment was refused.'),
    events: z.array(eventAnswer),
  }),
  {
    ...{ id: '1767600002000-0', at, callUuid, conversationId, reason: 'queue.not.found', wholeLeg: true },
    ...{ correlationId: 'a2f7c6c4-1f5f-4c6f-8d8d-0c5b0e3b9d77', events: [established] },
  },
);

export const retriedAnswer = withExample(z.object({ id: z.string(), state: z.literal('queued') }), {
  ...{ id: '1767600002000-0', state: 'queued' },
});

export const quarantineEntryAnswer = withExample(
  z.object({
    id: z.string(),
    at: time,
    kind: z.string().describe('Of the event; `stored-conversation` where none made it fail.'),
    entry: z.string().optional(),
    calls: z.array(z.object({ site: z.string(), callUuid: z.string() })),
    conversationId: z.string().optional(),
    reason: z.string(),
  }),
  {
    ...{ id: '1767600002000-0', at, kind: 'party-added', calls: [{ site, callUuid }] },
    ...{ conversationId, reason: 'RangeError: Invalid time value' },
  },
);

export const quarantineContentAnswer = withExample(quarantineEntryAnswer.extend({ content: z.string() }), {
  ...exampleOf(quarantineEntryAnswer),
  content: '{"v":3,"kind":"event"}',
});

export const gapAnswer = withExample(
  z.object({
    site: z.string(),
    connection: z.string(),
    from: z.string(),
    to: z.string(),
    seconds: z.number(),
    why: z
      .enum(['not-watched', 'redis-data-lost'])
      .describe('`redis-data-lost`: Redis came back without its data.'),
  }),
  {
    ...{ site, connection: 'calls', why: 'not-watched', seconds: 42 },
    ...{ from: '2026-01-05T08:00:00.000Z', to: '2026-01-05T08:00:42.000Z' },
  },
);

/** All that are kept, the newest first. */
export const gapsAnswer = withExample(z.object({ items: z.array(gapAnswer) }), {
  items: [exampleOf(gapAnswer)],
});
