/** What EXAS answers about agents. */
import { z } from 'zod';
import { exampleOf, time, withExample } from './answer.ts';

const cloudState = z.object({ presence: z.string(), routingStatus: z.string() });

export const agentAnswer = withExample(
  z.object({
    employeeId: z.string(),
    userId: z.string(),
    engage: z
      .object({
        situation: z.string(),
        since: z.string().nullable().describe('ISO 8601; null when its time is no date.'),
        reason: z.string().optional(),
      })
      .nullable()
      .describe('Null until the Stat Server has sent a state.'),
    stale: z.boolean(),
    accepted: cloudState.nullable().describe('Null while it is not known what the cloud shows.'),
    pending: cloudState
      .extend({ since: z.string().nullable() })
      .nullable()
      .describe('Null when nothing is on its way.'),
    lastError: z.string().nullable(),
  }),
  {
    ...{ employeeId: 'E1042', userId: '5b1d7a7c-6f0e-4d5e-9a0c-2f0c8d2f4a11', stale: false },
    engage: { situation: 'not-ready', since: '2026-01-05T08:00:00.000Z', reason: 'Break' },
    accepted: { presence: 'Break', routingStatus: 'OffQueue' },
    ...{ pending: null, lastError: null },
  },
);

export const changeAnswer = z.object({
  at: time.nullable().describe('When the cloud answered, ISO 8601.'),
  kind: z.enum(['presence', 'routingStatus']),
  value: z.string(),
  result: z.enum(['accepted', 'retried', 'refused']),
});

export const agentWithChangesAnswer = withExample(
  agentAnswer.extend({ changes: z.array(changeAnswer).optional() }),
  {
    ...exampleOf(agentAnswer),
    changes: [{ at: '2026-01-05T08:00:00.310Z', kind: 'presence', value: 'Break', result: 'accepted' }],
  },
);

/** What tells Engage and the cloud apart, the most urgent first. */
export const agentDifferences = ['refused', 'on-its-way', 'stale', 'unknown', 'same'] as const;
