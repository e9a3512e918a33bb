/** Several tokens side by side: each has its own log-in, its own budget and its own pauses. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asId, type CloudUserId } from '../ids.ts';
import { openTestCloud, type TestCloud } from './testing/cloud-client.ts';
import { CloudStub } from './testing/cloud-stub.ts';

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
    expect([...requestsByToken().values()]).toEqual([10, 10, 10]);
    expect(test.cloud.budget.usage()).toMatchObject({ limit: 180, used: 30 });
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

  it('replaces only the token that was refused', async () => {
    stub.handler = (request) =>
      request.headers.authorization === 'Bearer token-2'
        ? { status: 401, body: { code: 'bad.credentials' } }
        : { body: { id: 'u1' } };
    await test.untilDone(calls(9));
    expect(stub.logins).toHaveLength(4);
    expect(requestsByToken().get('Bearer token-2')).toBe(1);
    expect(requestsByToken().get('Bearer token-4')).toBeGreaterThan(0);
  });
});
