/** What the services of a pilot answer, as the pages of the guide show it: a first plan that waits, an agent, a call. */
import { agentAnswer } from '@exec/common/answers/agents';
import { exampleOf } from '@exec/common/answers/answer';
import { conversationAnswer } from '@exec/common/answers/conversations';
import { agentMappingAnswer } from '@exec/common/answers/mappings';
import { planAnswer } from '@exec/common/answers/plan';
import { conflictAnswer, runAnswer, syncAnswer } from '@exec/common/answers/sync';
import { call, excpAnswers, excsAnswers, like, operationOf } from './answers.ts';
import type { Fleet } from './fleet.ts';

const planId = 'p1';
const detail =
  `Plan ${planId} waits for approval: it is the first of this deployment (SYNC_REVIEW=first). ` +
  'It has 7 operations; 1 user would become billable. Nothing of it is applied.';

const operation = (
  type: string,
  engage: { readonly kind: string; readonly dbid: number; readonly name: string },
  [after, reason]: readonly [string, string],
) => operationOf(type, engage.name, { engage, after, reason });
const skill = { kind: 'skill', dbid: 102, name: 'English' };
const queue = { kind: 'queue', dbid: 304, name: 'Sales' };
const person = { kind: 'person', dbid: 103, name: 'Anna Berger' };

const plan = like(exampleOf(planAnswer), {
  ...{ planId, createdAt: '2026-01-05T08:00:00.000Z', review: { reason: 'first-plan', detail } },
  operations: [
    operation('skill.create', skill, ['English', 'new in Engage']),
    operation('queue.create', queue, ['Sales', 'new in Engage']),
    operation('user.create', person, ['Anna Berger <anna.berger@example.com>', 'new in Engage']),
    operation('external-identity.add', person, ['engage/101/103', 'the user has none']),
    operation('user-skills.set', person, ['English=5', 'new user']),
    operation('primary-source.set', person, ['Engage 101', 'new user']),
    operation('queue-member.add', queue, [
      'Anna Berger',
      'members of the agent groups that are linked to the queue',
    ]),
  ],
});

const counts = {
  ...{ persons: 2, skills: 1, queues: 1, wrapupValues: 0, wrapupCodes: 0, clampedLevels: 0 },
};
const cycle = {
  startedAt: '2026-01-05T08:00:00.000Z',
  endedAt: '2026-01-05T08:00:00.000Z',
  planId,
  failed: 0,
};
const waiting = like(exampleOf(syncAnswer), {
  ...{ state: 'waiting-for-approval', planId, conflicts: 1, lastSuccessAt: null },
  review: {
    ...{ planId, reason: 'first-plan', detail, operations: 7, billableUsers: 1 },
    counts: Object.fromEntries(plan.operations.map(({ type }) => [type, 1])),
  },
  last: { ...cycle, outcome: 'waiting', operations: 7, done: 1 },
  counts: { ...counts, users: 0, mappedSkills: 0, mappedQueues: 0 },
});
const applied = like(waiting, {
  ...{ state: 'idle', review: null, lastSuccessAt: '2026-01-05T08:05:00.000Z' },
  last: { ...cycle, endedAt: '2026-01-05T08:05:00.000Z', outcome: 'complete', operations: 7, done: 7 },
  counts: { ...counts, users: 1, mappedSkills: 1, mappedQueues: 1 },
});

const conflicts = {
  items: [
    like(exampleOf(conflictAnswer), {
      ...{ dbid: 107, name: 'Dora Ernst', path: '/Resources/Persons/EX_EVOLUTION/dora' },
      detail:
        'Neither the e-mail address nor the user name is an address; enter one, or set DEFAULT_EMAIL_DOMAIN.',
      remedy: 'Enter an e-mail address for the person in Engage, or set DEFAULT_EMAIL_DOMAIN.',
    }),
  ],
  next: null,
};

const agent = like(exampleOf(agentMappingAnswer), {
  ...{ employeeId: 'E1', dbid: 103, userId: '7c2a51de-90f3-4d55-8a6e-0f6f2b7f3a10' },
});
const watched = like(exampleOf(agentAnswer), {
  ...{ employeeId: 'E1', userId: agent.userId },
  engage: { situation: 'ready', since: '2026-01-05T09:00:00.000Z' },
  accepted: { presence: 'OnQueue', routingStatus: 'Idle' },
});

const leg = (kind: string, second: number, who: object) => ({
  ...{ leg: kind, kind, state: 'connected' as const, establishedAt: `2026-01-05T09:10:0${second}.000Z` },
  ...who,
});
const conversation = like(exampleOf(conversationAnswer), {
  ...{ callUuid: call, conversationId: 'c2f0a1d4-6e0b-4c0c-9c55-3f2a7d1e8b90' },
  calls: [{ site: 'SIP_Switch', callUuid: call, type: 'Inbound', ended: false }],
  legs: [
    leg('external', 0, {}),
    leg('queue', 1, {
      ...{ queueId: '1d9b2c7e-4a11-4f0e-b0a2-5c3d9e7f6a21', state: 'ended' },
      endedAt: '2026-01-05T09:10:04.000Z',
    }),
    leg('user', 4, { userId: agent.userId }),
  ],
});

/** Gives the containers of a fleet these answers; once the plan is approved, it is applied. */
export function answerAsPilot(fleet: Fleet): void {
  const answers = (
    name: 'excs-1' | 'exas-1' | 'excp-1' | 'excp-2',
    routes: Readonly<Record<string, unknown>>,
  ) => {
    for (const [route, answer] of Object.entries(routes))
      fleet.vm(name).docker.state.routes.set(route, answer);
  };
  answers('excs-1', {
    ...excsAnswers,
    'GET /api/v1/sync': waiting,
    'GET /api/v1/sync/plan': plan,
    'GET /api/v1/sync/conflicts': conflicts,
    'GET /api/v1/agents/E1': agent,
    'POST /api/v1/sync/approve': () => {
      answers('excs-1', { 'GET /api/v1/sync': applied });
      return like(exampleOf(runAnswer), { id: 'r1', state: 'running', endedAt: null });
    },
  });
  answers('exas-1', { 'GET /api/v1/agents/E1': watched });
  for (const name of ['excp-1', 'excp-2'] as const)
    answers(name, { ...excpAnswers, [`GET /api/v1/conversations/${call}`]: conversation });
}
