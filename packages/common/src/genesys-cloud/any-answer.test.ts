/** Whatever the cloud, or a proxy in its place, answers: a result of the promised form or a CloudError, and no call hangs. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asId, type CloudQueueId, type CloudUserId } from '../ids.ts';
import type { GenesysCloud } from './client.ts';
import { CloudError } from './errors.ts';
import { openTestCloud } from './testing/cloud-client.ts';
import { CloudStub, type StubBehaviour } from './testing/cloud-stub.ts';

let stub: CloudStub;

beforeAll(async () => {
  stub = await CloudStub.start();
});

afterAll(() => stub.close());

const user = asId<CloudUserId>('u1');
const queue = asId<CloudQueueId>('q1');
const grants = [{ roleId: 'r1', divisionId: 'd1' }];

/** One of each kind: an object, a page, a search, a write with and without an answer, one that reads before it writes. */
const calls: Readonly<Record<string, (cloud: GenesysCloud) => Promise<unknown>>> = {
  'organization.me': (cloud) => cloud.organization.me(),
  'organization.limits': (cloud) => cloud.organization.limits('platform.api'),
  'users.list': (cloud) => cloud.users.list({ expand: ['skills'] }).toArray(),
  'users.get': (cloud) => cloud.users.get(user),
  'users.create': (cloud) =>
    cloud.users.create({ name: 'A', email: 'a@x', divisionId: 'd', state: 'active' }),
  'users.patch': (cloud) => cloud.users.patch(user, { version: 3, state: 'inactive' }),
  'users.findByEmail': (cloud) => cloud.users.findByEmail('a@x', ['deleted']),
  'users.replaceSkills': (cloud) => cloud.users.replaceSkills(user, [{ id: asId('k1'), proficiency: 1 }]),
  'externalIds.find': (cloud) => cloud.externalIds.find({ authorityName: 'engage/1', externalKey: '7' }),
  'skills.list': (cloud) => cloud.skills.list({}).toArray(),
  'skills.create': (cloud) => cloud.skills.create('English'),
  'queues.list': (cloud) => cloud.queues.list({}).toArray(),
  'queues.members': (cloud) => cloud.queues.members(queue).toArray(),
  'queues.addMembers': (cloud) => cloud.queues.addMembers(queue, [user]),
  'wrapupCodes.list': (cloud) => cloud.wrapupCodes.list().toArray(),
  'authorization.subject': (cloud) => cloud.authorization.subject(user),
  'authorization.bulkAdd': (cloud) => cloud.authorization.bulkAdd(user, grants),
  'authorization.roleUsers': (cloud) => cloud.authorization.roleUsers('r1').toArray(),
  'presence.sources': (cloud) => cloud.presence.sources(),
};

const rude = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    -1,
    1e308,
    Number.MAX_SAFE_INTEGER + 1,
    '',
    '\u0000',
    '\ud800',
    'x'.repeat(5000),
    [],
  ),
);
const keys =
  'id name email state version total results entities pageNumber pageCount nextUri cursor skills division';
/** What looks like an answer, with anything in it. */
const nearly = fc.dictionary(fc.constantFrom(...keys.split(' '), '__proto__', 'constructor'), rude, {
  maxKeys: 6,
});
const body = fc.oneof(
  nearly,
  fc.record({ entities: fc.array(fc.oneof(nearly, rude), { maxLength: 3 }), pageCount: rude, nextUri: rude }),
  rude,
  fc.constantFrom(
    '',
    '<html>Bad Gateway</html>',
    '{"id":',
    '['.repeat(20_000),
    '\ufeff{}',
    'x'.repeat(200_000),
  ),
  fc.string({ maxLength: 40 }),
);
const headers = fc.record(
  {
    'retry-after': fc.constantFrom(
      '0',
      '1',
      '-5',
      'soon',
      '1e9',
      '99999999999',
      'Wed, 21 Oct 2099 07:28:00 GMT',
    ),
    'inin-ratelimit-allowed': fc.constantFrom('0', '-1', 'x', '300'),
    'inin-ratelimit-reset': fc.constantFrom('0', 'x', '1e9'),
    'inin-correlation-id': fc.constantFrom('', 'y'.repeat(2000)),
    'content-type': fc.constantFrom('text/html', 'application/octet-stream', ';'),
    date: fc.constantFrom('yesterday', 'Thu, 01 Jan 1970 00:00:00 GMT'),
    location: fc.constantFrom('http://127.0.0.1:1/', 'file:///etc/passwd'),
  },
  { requiredKeys: [] },
);
const answer: fc.Arbitrary<StubBehaviour> = fc.oneof(
  { arbitrary: fc.record({ status: fc.constantFrom(200, 201, 202), headers, body }), weight: 6 },
  {
    arbitrary: fc.record({
      status: fc.constantFrom(
        204,
        206,
        300,
        302,
        304,
        400,
        401,
        403,
        404,
        405,
        409,
        413,
        418,
        451,
        500,
        501,
        599,
      ),
      headers,
      body,
    }),
    weight: 4,
  },
  { arbitrary: fc.record({ status: fc.constantFrom(429, 502, 503, 504), headers, body }), weight: 1 },
  { arbitrary: fc.constantFrom<StubBehaviour>('reset', 'half-then-reset'), weight: 1 },
);

it('is a result or a CloudError, whatever is called', async () => {
  const outcomes = new Map<string, number>();
  const count = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(calls)),
      fc.array(answer, { minLength: 1, maxLength: 4 }),
      async (name, answers) => {
        const before = stub.requests.length;
        // The last one goes on for ever.
        stub.handler = (_request, index) => answers[Math.min(index - before, answers.length - 1)] ?? {};
        const { cloud, untilDone } = openTestCloud(stub, { requestsPerMinute: 1_000_000 });
        try {
          await untilDone(calls[name]?.(cloud) ?? Promise.reject(new Error(name)));
          count('result');
        } catch (error) {
          if (!(error instanceof CloudError)) throw error;
          count(error.code);
        } finally {
          await cloud.close();
        }
      },
    ),
    { numRuns: 400 },
  );
  // Without results and refusals of many kinds the property would say little.
  expect(outcomes.get('result')).toBeGreaterThan(20);
  expect(outcomes.get('cloud.response-invalid')).toBeGreaterThan(20);
  expect(outcomes.size).toBeGreaterThan(8);
});
