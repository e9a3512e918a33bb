import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeGenesysCloud } from '../fake-genesys-cloud.ts';
import { seed, TestClient } from '../test-client.ts';

let fake: FakeGenesysCloud;
beforeEach(async () => {
  fake = await FakeGenesysCloud.start();
});
afterEach(() => fake.close());

async function control(method: string, path: string, body?: unknown) {
  const response = await fetch(`${fake.url}/__control/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
}

test('the record and the counts of the state can be read from outside', async () => {
  const client = await TestClient.login(fake);
  seed(fake);
  await client.get('/users');
  expect((await control('GET', 'health')).json).toEqual({ ok: true });
  expect((await control('GET', 'record')).json).toMatchObject({ requests: 1, logins: 1, violationCount: 0 });
  expect((await control('GET', 'state')).json).toMatchObject({
    users: 1,
    activeUsers: 1,
    queues: 1,
    wrapupCodes: 1,
  });
  expect((await control('GET', 'users')).json).toMatchObject([{ name: 'Ada', state: 'active' }]);
  expect((await control('GET', 'queues')).json).toMatchObject([{ members: [] }]);
  expect((await control('DELETE', 'record')).json).toMatchObject({ requests: 0 });
});

test('conversations and events can be read from outside', async () => {
  const client = await TestClient.login(fake);
  const { sourceId } = seed(fake);
  const conversationId = '11111111-1111-4111-8111-111111111111';
  await client.post('/events/conversations', {
    externalEstablishedEvents: [
      {
        eventId: '22222222-2222-4222-8222-222222222222',
        eventDateTime: '2026-01-05T08:00:00.000Z',
        conversationId,
        communicationId: '33333333-3333-4333-8333-333333333333',
        initialConfiguration: {},
        sourceConfiguration: { sourceId, interactionId: 'CALL-1' },
      },
    ],
  });
  expect((await control('GET', 'conversations?interactionId=CALL-1')).json).toMatchObject([
    { conversationId },
  ]);
  expect((await control('GET', 'conversations?state=ended')).json).toEqual([]);
  expect((await control('GET', `conversations/${conversationId}`)).json).toMatchObject({
    legs: [{ type: 'external' }],
  });
  expect((await control('GET', 'conversations/unknown')).status).toBe(404);
  expect((await control('GET', `events?subject=${conversationId}`)).json).toMatchObject([
    { kind: 'externalEstablished' },
  ]);
  expect((await control('GET', 'events?outcome=refused')).json).toEqual([]);
  expect((await control('GET', 'events?kind=nothing')).status).toBe(400);
});

test('faults are set, listed and taken back from outside', async () => {
  const client = await TestClient.login(fake);
  const set = await control('POST', 'faults', { times: null, fault: { kind: 'status', status: 503 } });
  expect(set.json).toMatchObject({ id: 1, hits: 0, times: null });
  expect((await client.get('/users')).status).toBe(503);
  expect((await control('GET', 'faults')).json).toMatchObject([{ hits: 1 }]);
  expect((await control('DELETE', 'faults/1')).json).toEqual([]);
  expect((await client.get('/users')).status).toBe(200);
  expect((await control('POST', 'faults', { fault: { kind: 'explosion' } })).status).toBe(400);
  await control('POST', 'faults', { fault: { kind: 'hang' } });
  expect((await control('DELETE', 'faults')).json).toEqual([]);
});

test('quirks, tokens and outages are switched from outside; an outage leaves the control alone', async () => {
  const client = await TestClient.login(fake);
  expect((await control('PATCH', 'quirks', { repeatMode: 'refuse-repeat' })).json).toMatchObject({
    repeatMode: 'refuse-repeat',
  });
  expect(fake.quirks.repeatMode).toBe('refuse-repeat');
  expect((await control('PATCH', 'quirks', { repeatMode: 'perhaps' })).status).toBe(400);
  expect((await control('POST', 'outage', {})).json).toEqual({ outageActive: true });
  await expect(client.get('/users')).rejects.toThrow();
  expect((await control('DELETE', 'outage')).json).toEqual({ outageActive: false });
  expect((await control('POST', 'revoke-tokens', {})).json).toEqual({ revoked: 1 });
  expect((await client.get('/users')).status).toBe(401);
});
