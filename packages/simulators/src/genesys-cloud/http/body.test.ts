import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { ApiError } from '../api-error.ts';
import { checkBody } from './body.ts';
import { declaresCode, operations } from './operations.ts';

const id = randomUUID();
const hold = {
  eventId: id,
  eventDateTime: '2026-01-05T08:00:00.000Z',
  conversationId: id,
  communicationId: id,
  held: true,
};
const times = <Item>(count: number, item: Item) => Array.from({ length: count }, () => item);

test.each<[string, string, unknown, string]>([
  ['no body', 'postUsers', undefined, 'bad.request'],
  ['a user', 'postUsers', { name: 'A', email: 'a@b.c', divisionId: id }, 'accepted'],
  ['a missing field', 'postUsers', { name: 'A', divisionId: id }, 'constraint.validation'],
  [
    'an unknown field',
    'postUsers',
    { name: 'A', email: 'a@b.c', divisionId: id, mail: 1 },
    'invalid.property',
  ],
  [
    'an unknown state',
    'postUsers',
    { name: 'A', email: 'a@b.c', divisionId: id, state: 'gone' },
    'invalid.value',
  ],
  ['a wrong type', 'postUsers', { name: 1, email: 'a@b.c', divisionId: id }, 'invalid.value'],
  ['a user without version', 'patchUser', { name: 'B' }, 'constraint.validation'],
  ['a read-only field', 'patchUser', { version: 1, selfUri: 'https://example.com/x', name: 'B' }, 'accepted'],
  ['a proficiency above 5', 'postUserRoutingskills', { id, proficiency: 5.1 }, 'invalid.value'],
  ['51 skills', 'patchUserRoutingskillsBulk', times(51, { id, proficiency: 1 }), 'constraint.validation'],
  ['51 users', 'patchUsersBulk', times(51, { id, acdAutoAnswer: true }), 'max.directory.users'],
  ['100 members', 'postRoutingQueueMembers', times(100, { id }), 'accepted'],
  ['101 members', 'postRoutingQueueMembers', times(101, { id }), 'bad.request'],
  ['101 wrap-up codes', 'postRoutingQueueWrapupcodes', times(101, { id }), 'bad.request'],
  ['an event', 'postEventsConversations', { holdUpdatedEvents: [hold] }, 'accepted'],
  ['no arrays', 'postEventsConversations', {}, 'zero.events.submitted'],
  [
    'empty arrays',
    'postEventsConversations',
    { holdUpdatedEvents: [], communicationAnsweredEvents: [] },
    'zero.events.submitted',
  ],
  ['an unknown array', 'postEventsConversations', { messagingEvents: [] }, 'invalid.property'],
  [
    '101 events in two arrays',
    'postEventsConversations',
    { holdUpdatedEvents: times(100, hold), communicationAnsweredEvents: [{ ...hold, held: undefined }] },
    'max.batch.size.surpassed',
  ],
  [
    'a time with an offset',
    'postEventsConversations',
    { holdUpdatedEvents: [{ ...hold, eventDateTime: '2026-01-05T08:00:00+01:00' }] },
    'invalid.date',
  ],
  [
    'microseconds',
    'postEventsConversations',
    { holdUpdatedEvents: [{ ...hold, eventDateTime: '2026-01-05T08:00:00.000001Z' }] },
    'invalid.date',
  ],
  [
    'an ID that is no UUID',
    'postEventsConversations',
    { holdUpdatedEvents: [{ ...hold, communicationId: 'leg-1' }] },
    'invalid.value',
  ],
  [
    'a status in capitals',
    'postEventsUsersRoutingstatus',
    {
      userRoutingStatusEvents: [
        { eventId: id, eventDateTime: hold.eventDateTime, agentId: id, sourceId: id, status: 'IDLE' },
      ],
    },
    'invalid.value',
  ],
  ['no presence events', 'postEventsUsersPresence', { userPresenceEvents: [] }, 'zero.events.submitted'],
])('%s (%s): %s', (_name, operationId, body, code) => {
  const operation = operations.find((known) => known.id === operationId);
  if (operation === undefined) throw new Error(`no operation ${operationId}`);
  // What undefined members do in TypeScript they do not do on the wire.
  const sent: unknown = body === undefined ? undefined : JSON.parse(JSON.stringify(body));
  const check = () => checkBody(operation, sent);
  if (code === 'accepted') {
    expect(check).not.toThrow();
    return;
  }
  expect(check).toThrow(expect.objectContaining({ status: 400, code }));
  expect(declaresCode(operation, 400, code)).toBe(true);
});

test('the refusal names the field', () => {
  const operation = operations.find((known) => known.id === 'postUsers');
  if (operation === undefined) throw new Error('no operation');
  expect(() => checkBody(operation, { name: 'A', email: 'a@b.c', divisionId: id, mail: 'x' })).toThrow(
    ApiError,
  );
  expect(() => checkBody(operation, { name: 'A', email: 'a@b.c', divisionId: id, mail: 'x' })).toThrow(
    /mail/,
  );
});

test('every operation with a body has a schema', () => {
  for (const operation of operations.filter((known) => known.body === true))
    expect(() => checkBody(operation, Symbol('anything')), operation.id).toThrow(ApiError);
});
