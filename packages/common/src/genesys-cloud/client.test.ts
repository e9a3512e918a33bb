/** The rules of sending, against a real HTTP server: what each kind of answer, or its loss, leads to. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asId, type CloudUserId } from '../ids.ts';
import { CloudError } from './errors.ts';
import type { PresenceEvent } from './events/agent-state.ts';
import { toEventTime } from './events/parts.ts';
import { accessTo, openTestCloud, type TestCloud } from './testing/cloud-client.ts';
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
  expect(test.clock.pendingTimers).toBe(0);
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

describe('a request', () => {
  it('carries the token and asks for JSON', async () => {
    script();
    await test.untilDone(test.cloud.users.get(user, { expand: ['skills', 'authorization'] }));
    expect(stub.requests[0]).toMatchObject({
      method: 'GET',
      path: '/api/v2/users/u1?expand=skills&expand=authorization',
    });
    expect(stub.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      accept: 'application/json',
    });
    const login = stub.logins[0];
    expect(login?.body).toBe('grant_type=client_credentials');
    expect(login?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Buffer.from(login?.headers.authorization?.slice(6) ?? '', 'base64').toString()).toBe(
      'client-1:canary-s3cret/with+signs=',
    );
  });

  it('logs in once for many requests at once', async () => {
    script();
    await test.untilDone(Promise.all(Array.from({ length: 5 }, () => test.cloud.users.get(user))));
    expect(stub.logins).toHaveLength(1);
    expect(stub.requests).toHaveLength(5);
  });

  it('takes null for absent, wherever it stands', async () => {
    stub.handler = () => ({
      body: { id: 'u1', name: null, division: { id: 'd', name: null }, skills: null },
    });
    const read = await test.untilDone(test.cloud.users.get(user));
    expect(read).toEqual({ id: 'u1', division: { id: 'd' } });
  });

  it('encodes what stands in its path, and refuses what would change the path', async () => {
    script();
    await test.untilDone(
      test.cloud.externalIds.find({ authorityName: 'engage/Tenant Ä', externalKey: '10?1#/../x' }),
    );
    expect(stub.requests[0]?.path).toBe(
      '/api/v2/users/externalid/engage%2FTenant%20%C3%84/10%3F1%23%2F..%2Fx',
    );
    for (const bad of ['', '.', '..']) {
      const error = await cloudError(test.cloud.users.get(asId<CloudUserId>(bad)));
      expect(error.code).toBe('cloud.request-invalid');
    }
    expect(stub.requests).toHaveLength(1);
  });
});

describe('401', () => {
  it('leads to one new log-in and one repeat, for all who were refused at once', async () => {
    stub.handler = (request) =>
      request.headers.authorization === 'Bearer token-1'
        ? { status: 401, body: { code: 'bad.credentials' } }
        : { body: { id: 'u1' } };
    await test.untilDone(Promise.all(Array.from({ length: 5 }, () => test.cloud.users.create(body))));
    expect(stub.logins).toHaveLength(2);
    expect(stub.requests).toHaveLength(10);
  });

  it('is final when the new token is refused too, and log-ins become rare', async () => {
    stub.handler = () => ({ status: 401, body: { code: 'authentication.required' } });
    const error = await cloudError(test.cloud.users.get(user));
    expect(error).toMatchObject({ code: 'cloud.unauthorized', httpStatus: 401, retryable: false });
    expect(stub.requests).toHaveLength(2);
    for (let call = 0; call < 5; call++) await cloudError(test.cloud.users.get(user));
    expect(stub.logins).toHaveLength(2);
    expect(test.health).toHaveLength(1);
  });

  it('is final at once when the address of this machine is refused', async () => {
    stub.handler = () => ({ status: 401, body: { code: 'ip.not.authorized' } });
    expect((await cloudError(test.cloud.users.get(user))).cloudCode).toBe('ip.not.authorized');
    expect(stub.logins).toHaveLength(1);
    expect(stub.requests).toHaveLength(1);
  });
});

describe('502, 503, 504', () => {
  it('are repeated, whatever their body', async () => {
    script(
      { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>' },
      { status: 503, body: '' },
      { status: 504, body: { code: 'request.timeout' } },
    );
    expect(await test.untilDone(test.cloud.users.get(user))).toMatchObject({ id: 'u1' });
    expect(stub.requests).toHaveLength(4);
  });

  it('end after six tries with the last answer', async () => {
    stub.handler = () => ({ status: 503, body: { code: 'service.unavailable', message: 'later' } });
    const error = await cloudError(test.cloud.users.get(user));
    expect(error).toMatchObject({
      code: 'cloud.unavailable',
      httpStatus: 503,
      cloudCode: 'service.unavailable',
      correlationId: 'correlation-6',
      retryable: true,
      outcomeUnknown: false,
    });
    expect(stub.requests).toHaveLength(6);
  });

  it('respect Retry-After and the deadline of the call', async () => {
    script({ status: 503, headers: { 'retry-after': '20' } });
    expect((await cloudError(test.cloud.users.get(user, { deadlineMs: 20_000 }))).code).toBe(
      'cloud.unavailable',
    );
    expect(stub.requests).toHaveLength(1);
  });

  it('of a create may hide a success: the caller must look', async () => {
    script({ status: 504 });
    const error = await cloudError(test.cloud.users.create(body));
    expect(error).toMatchObject({ code: 'cloud.outcome-unknown', httpStatus: 504, outcomeUnknown: true });
    expect(error.retryable).toBe(true);
    expect(stub.requests).toHaveLength(1);
  });
});

describe('500 and 408', () => {
  it('are not repeated', async () => {
    script({ status: 500, body: { code: 'internal.server.error' } }, { status: 408 });
    expect(await cloudError(test.cloud.users.get(user))).toMatchObject({
      code: 'cloud.server-error',
      outcomeUnknown: false,
    });
    expect(await cloudError(test.cloud.users.get(user))).toMatchObject({ code: 'cloud.unavailable' });
    expect(stub.requests).toHaveLength(2);
  });

  it('say that a write may have been carried out', async () => {
    script({ status: 500 }, { status: 408 });
    expect(await cloudError(test.cloud.users.create(body))).toMatchObject({
      code: 'cloud.server-error',
      outcomeUnknown: true,
    });
    expect(await cloudError(test.cloud.users.create(body))).toMatchObject({ code: 'cloud.outcome-unknown' });
  });
});

describe('a lost answer', () => {
  it.each(['reset', 'half-then-reset'] as const)('of a read is repeated: %s', async (how) => {
    script(how);
    await test.untilDone(test.cloud.users.get(user));
    expect(stub.requests).toHaveLength(2);
  });

  it('of a create is not repeated', async () => {
    script('reset');
    expect(await cloudError(test.cloud.users.create(body))).toMatchObject({
      code: 'cloud.outcome-unknown',
      outcomeUnknown: true,
    });
    expect(stub.requests).toHaveLength(1);
  });

  it('of a slow body is noticed by the time limit and repeated where that is safe', async () => {
    script('half');
    const call = test.cloud.users.get(user, { timeoutMs: 3_000 });
    await stub.received(1);
    await test.clock.advance(3_000);
    await test.untilDone(call);
    expect(stub.requests).toHaveLength(2);
  });

  it('of a DELETE that had worked makes the repeat find nothing, which is success', async () => {
    script('reset', { status: 404, body: { code: 'not.found' } });
    await test.untilDone(test.cloud.users.removeSkill(user, asId('s1')));
    script({ status: 404, body: { code: 'not.found' } });
    stub.requests.length = 0;
    expect((await cloudError(test.cloud.users.removeSkill(user, asId('s1')))).code).toBe('cloud.not-found');
  });

  it('is remembered by a later error of the same call', async () => {
    script('reset', { status: 409, body: { code: 'general.conflict' } });
    expect(await cloudError(test.cloud.users.patch(user, { version: 1, name: 'x' }))).toMatchObject({
      code: 'cloud.conflict',
      outcomeUnknown: true,
    });
  });

  it('is no reason to hold back a create that was never sent', async () => {
    test.access = accessTo(stub, { baseUrl: 'http://127.0.0.1:1' });
    const other = openTestCloud(stub, { allowedHosts: { allows: () => true } as never });
    other.access = accessTo(stub, { baseUrl: 'http://127.0.0.1:1' });
    const error = (await other.failure(other.cloud.users.create(body))) as CloudError;
    expect(error).toMatchObject({ code: 'cloud.unavailable', outcomeUnknown: false });
    await other.cloud.close();
  });
});

describe('an event batch', () => {
  const event: PresenceEvent = {
    eventId: randomUUID(),
    eventDateTime: toEventTime(0),
    userId: user,
    sourceId: randomUUID(),
    presenceDefinitionId: randomUUID(),
  };

  it.each<StubBehaviour>(['reset', 'half-then-reset', { status: 504 }])(
    'whose answer was lost is sent again unchanged, and its result says so: %j',
    async (loss) => {
      const errors = [{ eventId: event.eventId, message: 'seen before', retryable: false }];
      script(loss, { body: { errors } });
      const result = await test.untilDone(test.cloud.events.presence([event]));
      expect(result.repeated).toBe(true);
      expect(result.rejected.get(event.eventId)?.message).toBe('seen before');
      expect(stub.requests).toHaveLength(2);
      expect(stub.requests[1]?.body).toBe(stub.requests[0]?.body);
    },
  );

  it('is not called repeated when it had certainly not been carried out', async () => {
    script({ status: 429 }, { status: 401, body: { code: 'bad.credentials' } }, { body: { errors: null } });
    const result = await test.untilDone(test.cloud.events.presence([event]));
    expect(result).toMatchObject({ repeated: false, correlationId: 'correlation-3' });
    expect(result.rejected.size).toBe(0);
  });

  it('whose answers stay lost ends with an error that says that it may have been carried out', async () => {
    stub.handler = () => 'reset';
    expect(await cloudError(test.cloud.events.presence([event]))).toMatchObject({
      code: 'cloud.unavailable',
      retryable: true,
      outcomeUnknown: true,
    });
    expect(stub.requests).toHaveLength(6);
  });
});

describe('other answers', () => {
  it.each([
    [400, 'bad.request', 'cloud.refused'],
    [400, 'general.conflict', 'cloud.conflict'],
    [400, 'duplicate.name', 'cloud.conflict'],
    [403, 'missing.permissions', 'cloud.forbidden'],
    [404, 'not.found', 'cloud.not-found'],
    [409, 'general.resource.conflict', 'cloud.conflict'],
    [409, 'presenceservice.source.nametoolong', 'cloud.refused'],
    [413, 'request.entity.too.large', 'cloud.too-large'],
    [415, 'unsupported.media.type', 'cloud.refused'],
  ])('%i %s becomes %s and is not repeated', async (status, cloudCode, code) => {
    script({ status, body: { code: cloudCode, message: 'why' } });
    const error = await cloudError(test.cloud.users.create(body));
    expect(error).toMatchObject({
      code,
      httpStatus: status,
      cloudCode,
      cloudMessage: 'why',
      retryable: false,
    });
    expect(error.message).toContain('postUsers');
    expect(stub.requests).toHaveLength(1);
  });

  it.each([301, 302, 307])('a redirect (%i) is an error and never followed', async (status) => {
    script({ status, headers: { location: 'http://127.0.0.1:1/evil' } });
    expect((await cloudError(test.cloud.users.get(user))).code).toBe('cloud.redirected');
    expect(stub.requests).toHaveLength(1);
  });

  it.each(['<html>log in to the guest network</html>', '', '{"id":7}', '[]'])(
    'a success that is not what was asked for is an error: %s',
    async (text) => {
      script({ body: text }, { body: text });
      expect(await cloudError(test.cloud.users.get(user))).toMatchObject({
        code: 'cloud.response-invalid',
        outcomeUnknown: false,
      });
      expect(await cloudError(test.cloud.users.create(body))).toMatchObject({ outcomeUnknown: true });
    },
  );
});

describe('access', () => {
  it('is missing until the settings are there', async () => {
    const { access } = test;
    test.access = undefined;
    expect(await cloudError(test.cloud.users.get(user))).toMatchObject({
      code: 'cloud.not-configured',
      retryable: true,
    });
    test.access = access;
    script();
    await test.untilDone(test.cloud.users.get(user));
  });

  it('changes without a restart', async () => {
    const next = await CloudStub.start();
    const both = openTestCloud(stub, { allowedHosts: { allows: () => true } as never });
    script();
    next.handler = () => ({ body: { id: 'u2' } });
    await both.untilDone(both.cloud.users.get(user));
    both.access = accessTo(next);
    expect((await both.untilDone(both.cloud.users.get(user))).id).toBe('u2');
    expect(next.logins).toHaveLength(1);
    await both.cloud.close();
    await next.close();
  });

  it('with a wrong secret is refused once, not for each request', async () => {
    stub.loginHandler = () => ({ status: 401, body: { error: 'invalid_client' } });
    for (let call = 0; call < 5; call++)
      expect(await cloudError(test.cloud.users.get(user))).toMatchObject({ code: 'cloud.login-failed' });
    expect(stub.logins).toHaveLength(1);
    expect(stub.requests).toHaveLength(0);
    expect(test.cloud.budget.usage().used).toBe(0);
  });
});

describe('close', () => {
  it('lets requests on the way finish and ends those that wait', async () => {
    const hold = Promise.withResolvers<StubBehaviour>();
    stub.handler = () => hold.promise;
    const sent = test.cloud.users.get(user);
    while (stub.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    test.cloud.budget.pause(0, 10_000);
    const waiting = cloudError(test.cloud.users.get(user));
    const closing = test.cloud.close();
    expect((await waiting).code).toBe('cloud.closed');
    hold.resolve({ body: { id: 'u1' } });
    await expect(sent).resolves.toMatchObject({ id: 'u1' });
    await closing;
  });

  it('ends requests that do not finish', async () => {
    script('silent');
    const sent = cloudError(test.cloud.users.get(user));
    while (stub.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const closing = test.cloud.close();
    await test.clock.advance(5_000);
    await closing;
    expect((await sent).code).toBe('cloud.closed');
  });
});
