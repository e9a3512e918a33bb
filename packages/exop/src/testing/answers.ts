/** What the services of a test deployment answer: a plan that waits, an agent, a call, what lies aside. */

const operation = (kind: string, what: string, name: string) => ({
  ...{ id: `${kind}/${what}/1`, kind, operation: what, reason: 'because', before: null, after: name },
  engage: { kind: 'person', dbid: 1, name },
});

export const excsAnswers: Record<string, unknown> = {
  'GET /api/v1/sync': {
    ...{ state: 'waiting-for-approval', active: true, paused: false, stopped: null, running: null },
    review: { planId: 'p1', detail: 'Plan p1 waits for approval.' },
    last: { endedAt: '2026-01-05T08:00:00.000Z', outcome: 'waiting', done: 1, failed: 0 },
    ...{ lastSuccessAt: null, planId: 'p1', conflicts: 1, orphans: 1, failingCount: 0 },
    counts: {
      ...{ persons: 3, skills: 2, queues: 1, users: 0 },
      ...{ mappedSkills: 0, mappedQueues: 0, wrapupCodes: 0, clampedLevels: 0 },
    },
  },
  'GET /api/v1/sync/plan': {
    ...{ planId: 'p1', createdAt: '2026-01-05T08:00:00.000Z', drift: true, billableUsers: 1 },
    ...{ waitingForSecondRead: 0, conflicts: [], review: { detail: 'Plan p1 waits for approval.' } },
    operations: [
      operation('user', 'create', 'Anna Berger'),
      operation('user', 'update', 'Ben Carl'),
      operation('role', 'revoke', 'Carl Dorn'),
    ],
  },
  'POST /api/v1/sync/approve': { id: 'r1', state: 'running' },
  'POST /api/v1/sync/runs': { id: 'r2', state: 'running' },
  'POST /api/v1/sync/pause': { paused: true },
  'POST /api/v1/sync/resume': { paused: false },
  'POST /api/v1/sync/accept-empty-table': { table: 'cfg_group' },
  'GET /api/v1/sync/conflicts': {
    items: [
      {
        ...{
          reason: 'person.no-email',
          kind: 'person',
          dbid: 7,
          name: 'Dora',
          path: '/Resources/Persons/dora',
        },
        ...{ detail: 'no e-mail address', remedy: 'Enter one.' },
      },
    ],
  },
  'GET /api/v1/sync/orphans': {
    items: [{ type: 'skill', cloudId: 'c1', name: 'Latin', dbid: 9, reason: 'deleted in Engage' }],
  },
  'GET /api/v1/agents/E1': {
    ...{ employeeId: 'E1', dbid: 1, userId: 'u1', email: 'a@b.c', state: 'active', supervisor: false },
    logins: [{ switch: 'SIP', code: '7001' }],
  },
};
export const watched: object = {
  ...{ employeeId: 'E1', userId: 'u1', stale: false, pending: null, lastError: null },
  engage: { situation: 'ready', since: '2026-01-05T08:00:00.000Z' },
  accepted: { presence: 'On Queue', routingStatus: 'Idle' },
};
export const call: string = '00A1B2C3D4E5F60718293A4B5C6D7E8F';
export const excpAnswers: Record<string, unknown> = {
  [`GET /api/v1/conversations/${call}`]: {
    ...{ callUuid: call, site: 'SIP_Switch', conversationId: 'conv1', state: 'open' },
    calls: [{ site: 'SIP_Switch', callUuid: call, type: 'Inbound', ended: false }],
    legs: [
      { leg: 'b', kind: 'user', userId: 'u1', state: 'connected', establishedAt: '2026-01-05T08:00:09.000Z' },
      { leg: 'a', kind: 'external', state: 'connected', establishedAt: '2026-01-05T08:00:01.000Z' },
    ],
    waiting: [{ event: 'communicationAnsweredEvents', eventId: 'e', at: '2026-01-05T08:00:10.000Z' }],
  },
  'GET /api/v1/dead-letters': {
    items: ['d1', 'd2'].map((id) => ({
      ...{ id, at: '2026-01-05T08:00:00.000Z', callUuid: call, reason: 'no such queue', wholeLeg: false },
      events: [{ event: 'routingEstablishedEvents' }],
    })),
    next: null,
  },
  'POST /api/v1/dead-letters/d1/retry': { id: 'd1', state: 'queued' },
  'POST /api/v1/dead-letters/d2/retry': 409,
  'DELETE /api/v1/dead-letters/d1': {},
  'GET /api/v1/quarantine': {
    items: [
      { id: '1-0', at: '2026-01-05T08:00:00.000Z', kind: 'party-added', calls: [], reason: 'RangeError' },
    ],
    next: null,
  },
  'DELETE /api/v1/quarantine/1-0': {},
  'GET /api/v1/gaps': {
    items: [
      {
        ...{ site: 'SIP_Switch', connection: 'calls', why: 'link', seconds: 60 },
        ...{ from: '2026-01-05T08:00:00.000Z', to: '2026-01-05T08:01:00.000Z' },
      },
    ],
  },
};
