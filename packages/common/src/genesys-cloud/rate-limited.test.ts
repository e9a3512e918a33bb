/** What a 429 of the cloud leads to, against a real HTTP server: everything that uses the token waits. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asId, type CloudSourceId, type CloudUserId } from '../ids.ts';
import { CloudError } from './errors.ts';
import { openTestCloud, type TestCloud } from './testing/cloud-client.ts';
import { CloudStub, type StubBehaviour } from './testing/cloud-stub.ts';

const user = asId<CloudUserId>('u1');
const body = { name: 'A B', email: 'a@example.com', divisionId: 'd1', state: 'active' } as const;

let stub: CloudStub;
let test: TestCloud;

beforeEach(async () => {
  stub = await CloudStub.start();
  test = openTestCloud(stub);
});

afterEach(async () => {
  await test.cloud.close();
  await stub.close();
});

/** Answers requests with these, then with a user. */
function script(...answers: StubBehaviour[]): void {
  stub.handler = (_, index) => answers[index] ?? { body: { id: 'u1', version: 1 } };
}

async function cloudError(call: Promise<unknown>): Promise<CloudError> {
  const error = await test.failure(call);
  expect(error).toBeInstanceOf(CloudError);
  return error as CloudError;
}

describe('429', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['zero', { 'retry-after': '0' }, 1_000],
    ['nothing', {}, 1_000],
    ['nonsense', { 'retry-after': 'soon' }, 1_000],
  ])('with %s in Retry-After holds back everything for that time', async (_, headers, ms) => {
    script({ status: 429, headers, body: { code: 'too.many.requests.retry.after' } });
    const start = test.clock.monotonic();
    const times: number[] = [];
    const call = () => test.cloud.users.create(body).then(() => times.push(test.clock.monotonic() - start));
    await test.untilDone(call().then(() => call()));
    expect(stub.requests).toHaveLength(3);
    // Retry-After, and half a second of spread.
    expect(times[0]).toBeGreaterThanOrEqual(ms + 500);
    expect(times[0]).toBeLessThan(ms + 600);
    const metrics = await test.registry.metrics();
    expect(metrics).toContain('exec_genesys_cloud_rate_limited_total 1');
  });

  it.each([
    ['429', 1, false],
    ['503', 1, true],
    ['503', 0, false],
  ] as const)(
    'is not followed by a repeat that may not go any more: %s after %i tries',
    async (status, tries, unknown) => {
      script({ status: Number(status) });
      let confirmed = 0;
      const why = new Error('another one is active');
      const confirm = async () => {
        if (confirmed === tries) throw why;
        confirmed++;
      };
      const presence = {
        eventId: '4b7c8a52-6a54-4b6e-8d64-0d9a2c1b7e3f',
        eventDateTime: '2026-01-05T08:00:00.000Z',
        userId: asId<CloudUserId>('6f1d2c1e-8f1b-4c0a-9d0e-2b7f5a3c9e12'),
        sourceId: asId<CloudSourceId>('7a1b4a54-3f0e-4f0b-9b8e-3a8d2b7f1c01'),
        presenceDefinitionId: '7a1b4a54-3f0e-4f0b-9b8e-3a8d2b7f1c02',
      };
      const error = await cloudError(test.cloud.events.presence([presence], { confirm }));
      expect(error).toMatchObject({ code: 'cloud.held-back', outcomeUnknown: unknown, cause: why });
      expect(stub.requests).toHaveLength(tries);
      expect(test.cloud.budget.usage().inFlight).toBe(0);
    },
  );

  it('holds back requests that were not refused themselves', async () => {
    script({ status: 429, headers: { 'retry-after': '60' } });
    const first = test.cloud.users.get(user);
    await stub.received(1);
    while (test.cloud.budget.usage().pausedForMs === 0) await new Promise((resolve) => setImmediate(resolve));
    const second = test.cloud.users.get(user);
    await test.clock.advance(59_000);
    expect(stub.requests).toHaveLength(1);
    await test.untilDone(Promise.all([first, second]));
    expect(stub.requests).toHaveLength(3);
  });

  it('lets nobody slip through who waits for a free connection', async () => {
    await test.cloud.close();
    test = openTestCloud(stub, { requestsPerMinute: 6_000 });
    const hold = Promise.withResolvers<StubBehaviour>();
    stub.handler = (_, index) => (index === 0 ? hold.promise : { body: { id: 'u1' } });
    const first = test.cloud.users.get(user);
    while (stub.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    // All other places are taken, so that the next request goes out when the first comes back.
    const taken = await Promise.all(Array.from({ length: 15 }, () => test.cloud.budget.acquire('events')));
    const second = test.cloud.users.get(user);
    hold.resolve({ status: 429, headers: { 'retry-after': '60' } });
    while (test.cloud.budget.usage().pausedForMs === 0) await new Promise((resolve) => setImmediate(resolve));
    await test.clock.advance(59_000);
    expect(stub.requests).toHaveLength(1);
    for (const permit of taken) permit.release(false);
    await test.untilDone(Promise.all([first, second]));
    expect(stub.requests).toHaveLength(3);
  });

  it('for a day stops the token with an alarm, and the cloud is asked again after a quarter of an hour', async () => {
    script({ status: 429, headers: { 'retry-after': '86400' }, body: { code: 'too.many.requests' } });
    const error = await cloudError(test.cloud.users.get(user));
    expect(error).toMatchObject({
      code: 'cloud.lane-stopped',
      retryable: true,
      cloudCode: 'too.many.requests',
    });
    expect(error.retryAfterMs).toBe(900_500);
    expect((await cloudError(test.cloud.users.get(user))).code).toBe('cloud.lane-stopped');
    expect(stub.requests).toHaveLength(1);
    expect(test.health.at(-1)).toContain('down');
    await test.clock.advance(900_500);
    await test.untilDone(test.cloud.users.get(user));
    expect(stub.requests).toHaveLength(2);
    expect(test.health.at(-1)).toBe('up');
  });

  it('ends after six tries', async () => {
    stub.handler = () => ({ status: 429, headers: { 'retry-after': '1' } });
    expect(await cloudError(test.cloud.users.get(user))).toMatchObject({
      code: 'cloud.rate-limited',
      retryable: true,
      outcomeUnknown: false,
    });
    expect(stub.requests).toHaveLength(6);
  });
});
