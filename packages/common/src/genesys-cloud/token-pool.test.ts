/** Several tokens side by side: each has its own log-in, its own budget and its own pauses. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../config/secret.ts';
import { asId, type CloudUserId } from '../ids.ts';
import { accessTo, openTestCloud, type TestCloud } from './testing/cloud-client.ts';
import { CloudStub, type StubBehaviour } from './testing/cloud-stub.ts';

const user = asId<CloudUserId>('u1');

let stub: CloudStub;
let test: TestCloud;

beforeEach(async () => {
  stub = await CloudStub.start();
  stub.handler = () => ({ body: { id: 'u1' } });
  test = openTestCloud(stub, { tokens: 3, requestsPerMinute: 60 });
});

afterEach(async () => {
  await test.cloud.close();
  await stub.close();
});

function requestsByToken(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { headers } of stub.requests) {
    const token = headers.authorization ?? '';
    counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  return counts;
}

const calls = (count: number) => Promise.all(Array.from({ length: count }, () => test.cloud.users.get(user)));

describe('a pool of tokens', () => {
  it('shares the requests out', async () => {
    await test.untilDone(calls(30));
    expect(stub.logins).toHaveLength(3);
    const counts = requestsByToken();
    // The first one is ahead by what it sent while the others logged in.
    expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(2);
    expect(test.cloud.budget.usage()).toMatchObject({ limit: 180, used: 30 });
  });

  it('logs in with one token only while one is enough', async () => {
    for (let call = 0; call < 5; call++) {
      await test.untilDone(calls(1));
      await test.clock.advance(2_000);
    }
    expect(stub.logins).toHaveLength(1);
  });

  it('logs in with one token after another', async () => {
    let atOnce = 0;
    let most = 0;
    stub.loginHandler = async (_, index) => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce--;
      return { body: { access_token: `token-${index + 1}`, expires_in: 300 } };
    };
    await test.untilDone(calls(30));
    // They are due to be renewed at nearly the same time, and a new secret concerns all of them at once.
    test.access = accessTo(stub, { clientSecret: new Secret('new') });
    await test.untilDone(calls(30));
    expect(stub.logins.length).toBeGreaterThanOrEqual(6);
    expect(most).toBe(1);
  });

  it('lets no request wait for a log-in while another token is ready', async () => {
    const hold = Promise.withResolvers<StubBehaviour>();
    stub.loginHandler = (_, index) =>
      index === 0 ? { body: { access_token: 'token-1', expires_in: 86_400 } } : hold.promise;
    const all = calls(6);
    while (stub.requests.length < 6) {
      await new Promise((resolve) => setImmediate(resolve));
      await test.clock.advance(10);
    }
    await all;
    expect(stub.logins).toHaveLength(2);
    expect(requestsByToken()).toEqual(new Map([['Bearer token-1', 6]]));
    hold.resolve('reset');
  });

  it('goes on with the others while one pauses, for however long', async () => {
    stub.handler = (request) =>
      request.headers.authorization === 'Bearer token-1'
        ? { status: 429, headers: { 'retry-after': '3600' } }
        : { body: { id: 'u1' } };
    await test.untilDone(calls(20));
    expect(requestsByToken().get('Bearer token-1')).toBe(1);
    expect(stub.requests).toHaveLength(21);
    expect(test.health).toEqual(['up']);
  });

  it('goes on with the others when the log-ins of one are refused', async () => {
    stub.loginHandler = (_, index) =>
      index === 1
        ? { status: 401, body: { error: 'invalid_client' } }
        : { body: { access_token: `token-${index + 1}`, expires_in: 86_400 } };
    await test.untilDone(calls(20));
    expect(stub.logins).toHaveLength(3);
    expect([...requestsByToken().keys()]).toEqual(['Bearer token-1', 'Bearer token-3']);
    expect(test.health).toEqual(['up']);
  });

  it('goes on with the others when every token of one is refused', async () => {
    const good = new Set(['Bearer token-1', 'Bearer token-3']);
    stub.handler = (request) =>
      good.has(request.headers.authorization ?? '')
        ? { body: { id: 'u1' } }
        : { status: 401, body: { code: 'bad.credentials' } };
    await test.untilDone(calls(60));
    expect(test.health).toEqual(['up']);
    // A refused token is tried twice, then rarely.
    expect(stub.requests.length).toBeLessThanOrEqual(60 + 6);
    for (const token of good) expect(requestsByToken().get(token)).toBeGreaterThan(20);
  });

  it('asks for no second log-in when the first is refused', async () => {
    stub.loginHandler = () => ({ status: 401, body: { error: 'invalid_client' } });
    for (let call = 0; call < 5; call++)
      expect(await test.failure(test.cloud.users.get(user))).toMatchObject({ code: 'cloud.login-failed' });
    expect(stub.logins).toHaveLength(1);
  });

  it('replaces only the token that was refused', async () => {
    stub.handler = (request) =>
      request.headers.authorization === 'Bearer token-2'
        ? { status: 401, body: { code: 'bad.credentials' } }
        : { body: { id: 'u1' } };
    await test.untilDone(calls(15));
    expect(stub.logins).toHaveLength(4);
    expect(requestsByToken().get('Bearer token-2')).toBe(1);
    expect(requestsByToken().get('Bearer token-4')).toBeGreaterThan(0);
  });
});
