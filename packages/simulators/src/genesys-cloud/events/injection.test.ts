import { randomUUID } from 'node:crypto';
import { FakeClock } from '@exec/common/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeGenesysCloud } from '../fake-genesys-cloud.ts';
import { seed, TestClient } from '../test-client.ts';

let clock: FakeClock;
let fake: FakeGenesysCloud;
let client: TestClient;
let ids: ReturnType<typeof seed>;
beforeEach(async () => {
  clock = new FakeClock();
  fake = await FakeGenesysCloud.start({ clock, requestsPerMinute: Number.POSITIVE_INFINITY });
  client = await TestClient.login(fake);
  ids = seed(fake);
});
afterEach(() => fake.close());

const at = (second: number) => new Date(Date.UTC(2026, 0, 5, 8, 0, second)).toISOString();

function external(conversationId: string, second: number, communicationId = randomUUID()) {
  return {
    eventId: randomUUID(),
    eventDateTime: at(second),
    conversationId,
    communicationId,
    initialConfiguration: { alerting: false, inbound: true },
    sourceConfiguration: { sourceId: ids.sourceId, interactionId: 'CALL-1' },
  };
}

function end(conversationId: string, communicationId: string, second: number) {
  return {
    eventId: randomUUID(),
    eventDateTime: at(second),
    conversationId,
    communicationId,
    disconnectType: 'Peer',
  };
}

function presence(second: number, more: object = {}) {
  return {
    eventId: randomUUID(),
    eventDateTime: at(second),
    userId: ids.userId,
    sourceId: ids.sourceId,
    presenceDefinitionId: ids.onQueueId,
    ...more,
  };
}

const inject = (body: object) => client.post('/events/conversations', body);
const injectPresences = (...userPresenceEvents: object[]) =>
  client.post('/events/users/presence', { userPresenceEvents });

test('events of one batch are taken in the order of their times, not of the arrays', async () => {
  const conversationId = randomUUID();
  const first = external(conversationId, 1);
  const answer = await inject({
    communicationEndedEvents: [end(conversationId, first.communicationId, 2)],
    externalEstablishedEvents: [first],
  });
  expect(answer.json).toEqual({ errors: [] });
  expect(fake.conversation(conversationId)?.endedAt).toBe(Date.parse(at(2)));
  expect(fake.record.accepted().map((event) => event.kind)).toEqual([
    'externalEstablished',
    'communicationEnded',
  ]);
  expect(fake.record.eventRequests).toBe(1);
  expect(fake.record.eventsSent).toBe(2);
});

test('one refused event does not keep the others out', async () => {
  const [good, bad] = [randomUUID(), randomUUID()];
  const answer = await inject({
    externalEstablishedEvents: [external(good, 1)],
    communicationEndedEvents: [end(bad, randomUUID(), 1)],
  });
  expect(answer.status).toBe(200);
  expect(answer.json.errors).toMatchObject([{ retryable: false }]);
  expect(fake.conversation(good)).toBeDefined();
  expect(fake.conversation(bad)).toBeUndefined();
  expect(fake.record.violations).toMatchObject([
    { code: 'leg.unknown', kind: 'communicationEnded', subject: bad, operation: 'postEventsConversations' },
  ]);
});

test.each([
  ['empty', { errors: [] }],
  ['null', { errors: null }],
  ['absent', {}],
] as const)('full success can be answered with errors %s', async (form, body) => {
  fake.quirks.noEventErrors = form;
  expect((await injectPresences(presence(1))).json).toEqual(body);
});

test('retryable can be true, false or left out', async () => {
  const refused = async () => (await injectPresences(presence(1, { userId: randomUUID() }))).json.errors[0];
  expect((await refused()).retryable).toBe(false);
  fake.quirks.eventErrorRetryable = true;
  expect((await refused()).retryable).toBe(true);
  fake.quirks.eventErrorRetryable = undefined;
  expect(await refused()).not.toHaveProperty('retryable');
});

test('dedupe: a repeat is accepted without effect and counted', async () => {
  const event = presence(1);
  await injectPresences(event);
  expect((await injectPresences(event)).json.errors).toEqual([]);
  expect(fake.record.events()).toMatchObject({ accepted: 1, duplicates: 1, refused: 0 });
  expect(fake.record.violationCount).toBe(0);
});

test('refuse-repeat: a repeat is refused for good, counted, and no violation', async () => {
  fake.quirks.repeatMode = 'refuse-repeat';
  const event = presence(1);
  await injectPresences(event);
  expect((await injectPresences(event)).json.errors).toMatchObject([
    { eventId: event.eventId, retryable: false },
  ]);
  expect(fake.record.events()).toMatchObject({
    accepted: 1,
    duplicates: 1,
    refusedBy: { repeat: 1, rule: 0 },
  });
  expect(fake.record.violationCount).toBe(0);
});

test.each(['dedupe', 'refuse-repeat'] as const)(
  '%s: other content under an accepted ID is a violation',
  async (mode) => {
    fake.quirks.repeatMode = mode;
    const event = presence(1);
    await injectPresences(event);
    await injectPresences({ ...event, eventDateTime: at(2) });
    expect(fake.record.violations.map((violation) => violation.code)).toEqual(['event-id.other-content']);
  },
);

test('an ID that was refused may come again, as it was or with another time', async () => {
  const event = presence(1, { userId: randomUUID() });
  await injectPresences(event);
  await injectPresences({ ...event, userId: ids.userId, eventDateTime: at(3) });
  expect(fake.record.events()).toMatchObject({ accepted: 1, duplicates: 0, refused: 1 });
});

test('the last state of a user is the latest by time; going back is a violation', async () => {
  const busy = fake.state.presence.definitions.system('Busy')?.id;
  const answer = await injectPresences(presence(3, { presenceDefinitionId: busy }), presence(2));
  expect(answer.json.errors).toEqual([]);
  expect(fake.state.presence.presence(ids.userId, ids.sourceId)?.presenceDefinitionId).toBe(busy);
  await injectPresences(presence(1));
  expect(fake.record.violations.map((violation) => violation.code)).toEqual(['time.not-rising']);
});

test('a routing status is kept for its user', async () => {
  await client.post('/events/users/routingstatus', {
    userRoutingStatusEvents: [
      {
        eventId: randomUUID(),
        eventDateTime: at(1),
        agentId: ids.userId,
        sourceId: ids.sourceId,
        status: 'OffQueue',
      },
    ],
  });
  expect(fake.state.routingStatuses.get(ids.userId)).toMatchObject({
    status: 'OffQueue',
    at: Date.parse(at(1)),
  });
  expect((await client.get(`/users/${ids.userId}/routingstatus`)).json.status).toBe('OFF_QUEUE');
  expect(fake.record.events('userRoutingStatus').accepted).toBe(1);
});

test('times in the future are refused when that is asked for', async () => {
  fake.quirks.futureToleranceMs = 1_000;
  const now = clock.now();
  await injectPresences(presence(0, { eventDateTime: new Date(now + 1_000).toISOString() }));
  await injectPresences(presence(0, { eventDateTime: new Date(now + 1_001).toISOString() }));
  expect(fake.record.violations.map((violation) => violation.code)).toEqual(['time.in-future']);
});

test('a date that does not exist refuses the whole request', async () => {
  const answer = await injectPresences(presence(1, { eventDateTime: '2026-13-01T00:00:00Z' }), presence(1));
  expect([answer.status, answer.json.code]).toEqual([400, 'invalid.date']);
  expect(fake.record.events().accepted).toBe(0);
});

test('a second request with a conversation that is in flight is refused, and may come again', async () => {
  fake.quirks.eventLatencyMs = 1_000;
  const conversationId = randomUUID();
  const event = external(conversationId, 1);
  const first = inject({ externalEstablishedEvents: [event] });
  await clockHolds(1);
  const body = { communicationEndedEvents: [end(conversationId, event.communicationId, 2)] };
  const second = inject(body);
  await clockHolds(2);
  await clock.advance(1_000);
  expect((await first).json.errors).toEqual([]);
  expect((await second).json.errors).toMatchObject([{ retryable: true }]);
  expect(fake.record.violations.map((violation) => violation.code)).toEqual(['conversation.concurrent']);
  fake.quirks.eventLatencyMs = 0;
  expect((await inject(body)).json.errors).toEqual([]);
});

/** Resolves when that many answers are held back. */
async function clockHolds(count: number): Promise<void> {
  while (clock.pendingTimers < count) await new Promise((resolve) => setImmediate(resolve));
}

test('requests with different conversations may overlap', async () => {
  fake.quirks.eventLatencyMs = 1_000;
  const answers = [1, 2, 3].map(() => inject({ externalEstablishedEvents: [external(randomUUID(), 1)] }));
  await clockHolds(3);
  await clock.advance(1_000);
  for (const answer of await Promise.all(answers)) expect(answer.json.errors).toEqual([]);
  expect(fake.record.violationCount).toBe(0);
});

test('conversations are found by the call they stand for', async () => {
  const conversationId = randomUUID();
  await inject({ externalEstablishedEvents: [external(conversationId, 1)] });
  expect(fake.state.conversations.byInteraction('CALL-1').map((found) => found.conversationId)).toEqual([
    conversationId,
  ]);
  expect(fake.state.conversations.byInteraction('CALL-2')).toEqual([]);
});

test('the oldest ended conversations are dropped, open ones never', async () => {
  await fake.close();
  fake = await FakeGenesysCloud.start({ keepConversations: 2 });
  client = await TestClient.login(fake);
  ids = seed(fake);
  const open = randomUUID();
  await inject({ externalEstablishedEvents: [external(open, 1)] });
  const ended: string[] = [];
  for (let index = 0; index < 5; index++) {
    const conversationId = randomUUID();
    const event = external(conversationId, 1);
    ended.push(conversationId);
    await inject({
      externalEstablishedEvents: [event],
      communicationEndedEvents: [end(conversationId, event.communicationId, 2)],
    });
  }
  const kept = [...fake.state.conversations.all()].map((conversation) => conversation.conversationId);
  expect(kept).toEqual([open, ...ended.slice(-2)]);
  expect(fake.state.conversations).toMatchObject({ total: 6, dropped: 3, open: 1 });
});

test('the record can be counted from zero again', async () => {
  await injectPresences(presence(1));
  fake.record.reset();
  const { violations: _, ...snapshot } = fake.record.snapshot();
  expect(snapshot).toMatchObject({ requests: 0, logins: 0, peakPerMinute: 0, events: { accepted: 0 } });
  await injectPresences(presence(2));
  expect(fake.record.snapshot()).toMatchObject({
    requests: 1,
    answersByStatus: { 200: 1 },
    eventsByKind: { userPresence: { accepted: 1 } },
  });
});

test('writes are what changes the configuration: no reads, no search, no events', async () => {
  await client.post('/routing/skills', { name: 'A' });
  await client.post('/routing/skills', { name: 'A' });
  await client.get('/users');
  await client.post('/users/search', { query: [] });
  await injectPresences(presence(1));
  expect(Object.fromEntries(fake.record.writes)).toEqual({ postRoutingSkills: 1 });
  expect(fake.record.totalWrites).toBe(1);
  expect(fake.record.answers('postRoutingSkills', 409)).toBe(1);
});
