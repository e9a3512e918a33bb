/** What EXCS answers about IDs: which object of Engage is which object of the EX organisation. */
import { z } from 'zod';
import {
  agentMappingSchema,
  dnEntrySchema,
  queueMappingSchema,
  skillMappingSchema,
  wrapupCodeMappingSchema,
} from '../id-map/content.ts';
import { exampleOf, withExample } from './answer.ts';

const userId = '5b1d7a7c-6f0e-4d5e-9a0c-2f0c8d2f4a11';

export const agentMappingAnswer = withExample(agentMappingSchema, {
  ...{ employeeId: 'E1042', dbid: 1042, userId, email: 'anna.berger@example.com' },
  ...{ state: 'active', supervisor: false, logins: [{ switch: 'SIP_Switch', code: '7001' }] },
});

export const queueMappingAnswer = withExample(queueMappingSchema, {
  ...{ switch: 'SIP_Switch', number: 'VQ_Sales', dbid: 511, name: 'Sales' },
  queueId: 'c2a1e6a0-0f9d-4c93-8ad0-7d0f3f1c2b90',
});

export const skillMappingAnswer = withExample(skillMappingSchema, {
  ...{ name: 'English', dbid: 311, id: '0e4f0a6a-35a3-4f3c-8b0e-1c7e60c9d0f4' },
});

export const wrapupCodeMappingAnswer = withExample(wrapupCodeMappingSchema, {
  ...{ name: 'sale', displayName: 'Sale', dbid: 702, id: '4b7c2f5e-7d0a-4d0f-b5cb-1df0a3f3a9c2' },
});

export const dnAnswer = withExample(dnEntrySchema, {
  ...{ switch: 'SIP_Switch', number: '2001', type: 'Extension' },
});

export const sourceAnswer = withExample(z.object({ sourceId: z.string() }), {
  sourceId: 'd7f2b0c3-1f7a-4f35-9a35-65c1cfd0a0b8',
});

/** Part of a list that belongs to one version of the mapping. */
export function mappingPageOf<S extends z.ZodType>(item: S) {
  const page = z.object({ version: z.number(), items: z.array(item), next: z.string().nullable() });
  return withExample(page, {
    ...{ version: 17, items: [exampleOf(item)], next: null },
  } as unknown as z.input<typeof page>);
}

const name = z.string().min(1).max(255);

/** What is looked up: an object of Engage by what Engage calls it. */
export const mappingKey = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('agent'), employeeId: name }),
  z.strictObject({ type: z.literal('login'), switch: name, loginCode: name }),
  z.strictObject({ type: z.literal('queue'), switch: name, number: name }),
  z.strictObject({ type: z.literal('skill'), name }),
  z.strictObject({ type: z.literal('wrapup'), name }),
]);

export const resolvedAnswer = withExample(
  z.object({
    results: z.array(
      z
        .looseObject({ key: mappingKey, id: z.string().nullable(), reason: z.string().optional() })
        .describe('With all that is mapped of the object.'),
    ),
  }),
  {
    results: [
      { key: { type: 'agent', employeeId: 'E1042' }, id: userId, email: 'anna.berger@example.com' },
      { key: { type: 'skill', name: 'Latin' }, id: null, reason: 'mapping.not-found' },
    ],
  },
);
