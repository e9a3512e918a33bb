import { FakeClock } from '@exec/common/testing';
import { afterEach, expect, test } from 'vitest';
import { FakeGenesysCloud } from '../fake-genesys-cloud.ts';
import type { FakeGenesysCloudOptions } from '../options.ts';
import { loginAnswer, TestClient } from '../test-client.ts';

const started: FakeGenesysCloud[] = [];
async function start(options: FakeGenesysCloudOptions = {}): Promise<FakeGenesysCloud> {
  const fake = await FakeGenesysCloud.start(options);
  started.push(fake);
  return fake;
}
afterEach(async () => {
  for (const fake of started.splice(0)) await fake.close();
});

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('a log-in gives a bearer token that the API takes', async () => {
  const fake = await start({ tokenLifetimeSeconds: 300 });
  const login = await loginAnswer(fake);
  expect(login.status).toBe(200);
  expect(login.json).toMatchObject({ token_type: 'bearer', expires_in: 300 });
  const client = await TestClient.login(fake);
  expect((await client.get('/organizations/me')).json.id).toBe(fake.organizationId);
  expect(fake.record.logins).toBe(2);
  expect(fake.record.requests).toBe(1);
});

test('a wrong secret is refused in the shape of the login host', async () => {
  const fake = await start();
  const answer = await loginAnswer(fake, 0, { secret: 'wrong' });
  expect(answer.status).toBe(401);
  expect(answer.json).toMatchObject({ error: 'invalid_client' });
  expect(answer.json).not.toHaveProperty('code');
});

test('a missing, unknown, revoked or expired token is 401 with its code', async () => {
  const clock = new FakeClock();
  const fake = await start({ clock, tokenLifetimeSeconds: 300 });
  const none = await fetch(`${fake.url}/api/v2/organizations/me`);
  expect(none.status).toBe(401);
  expect(await none.json()).toMatchObject({ code: 'authentication.required', status: 401 });
  const client = await TestClient.login(fake);
  expect(fake.faults.revokeTokens()).toBe(1);
  expect((await client.get('/organizations/me')).json.code).toBe('bad.credentials');
  const second = await TestClient.login(fake);
  await clock.advance(300_000);
  expect((await second.get('/organizations/me')).json.code).toBe('bad.credentials');
  expect(fake.record.unauthorized).toBe(3);
});

test('every answer carries a correlation ID that its error body repeats', async () => {
  const fake = await start();
  const client = await TestClient.login(fake);
  const answers = [
    await loginAnswer(fake),
    await client.get('/organizations/me'),
    await client.get('/users/unknown'),
    await client.get('/nowhere'),
    await client.post('/routing/skills', '{'),
  ];
  const ids = answers.map((answer) => answer.headers.get('inin-correlation-id') ?? '');
  for (const id of ids) expect(id).toMatch(uuid);
  expect(new Set(ids).size).toBe(ids.length);
  for (const answer of answers.slice(2)) {
    expect(answer.json.contextId).toBe(answer.headers.get('inin-correlation-id'));
    expect(answer.json).toMatchObject({ status: answer.status, details: [], errors: [] });
  }
  expect(fake.record.violations.map((violation) => violation.code)).toEqual(['path.unknown']);
});

test('the budget of a token is a sliding minute; what is above it gets the documented 429', async () => {
  const clock = new FakeClock();
  const fake = await start({ clock, requestsPerMinute: 2 });
  const client = await TestClient.login(fake);
  const other = await TestClient.login(fake);
  await client.get('/organizations/me');
  await clock.advance(20_000);
  await client.get('/organizations/me');
  const refused = await client.get('/organizations/me');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('40');
  expect(refused.json).toMatchObject({
    code: 'too.many.requests.retry.after',
    status: 429,
    message: 'Rate limit exceeded the maximum. Retry the request in [40] seconds',
    contextId: refused.headers.get('inin-correlation-id'),
  });
  expect((await other.get('/organizations/me')).status).toBe(200);
  await clock.advance(40_000);
  expect((await client.get('/organizations/me')).status).toBe(200);
  expect(fake.record.requestsWithoutBudget).toBe(1);
  expect(fake.record.answers429).toBe(1);
  expect(fake.record.peakPerMinute).toBe(2);
  expect(fake.record.peakPerMinuteOf(fake.clients[0]?.clientId ?? '')).toBe(2);
});

test('the rate-limit headers are there only when they are switched on', async () => {
  const fake = await start({ clock: new FakeClock(), requestsPerMinute: 10 });
  const client = await TestClient.login(fake);
  expect((await client.get('/tokens/me')).headers.has('inin-ratelimit-count')).toBe(false);
  fake.quirks.rateLimitHeaders = true;
  const { headers } = await client.get('/tokens/me');
  expect(headers.get('inin-ratelimit-count')).toBe('2');
  expect(headers.get('inin-ratelimit-allowed')).toBe('10');
  expect(headers.get('inin-ratelimit-reset')).toBe('60');
});

test('a body of more than 512,000 bytes is 413, another type than JSON 415', async () => {
  const fake = await start();
  const client = await TestClient.login(fake);
  const fits = await client.post('/routing/skills', JSON.stringify({ name: 'x' }).padEnd(512_000));
  expect(fits.status).toBe(200);
  const large = await client.post('/routing/skills', JSON.stringify({ name: 'y' }).padEnd(512_001));
  expect(large.status).toBe(413);
  expect(large.json.code).toBe('request.entity.too.large');
  const response = await fetch(`${fake.url}/api/v2/routing/skills`, {
    method: 'POST',
    headers: { authorization: `Bearer ${client.token}`, 'content-type': 'text/plain' },
    body: 'x',
  });
  expect(response.status).toBe(415);
  expect(await response.json()).toMatchObject({ code: 'unsupported.media.type' });
});

test('the token and the organisation describe themselves', async () => {
  const fake = await start({ organizationShortName: 'acme' });
  const client = await TestClient.login(fake);
  expect((await client.get('/tokens/me')).json).toMatchObject({
    organization: { id: fake.organizationId },
    OAuthClient: { id: fake.clients[0]?.clientId, authorizedGrantType: 'CLIENT-CREDENTIALS' },
  });
  expect((await client.call('HEAD', '/tokens/me')).status).toBe(200);
  expect((await client.get('/organizations/me')).json.thirdPartyOrgName).toBe('acme');
  expect((await client.get('/authorization/subjects/me')).json.grants[0].role.name).toBe('EX Integration');
  expect((await client.get('/users/me')).json.code).toBe('not.a.user');
  const limits = (await client.get('/organizations/limits/namespaces/platform.api')).json.entities;
  expect(limits).toContainEqual({
    key: 'client.credentials.token.rate.per.minute',
    namespace: 'platform.api',
    value: 300,
  });
  expect((await client.get('/organizations/limits/namespaces/colours')).json.code).toBe('invalid.value');
});
