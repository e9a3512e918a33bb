/** Who waits until an instance is ready, and then stops the other one, must leave no moment that nobody watched. */
import { connections } from '@exec/common/config';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { FaultProxy } from '@exec/testing/proxy';
import { testRedis } from '@exec/testing/vitest';
import { expect, it } from 'vitest';
import { readiness, Stand, waitFor } from './testing/stand.ts';

it('is ready only when Redis knows that it watches, though Redis answered later than the SIP Servers', async (test) => {
  const redis = testRedis();
  const stand = await Stand.start({ redis, production: produce([scenarioNamed('inbound-queue-call')]) });
  test.onTestFinished(() => stand.close());
  const proxy = await FaultProxy.start({ target: redis.url });
  test.onTestFinished(() => proxy.close());
  await proxy.down();
  const { port } = await stand.excp({ REDIS_URL: proxy.through(redis.url), INSTANCE_ID: 'late' });
  const callsAre = async (what: RegExp) => {
    const { dependencies } = await readiness(port);
    return dependencies.some(({ name, detail }) => name.endsWith(':calls') && what.test(detail));
  };
  await waitFor(() => callsAre(/^ok$|^complete/), 'the calls are watched');
  await proxy.up();
  while (!(await readiness(port)).ready);
  const site = [...stand.switches.keys()][0] ?? '';
  const known = await Promise.all(
    connections.map((of) => stand.redis.client.hget(stand.keys.coverage, JSON.stringify([site, of, 'late']))),
  );
  expect(known).toEqual(connections.map(() => expect.stringMatching(/^up /)));
});
