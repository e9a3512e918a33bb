/** What the services of a test deployment answer: a plan that waits, an agent, a call, what lies aside. */

import { agentAnswer } from '@exec/common/answers/agents';
import { type Answer, exampleOf } from '@exec/common/answers/answer';
import {
  conversationAnswer,
  deadLetterAnswer,
  gapAnswer,
  quarantineEntryAnswer,
} from '@exec/common/answers/conversations';
import { agentMappingAnswer } from '@exec/common/answers/mappings';
import { type OperationAnswer, operationAnswer, planAnswer } from '@exec/common/answers/plan';
import { conflictAnswer, orphanAnswer, runAnswer, syncAnswer } from '@exec/common/answers/sync';

/** As in the description of the interface, but for what a test is about. */
export const like = <T extends object>(example: T, more: Partial<T>): T => ({ ...example, ...more });

const at = '2026-01-05T08:00:00.000Z';
const detail = 'Plan p1 waits for approval.';

export const operationOf = (
  type: string,
  name: string,
  more: Partial<OperationAnswer> = {},
): OperationAnswer => {
  const [kind = '', operation = ''] = type.split('.');
  const engage = { kind: 'person', dbid: 1, name };
  return {
    ...exampleOf(operationAnswer),
    ...{ id: `${kind}/${operation}/1`, type, kind, operation, engage, reason: 'because', after: name },
    ...more,
  };
};

const review = { planId: 'p1', reason: 'first-plan', detail } as const;
const mapped = { ...exampleOf(syncAnswer).counts, persons: 3, users: 0 };

export const excsAnswers: Record<string, unknown> = {
  'GET /api/v1/sync': like(exampleOf(syncAnswer), {
    ...{ state: 'waiting-for-approval', lastSuccessAt: null, planId: 'p1', conflicts: 1, orphans: 1 },
    review: { ...review, operations: 3, billableUsers: 1, counts: { 'user.create': 1 } },
    counts: mapped as NonNullable<Answer<typeof syncAnswer>['counts']>,
  }),
  'GET /api/v1/sync/plan': like(exampleOf(planAnswer), {
    ...{ planId: 'p1', createdAt: at, review: { reason: 'first-plan', detail } },
    operations: [
      operationOf('user.create', 'Anna Berger'),
      operationOf('user.update', 'Ben Carl'),
      operationOf('role.revoke', 'Carl Dorn'),
    ],
  }),
  'POST /api/v1/sync/approve': like(exampleOf(runAnswer), { id: 'r1', state: 'running', endedAt: null }),
  'POST /api/v1/sync/runs': like(exampleOf(runAnswer), { id: 'r2', state: 'running', endedAt: null }),
  'POST /api/v1/sync/pause': { paused: true },
  'POST /api/v1/sync/resume': { paused: false },
  'POST /api/v1/sync/accept-empty-table': { table: 'cfg_group' },
  'GET /api/v1/sync/conflicts': {
    items: [
      like(exampleOf(conflictAnswer), {
        ...{ dbid: 7, name: 'Dora', path: '/Resources/Persons/dora', remedy: 'Enter one.' },
      }),
    ],
    next: null,
  },
  'GET /api/v1/sync/orphans': {
    items: [like(exampleOf(orphanAnswer), { cloudId: 'c1', name: 'Latin', dbid: 9 })],
    next: null,
  },
  'GET /api/v1/agents/E1': like(exampleOf(agentMappingAnswer), { employeeId: 'E1', dbid: 1, userId: 'u1' }),
};
export const watched: object = like(exampleOf(agentAnswer), {
  ...{ employeeId: 'E1', userId: 'u1', engage: { situation: 'ready', since: at } },
  accepted: { presence: 'OnQueue', routingStatus: 'Idle' },
});
export const call: string = '00A1B2C3D4E5F60718293A4B5C6D7E8F';
const event = { event: 'communicationAnsweredEvents', eventId: 'e', at: '2026-01-05T08:00:10.000Z' };
const leg = (key: string, second: number, more: object) => ({
  ...{ leg: key, state: 'connected' as const, establishedAt: `2026-01-05T08:00:0${second}.000Z` },
  ...more,
});
export const excpAnswers: Record<string, unknown> = {
  [`GET /api/v1/conversations/${call}`]: like(exampleOf(conversationAnswer), {
    ...{ callUuid: call, conversationId: 'conv1' },
    calls: [{ site: 'SIP_Switch', callUuid: call, type: 'Inbound', ended: false }],
    legs: [leg('b', 9, { kind: 'user', userId: 'u1' }), leg('a', 1, { kind: 'external' })] as never,
    waiting: [event],
    events: [
      {
        ...{ event: 'userEstablishedEvents', eventId: 'd', at: '2026-01-05T08:00:09.000Z' },
        ...{ state: 'refused', reason: 'no such user' },
      },
    ],
  }),
  'GET /api/v1/dead-letters': {
    items: ['d1', 'd2'].map((id) =>
      like(exampleOf(deadLetterAnswer), {
        ...{ id, at, callUuid: call, reason: 'no such queue', wholeLeg: false },
      }),
    ),
    next: null,
  },
  'POST /api/v1/dead-letters/d1/retry': { id: 'd1', state: 'queued' },
  'POST /api/v1/dead-letters/d2/retry': 409,
  'DELETE /api/v1/dead-letters/d1': 204,
  'GET /api/v1/quarantine': {
    items: [like(exampleOf(quarantineEntryAnswer), { id: '1-0', at, reason: 'RangeError' })],
    next: null,
  },
  'DELETE /api/v1/quarantine/1-0': 204,
  'GET /api/v1/gaps': {
    items: [
      like(exampleOf(gapAnswer), {
        ...{ seconds: 60, from: '2026-01-05T08:00:00.000Z', to: '2026-01-05T08:01:00.000Z' },
      }),
    ],
  },
};
