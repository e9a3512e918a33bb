/** What operators see: metrics, log lines with correlation IDs, and never a secret. */
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asId, type CloudUserId } from '../ids.ts';
import { createLogger, type Logger } from '../logging/logging.ts';
import { accessTo, clientSecret, openTestCloud, type TestCloud } from './testing/cloud-client.ts';
import { CloudStub, type StubBehaviour } from './testing/cloud-stub.ts';

const user = asId<CloudUserId>('u1');

let stub: CloudStub;
let lines: string[];
let logger: Logger;
let test: TestCloud;

beforeEach(async () => {
  stub = await CloudStub.start();
  lines = [];
  logger = createLogger({
    service: 'test',
    level: 'trace',
    destination: { write: (line) => void lines.push(line) },
  });
  test = openTestCloud(stub, { logger });
});

afterEach(async () => {
  await test.cloud.close();
  await stub.close();
});

function script(...answers: StubBehaviour[]): void {
  stub.handler = (_, index) => answers[index] ?? { body: { id: 'u1' } };
}

describe('metrics', () => {
  it('count requests by operation and status and measure their time', async () => {
    script({ status: 503 }, 'reset', { status: 429, headers: { 'retry-after': '1' } });
    await test.untilDone(test.cloud.users.get(user));
    const metrics = await test.registry.metrics();
    for (const [status, count] of [
      ['503', 1],
      ['none', 1],
      ['429', 1],
      ['200', 1],
    ])
      expect(metrics).toContain(
        `exec_genesys_cloud_requests_total{operation="getUser",status="${status}"} ${count}\n`,
      );
    expect(metrics).toContain('exec_genesys_cloud_request_duration_seconds_count{operation="getUser"} 4\n');
    expect(metrics).toContain('exec_genesys_cloud_rate_limit_wait_seconds_count 4\n');
    expect(metrics).toContain('exec_genesys_cloud_rate_limited_total 1\n');
  });

  it('exist from the first use of an operation', async () => {
    script();
    await test.untilDone(test.cloud.users.get(user));
    const metrics = await test.registry.metrics();
    expect(metrics).toContain('exec_genesys_cloud_requests_total{operation="getUser",status="429"} 0\n');
    expect(metrics).toContain('exec_genesys_cloud_rate_limited_total 0\n');
    expect(metrics).not.toContain('postUsers');
  });

  it('show when the token ends', async () => {
    expect(await test.registry.metrics()).toContain('exec_oauth_token_expiry_timestamp_seconds 0\n');
    script();
    await test.untilDone(test.cloud.users.get(user));
    const expiry = /exec_oauth_token_expiry_timestamp_seconds (\d+)/.exec(await test.registry.metrics())?.[1];
    expect(Math.abs(Number(expiry) - (test.clock.now() / 1000 + 86_400))).toBeLessThan(5);
  });

  it('show how the clock of the cloud differs', async () => {
    const ahead = new Date(test.clock.now() + 90_000).toUTCString();
    script({ headers: { date: ahead }, body: { id: 'u1' } });
    await test.untilDone(test.cloud.users.get(user));
    const skew = /exec_clock_skew_seconds (-?[\d.]+)/.exec(await test.registry.metrics())?.[1];
    expect(Math.abs(Number(skew) - 90)).toBeLessThan(2);
  });

  it('do not take the clock from an answer that was long on its way', async () => {
    const hold = Promise.withResolvers<StubBehaviour>();
    stub.handler = () => hold.promise;
    const call = test.cloud.users.get(user);
    while (stub.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await test.clock.advance(3_000);
    hold.resolve({ headers: { date: new Date(0).toUTCString() }, body: { id: 'u1' } });
    await call;
    expect(await test.registry.metrics()).toContain('exec_clock_skew_seconds 0\n');
  });
});

describe('the hint that the minute is used up', () => {
  it('holds requests back before the cloud has to refuse one', async () => {
    script({
      headers: {
        'inin-ratelimit-count': '180',
        'inin-ratelimit-allowed': '180',
        'inin-ratelimit-reset': '20',
      },
      body: { id: 'u1' },
    });
    await test.untilDone(test.cloud.users.get(user));
    expect(test.cloud.budget.usage().pausedForMs).toBeGreaterThan(19_000);
  });
});

describe('the log', () => {
  it('carries the correlation ID of a failure, and says once that the cloud is away and back', async () => {
    stub.handler = () => ({ status: 503, headers: { 'inin-correlation-id': 'corr-77' } });
    await test.failure(test.cloud.users.get(user));
    await test.failure(test.cloud.users.get(user));
    script();
    stub.requests.length = 0;
    await test.untilDone(test.cloud.users.get(user));
    const parsed = lines.map((line) => JSON.parse(line) as { readonly message?: string });
    const away = parsed.filter((line) => line.message?.startsWith('Genesys Cloud cannot be used'));
    expect(away).toHaveLength(1);
    expect(away[0]).toMatchObject({ 'log.level': 'warn' });
    expect(JSON.stringify(away[0])).toContain('corr-77');
    expect(parsed.filter((line) => line.message === 'Genesys Cloud answers again')).toHaveLength(1);
    expect(test.health.map((entry) => entry.split(':')[0])).toEqual(['down', 'up']);
  });

  it('holds no secret, whatever fails, and neither do the errors', async () => {
    const basic = Buffer.from(`client-1:${clientSecret}`).toString('base64');
    const token = 'canary-token-abc';
    stub.loginHandler = () => ({ body: { access_token: token, expires_in: 300 } });
    // The far side repeats all it got, in every field.
    const echo = (status: number): StubBehaviour => ({
      status,
      body: { code: 'x', message: `${'-'.repeat(290)}${token}`, contextId: token },
    });
    const answers: StubBehaviour[] = [
      echo(400),
      echo(401),
      echo(403),
      echo(404),
      echo(409),
      echo(500),
      'reset',
      'half-then-reset',
      { status: 302, headers: { location: `https://evil.example/?token=${token}` } },
      { body: token },
      { status: 429, headers: { 'retry-after': '999' } },
    ];
    const errors: unknown[] = [];
    for (const answer of answers) {
      stub.handler = () => answer;
      errors.push(
        await test.failure(
          test.cloud.users.create({ name: 'n', email: 'e@x', divisionId: 'd', state: 'active' }),
        ),
      );
    }
    stub.loginHandler = () => ({
      status: 401,
      body: { error: 'invalid_client', description: `${basic} bad` },
    });
    test.access = accessTo(stub, { clientId: 'client-2' });
    errors.push(await test.failure(test.cloud.users.get(user)));
    const seen = [
      ...lines,
      ...errors.map((error) => inspect(error, { depth: 8 })),
      await test.registry.metrics(),
    ];
    for (const secret of [clientSecret, basic, token, encodeURIComponent(clientSecret)])
      expect(seen.filter((text) => text.includes(secret))).toEqual([]);
    expect(errors).toHaveLength(answers.length + 1);
  });
});
