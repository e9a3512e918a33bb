/** Whatever anybody sends to the REST interface: an answer, or a refusal in our form, and EXCS lives on. */
import { playAnyRequests, reached } from '@exec/testing/rest';
import { expect, it } from 'vitest';
import { RunningService } from '../testing/running-service.ts';
import { startSite } from '../testing/test-site.ts';

it('any request is answered or refused in form', async () => {
  const site = await startSite({ centre: { agents: 20, flaws: [] } });
  const service = await RunningService.start(site);
  await service.converged();
  const first = async (what: string) => (await service.get(`/api/v1/mappings/${what}`)).body.items[0];
  const agent = await first('agents');
  const queue = await first('queues');
  const { version } = (await service.get('/api/v1/mappings/agents')).body;
  const run = await service.run({ mode: 'plan' });
  const tally = await playAnyRequests({
    baseUrl: service.url,
    headers: service.authorization,
    samples: {
      employeeId: [agent.employeeId],
      switch: [queue.switch],
      loginCode: agent.logins.map((login: { code: string }) => login.code),
      number: [queue.number],
      name: [(await first('skills')).name, (await first('wrapup-codes')).name],
      id: [run.body.id],
      cursor: [`${version}.1`],
    },
  });
  // No plan waits here, nobody guesses the ID of one, and nobody guesses the name of a table.
  const guessed = ['POST /api/v1/sync/approve', 'POST /api/v1/sync/accept-empty-table'];
  expect(guessed.filter((id) => reached(tally, id, 'answer'))).toEqual([]);
  const operations = [...tally.keys()].filter((id) => !guessed.includes(id));
  // What only ever refuses, or is never refused, would prove little.
  expect(operations.filter((id) => !reached(tally, id, 'answer'))).toEqual([]);
  const picky = operations.filter((id) => /\{|\/mappings\/|\/dns$|^POST.*\/runs$/.test(id));
  expect(picky.filter((id) => !reached(tally, id, 'refusal'))).toEqual([]);
});
