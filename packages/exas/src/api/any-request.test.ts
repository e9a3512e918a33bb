/** Whatever anybody sends to the REST interface: an answer, or a refusal in our form, and EXAS lives on. */
import { playAnyRequests, reached } from '@exec/testing/rest';
import { testRedis } from '@exec/testing/vitest';
import { expect, it } from 'vitest';
import { Site } from '../testing/site.ts';

const token = 'token-of-the-test-of-any-request';

it('any request is answered or refused in form', async (test) => {
  const site = await Site.start({ redis: testRedis(), agents: 20, env: { API_TOKEN: token } });
  test.onTestFinished(() => site.close());
  const { port } = await site.exas();
  const offline = { presence: 'Offline', routingStatus: 'OffQueue' } as const;
  await site.untilShown(new Map(site.employees.map((employeeId) => [employeeId, offline])));
  const tally = await playAnyRequests({
    baseUrl: `http://127.0.0.1:${port}`,
    headers: { authorization: `Bearer ${token}` },
    samples: { employeeId: site.employees, cursor: site.employees },
  });
  const operations = [...tally.keys()].filter((id) => /\/api\//.test(id));
  // What only ever refuses, or is never refused, would prove little.
  expect(operations.filter((id) => !reached(tally, id, 'answer'))).toEqual([]);
  expect(operations.filter((id) => !reached(tally, id, 'refusal') && !id.endsWith('/overview'))).toEqual([]);
});
