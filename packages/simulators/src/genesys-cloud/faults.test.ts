import { randomUUID } from 'node:crypto';
import { FakeClock } from '@exec/common/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeGenesysCloud } from './fake-genesys-cloud.ts';
import type { Fault } from './faults.ts';
import type { ObservedAnswer, ObservedDecision } from './record/observer.ts';
import { loginAnswer, seed, TestClient } from './test-client.ts';

let clock: FakeClock;
let fake: FakeGenesysCloud;
let client: TestClient;
beforeEach(async () => {
  clock = new FakeClock();
  fake = await FakeGenesysCloud.start({ clock });
  client = await TestClient.login(fake);
});
afterEach(() => fake.close());

const newSkill = (name = 'English') => client.post('/routing/skills', { name });
const skillCount = () => fake.state.skills.size;

test.each<[Fault, number, string | null, string | undefined]>([
  [{ kind: 'rate-limited' }, 429, '1', 'too.many.requests.retry.after'],
  [{ kind: 'rate-limited', retryAfter: 0 }, 429, '0', 'too.many.requests.retry.after'],
  [{ kind: 'rate-limited', retryAfter: null }, 429, null, 'too.many.requests.retry.after'],
  [{ kind: 'rate-limited', retryAfter: 'soon' }, 429, 'soon', 'too.many.requests.retry.after'],
  [{ kind: 'rate-limited', retryAfter: 86_400 }, 429, '86400', 'too.many.requests.retry.after'],
  [{ kind: 'status', status: 500 }, 500, null, 'internal.server.error'],
  [{ kind: 'status', status: 503, retryAfter: 7 }, 503, '7', 'service.unavailable'],
  [{ kind: 'status', status: 504 }, 504, null, 'request.timeout'],
  [{ kind: 'status', status: 403, code: 'missing.any.permissions' }, 403, null, 'missing.any.permissions'],
])('%o', async (fault, status, retryAfter, code) => {
  fake.faults.inject({ fault });
  const answer = await newSkill();
  expect(answer.status).toBe(status);
  expect(answer.headers.get('retry-after')).toBe(retryAfter);
  expect(answer.json.code).toBe(code);
  expect(answer.json.contextId).toBe(answer.headers.get('inin-correlation-id'));
  expect(skillCount()).toBe(0);
  expect((await newSkill()).status).toBe(200);
});

test('502 has a body that is no JSON', async () => {
  fake.faults.inject({ fault: { kind: 'bad-gateway' } });
  const answer = await newSkill();
  expect(answer.status).toBe(502);
  expect(answer.headers.get('content-type')).toContain('text/html');
  expect(answer.headers.has('inin-correlation-id')).toBe(true);
});

test.each<[string, Fault, number]>([
  ['reset before', { kind: 'reset', when: 'before' }, 0],
  ['reset after', { kind: 'reset', when: 'after' }, 1],
])('%s applying', async (_name, fault, applied) => {
  fake.faults.inject({ fault });
  await expect(newSkill()).rejects.toThrow();
  expect(skillCount()).toBe(applied);
  expect(fake.record.answers('postRoutingSkills', 0)).toBe(1);
});

test.each<[string, Fault, number]>([
  ['500', { kind: 'status', status: 500, applied: true }, 500],
  ['504', { kind: 'status', status: 504, applied: true }, 504],
  ['502', { kind: 'bad-gateway', applied: true }, 502],
])('%s after the request has had its effect', async (_name, fault, status) => {
  fake.faults.inject({ fault });
  expect((await newSkill()).status).toBe(status);
  expect(skillCount()).toBe(1);
});

test('a slow answer comes when its time has come, with its effect before or after', async () => {
  fake.faults.inject({ fault: { kind: 'slow', ms: 5_000 } });
  const after = newSkill();
  await held();
  expect(skillCount()).toBe(1);
  await clock.advance(5_000);
  expect((await after).status).toBe(200);
  fake.faults.inject({ fault: { kind: 'slow', ms: 5_000, when: 'before' } });
  const before = newSkill('German');
  await held();
  expect(skillCount()).toBe(1);
  await clock.advance(5_000);
  expect((await before).status).toBe(200);
  expect(skillCount()).toBe(2);
});

/** Resolves when an answer is held back. */
async function held(): Promise<void> {
  while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve));
}

test('a hanging request gets no answer, with or without its effect', async () => {
  for (const applied of [false, true]) {
    const fault = fake.faults.inject({ fault: { kind: 'hang', applied } });
    const giveUp = new AbortController();
    const request = client.call('POST', '/routing/skills', { name: 'English' }, giveUp.signal);
    const outcome = expect(request).rejects.toThrow();
    while (fault.hits === 0 || (applied && skillCount() === 0))
      await new Promise((resolve) => setImmediate(resolve));
    giveUp.abort();
    await outcome;
    expect(skillCount()).toBe(applied ? 1 : 0);
  }
});

test('garbage is a success whose body belongs to nothing', async () => {
  fake.faults.inject({ fault: { kind: 'garbage', body: '[]' } });
  const answer = await newSkill();
  expect([answer.status, answer.text]).toEqual([200, '[]']);
});

test('a fault hits its operation, its client, after the passes it was given, as often as it was told', async () => {
  const fault = fake.faults.inject({
    operation: ['postRoutingSkills', 'postRoutingQueues'],
    clientId: fake.clients[0]?.clientId ?? '',
    after: 1,
    times: 2,
    fault: { kind: 'status', status: 503 },
  });
  const other = await TestClient.login(fake, 1);
  expect((await client.get('/users')).status).toBe(200);
  expect((await other.post('/routing/skills', { name: 'Z' })).status).toBe(200);
  const statuses: number[] = [];
  for (const name of 'abcd') statuses.push((await newSkill(name)).status);
  expect(statuses).toEqual([200, 503, 503, 200]);
  expect(fault.hits).toBe(2);
  expect(fake.faults.active).toEqual([]);
});

test('a fault lasts until it is cancelled, or all are cleared', async () => {
  const fault = fake.faults.inject({
    times: Number.POSITIVE_INFINITY,
    fault: { kind: 'status', status: 503 },
  });
  for (let count = 0; count < 3; count++) expect((await newSkill()).status).toBe(503);
  fault.cancel();
  expect((await newSkill()).status).toBe(200);
  fake.faults.inject({ times: 5, fault: { kind: 'status', status: 503 } });
  fake.faults.clear();
  expect((await newSkill('German')).status).toBe(200);
});

test('log-in faults leave the API alone, API faults the log-in', async () => {
  fake.faults.inject({ fault: { kind: 'login-throttled' } });
  fake.faults.inject({ fault: { kind: 'login-refused' } });
  expect((await newSkill()).status).toBe(200);
  const throttled = await loginAnswer(fake);
  expect(throttled.status).toBe(400);
  expect(throttled.json.description).toMatch(/^rate limit exceeded;/);
  expect((await loginAnswer(fake)).status).toBe(401);
  expect((await loginAnswer(fake)).status).toBe(200);
  fake.faults.inject({ fault: { kind: 'status', status: 503 } });
  expect((await loginAnswer(fake)).status).toBe(200);
  fake.faults.inject({ operation: 'postOauthToken', fault: { kind: 'status', status: 503 } });
  expect((await loginAnswer(fake)).status).toBe(503);
});

test('during an outage every request is cut off, until it ends by itself or is ended', async () => {
  fake.faults.outage(10_000);
  await expect(newSkill()).rejects.toThrow();
  await expect(loginAnswer(fake)).rejects.toThrow();
  await clock.advance(10_000);
  expect((await newSkill()).status).toBe(200);
  const end = fake.faults.outage();
  await expect(newSkill('German')).rejects.toThrow();
  end();
  expect((await newSkill('German')).status).toBe(200);
  expect(clock.pendingTimers).toBe(0);
});

test('an outage cuts what is under way', async () => {
  fake.faults.inject({ fault: { kind: 'slow', ms: 60_000 } });
  const request = newSkill();
  const outcome = expect(request).rejects.toThrow();
  await held();
  fake.faults.outage();
  await outcome;
});

test('events are refused one by one, as the fault says', async () => {
  const { userId, sourceId, onQueueId } = seed(fake);
  const event = (second: number) => ({
    eventId: randomUUID(),
    eventDateTime: new Date(Date.UTC(2026, 0, 5, 8, 0, second)).toISOString(),
    userId,
    sourceId,
    presenceDefinitionId: onQueueId,
  });
  const [first, second, third] = [event(1), event(2), event(3)];
  fake.faults.inject({
    fault: { kind: 'event-errors', retryable: true, message: 'later', match: { eventIds: [second.eventId] } },
  });
  fake.faults.inject({
    fault: {
      kind: 'event-errors',
      retryable: undefined,
      match: { kinds: ['userPresence'], subjects: [userId] },
    },
  });
  const send = async (...userPresenceEvents: object[]) =>
    (await client.post('/events/users/presence', { userPresenceEvents })).json.errors;
  expect(await send(first, second, third)).toEqual([
    { eventId: first.eventId, message: 'The event could not be processed.' },
    { eventId: second.eventId, message: 'later', retryable: true },
  ]);
  expect(fake.record.events()).toMatchObject({ accepted: 1, refusedBy: { injected: 2, rule: 0 } });
  expect(fake.record.violationCount).toBe(0);
});

test('waiting for a condition ends with it, with the signal, and with the fake', async () => {
  const reached = fake.until(() => fake.record.requests >= 2);
  await newSkill();
  await newSkill();
  await reached;
  await expect(fake.until(() => false, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  const never = fake.until(() => false);
  const outcome = expect(never).rejects.toThrow('closed');
  await fake.close();
  await outcome;
});

test('closing does not wait for answers that are held back', async () => {
  fake.faults.inject({ fault: { kind: 'slow', ms: 3_600_000 } });
  fake.faults.inject({ fault: { kind: 'hang' } });
  const outcomes = [newSkill('a'), newSkill('b')].map((request) => expect(request).rejects.toThrow());
  await held();
  await fake.close();
  await fake.close();
  await Promise.all(outcomes);
});

const presences = (count: number) => ({
  userPresenceEvents: Array.from({ length: count }, () => ({
    eventId: randomUUID(),
    eventDateTime: new Date(clock.now()).toISOString(),
    userId: randomUUID(),
    sourceId: randomUUID(),
    presenceDefinitionId: randomUUID(),
  })),
});

test('a fault for batches of some size lets smaller ones pass, and has no effect on what it hits', async () => {
  fake.faults.inject({ minEvents: 2, fault: { kind: 'status', status: 400 } });
  expect((await client.post('/events/users/presence', presences(1))).status).toBe(200);
  const before = fake.record.eventsSent;
  expect((await client.post('/events/users/presence', presences(2))).status).toBe(400);
  expect(fake.record.eventsSent).toBe(before);
  expect((await client.post('/events/users/presence', presences(2))).status).toBe(200);
});

test('an observer is told of each decision and of the answer of its request', async () => {
  const observed: (ObservedDecision | ObservedAnswer)[] = [];
  const observer = {
    decided: (decision: ObservedDecision) => void observed.push(decision),
    answered: (answer: ObservedAnswer) => void observed.push(answer),
  };
  await using watched = await FakeGenesysCloud.start({ clock, observer });
  const other = await TestClient.login(watched);
  watched.faults.inject({ fault: { kind: 'reset', when: 'after' } });
  await expect(other.post('/events/users/presence', presences(1))).rejects.toThrow();
  const [login, ...rest] = observed;
  expect(login).toMatchObject({ operation: 'postOauthToken', status: 200 });
  expect(rest).toMatchObject([
    { kind: 'userPresence', outcome: 'refused', refusal: { cause: 'rule' } },
    { operation: 'postEventsUsersPresence', method: 'POST', status: 0 },
  ]);
  expect(new Set(rest.map(({ request }) => request)).size).toBe(1);
});
