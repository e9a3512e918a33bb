/** The REST interface of a running service: look-ups, pages, plans, runs, pause. */
import { type Expectation, expectation } from '@exec/simulators/config-db';
import type { Life } from '@exec/testing/vitest';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunningService } from '../testing/running-service.ts';
import type { Site } from '../testing/site.ts';
import { startSite } from '../testing/test-site.ts';

let site: Site;
let service: RunningService;
let expected: Expectation;

async function start(life: Life): Promise<void> {
  site = await startSite({ centre: { agents: 30, flaws: [] } }, life);
  service = await RunningService.start(site, { life });
  expected = expectation(site.centre);
  await service.converged();
}

describe('look-ups', () => {
  beforeAll(() => start('file'));

  it('answer every mapped object, and 404 with a stable code for others', async () => {
    const [user] = expected.users;
    const agent = await service.get(`/api/v1/agents/${user?.employeeId}`);
    const cloudUser = site.cloud.state.users.byEmail(user?.email ?? '');
    expect(agent.body).toEqual({
      employeeId: user?.employeeId,
      dbid: user?.dbid,
      userId: cloudUser?.id,
      email: user?.email,
      state: 'active',
      supervisor: user?.supervisor,
      logins: user?.logins,
    });
    const login = user?.logins[0];
    expect((await service.get(`/api/v1/logins/${login?.switch}/${login?.code}`)).body).toEqual(agent.body);
    const [queue] = expected.queues;
    expect((await service.get(`/api/v1/queues/${queue?.switch}/${queue?.number}`)).body).toEqual({
      switch: queue?.switch,
      number: queue?.number,
      dbid: queue?.dbid,
      queueId: site.cloud.state.queues.byName(queue?.name ?? '')?.id,
      name: queue?.name,
    });
    const [skill] = expected.skills;
    expect((await service.get(`/api/v1/skills/${skill?.name.toUpperCase()}`)).body).toEqual({
      name: skill?.name,
      dbid: skill?.dbid,
      id: site.cloud.state.skills.byName(skill?.name ?? '')?.id,
    });
    const [code] = expected.wrapupCodes;
    const found = await service.get(
      `/api/v1/wrapup-codes/${encodeURIComponent(code?.name.toLowerCase() ?? '')}`,
    );
    expect(found.body).toMatchObject({
      dbid: code?.dbid,
      id: site.cloud.state.wrapupCodes.byName(code?.name ?? '')?.id,
    });
    const [source] = site.cloud.state.presence.activeUserSources();
    expect((await service.get('/api/v1/source')).body).toEqual({ sourceId: source?.id });
    for (const path of ['agents/nobody', 'logins/x/y', 'queues/x/y', 'skills/none', 'wrapup-codes/none'])
      expect(await service.get(`/api/v1/${path}`)).toMatchObject({
        status: 404,
        body: { code: 'mapping.not-found' },
      });
  });

  it('in bulk answer in the order of the keys', async () => {
    const [user] = expected.users;
    const [queue] = expected.queues;
    const [skill] = expected.skills;
    const [code] = expected.wrapupCodes;
    const keys = [
      { type: 'queue', switch: queue?.switch, number: queue?.number },
      { type: 'agent', employeeId: 'nobody' },
      { type: 'agent', employeeId: user?.employeeId },
      { type: 'skill', name: skill?.name },
      { type: 'wrapup', name: code?.name },
      { type: 'login', switch: user?.logins[0]?.switch, loginCode: user?.logins[0]?.code },
    ];
    const { body } = await service.post('/api/v1/mappings/resolve', { keys });
    expect(body.results.map((result: { key: object }) => result.key)).toEqual(keys);
    const cloud = site.cloud.state;
    const userId = cloud.users.byEmail(user?.email ?? '')?.id;
    expect(body.results.map((result: { id: string }) => result.id)).toEqual([
      cloud.queues.byName(queue?.name ?? '')?.id,
      null,
      userId,
      cloud.skills.byName(skill?.name ?? '')?.id,
      cloud.wrapupCodes.byName(code?.name ?? '')?.id,
      userId,
    ]);
    expect(body.results[1]).toMatchObject({ reason: 'mapping.not-found' });
  });

  it.each([
    ['an unknown type', { keys: [{ type: 'place', name: 'x' }] }, 400, 'request.invalid'],
    ['an unknown field', { keys: [{ type: 'skill', name: 'x', more: 1 }] }, 400, 'request.invalid'],
    ['no keys', {}, 400, 'request.invalid'],
    [
      'more than 1,000 keys',
      { keys: Array.from({ length: 1001 }, () => ({ type: 'skill', name: 'x' })) },
      413,
      'request.too-large',
    ],
  ])('refuse %s', async (_what, body, status, code) => {
    expect(await service.post('/api/v1/mappings/resolve', body)).toMatchObject({ status, body: { code } });
  });
});

describe('pages', () => {
  beforeAll(() => start('file'));

  it.each(['agents', 'queues', 'skills', 'wrapup-codes'])(
    'of %s hold everything of one version',
    async (what) => {
      const whole = await service.get(`/api/v1/mappings/${what}?limit=5000`);
      const items: unknown[] = [];
      let path = `/api/v1/mappings/${what}?limit=3`;
      for (;;) {
        const { body } = await service.get(path);
        expect(body.version).toBe(whole.body.version);
        items.push(...body.items);
        if (body.next === null) break;
        path = `/api/v1/mappings/${what}?limit=3&cursor=${body.next}`;
      }
      expect(items).toEqual(whole.body.items);
      const counts = {
        agents: expected.counts.users,
        queues: expected.counts.queues,
        skills: expected.counts.skills,
        'wrapup-codes': expected.counts.wrapupCodes,
      };
      expect(items).toHaveLength(counts[what as keyof typeof counts]);
    },
  );

  it('of DNs hold the telephones, of one switch or of all', async () => {
    const all = await service.get('/api/v1/dns?limit=5000');
    expect(all.body.items).toHaveLength(expected.numbers.length);
    const [one] = expected.numbers;
    const some = await service.get(`/api/v1/dns?limit=5000&switch=${one?.switch}`);
    expect(some.body.items).toHaveLength(expected.numbers.filter((dn) => dn.switch === one?.switch).length);
  });

  it('are not sent again to who has them: 304', async () => {
    const first = await service.get('/api/v1/mappings/agents');
    const tag = first.headers.get('etag') ?? '';
    const second = await service.get('/api/v1/mappings/agents', { 'if-none-match': tag });
    expect(second).toMatchObject({ status: 304, text: '' });
    const from = service.cycles;
    await site.sql('UPDATE cfg_person SET email_address = $1 WHERE dbid = $2', [
      'moved@contact.example',
      expected.users[0]?.dbid,
    ]);
    await service.cycle(({ done }) => done > 0, from);
    const third = await service.get('/api/v1/mappings/agents', { 'if-none-match': tag });
    expect(third.status).toBe(200);
    expect(third.body.version).toBeGreaterThan(first.body.version);
  });

  it('of a version that is gone are refused', async () => {
    expect(await service.get('/api/v1/mappings/agents?cursor=1.3')).toMatchObject({
      status: 409,
      body: { code: 'mapping.changed' },
    });
    expect((await service.get('/api/v1/mappings/agents?cursor=x')).status).toBe(400);
    expect((await service.get('/api/v1/mappings/agents?limit=0')).status).toBe(400);
    expect((await service.get('/api/v1/mappings/agents?more=1')).status).toBe(400);
  });
});

describe('plans and runs', () => {
  beforeAll(() => start('file'));

  it('a plan is made without applying it, and shown as JSON and as a table', async () => {
    await service.post('/api/v1/sync/pause');
    await site.sql("UPDATE cfg_person SET last_name = 'Planned' WHERE dbid = $1", [expected.users[0]?.dbid]);
    const before = site.cloud.record.totalWrites;
    const run = await service.run({ mode: 'plan' });
    expect(run.body).toMatchObject({ mode: 'plan', state: 'done', counts: { 'user.update': 1 } });
    expect(site.cloud.record.totalWrites).toBe(before);
    const plan = await service.get('/api/v1/sync/plan');
    expect(plan.body).toMatchObject({
      planId: run.body.planId,
      billableUsers: 0,
      operations: [
        {
          id: `user/update/${expected.users[0]?.dbid}`,
          kind: 'user',
          operation: 'update',
          engage: { kind: 'person', dbid: expected.users[0]?.dbid, path: expect.stringMatching(/^\//) },
          cloudId: expect.any(String),
          reason: 'the name differs',
          before: expect.any(String),
          after: expect.stringContaining('Planned'),
        },
      ],
    });
    const table = await service.get('/api/v1/sync/plan', { accept: 'text/plain' });
    expect(table.text).toContain('Plan: 0 to add, 1 to change, 0 to remove.');
    await service.post('/api/v1/sync/resume');
    await service.converged();
    expect(site.cloud.state.users.byEmail(expected.users[0]?.email ?? '')?.name).toContain('Planned');
  });

  it('an application ends as done with its counts', async () => {
    const run = await service.run({ mode: 'apply', drift: true });
    expect(run.body).toMatchObject({ mode: 'apply', state: 'done', counts: { done: 0, failed: 0 } });
    expect(run.body.endedAt >= run.body.startedAt).toBe(true);
  });

  it.each([
    [{ mode: 'destroy' }, 400, 'request.invalid'],
    [{ mode: 'plan', allow: { planId: 'x' } }, 400, 'request.invalid'],
    [{ mode: 'apply', allow: { planId: 'not the newest', deactivations: 1 } }, 409, 'plan.changed'],
  ])('%j is refused', async (body, status, code) => {
    expect(await service.post('/api/v1/sync/runs', body)).toMatchObject({ status, body: { code } });
  });

  it('an unknown run is not found', async () => {
    expect(await service.get('/api/v1/sync/runs/none')).toMatchObject({
      status: 404,
      body: { code: 'run.not-found' },
    });
  });
});

describe('a limit', () => {
  beforeEach(() => start('test'));

  it('stops the plan, shows why, and yields to an allowance for that plan', async () => {
    const leavers = expected.users.slice(0, 8).map((user) => user.dbid);
    await site.sql('DELETE FROM cfg_person WHERE dbid = ANY($1)', [leavers]);
    await service.cycle(({ outcome }) => outcome === 'stopped', service.cycles);
    const sync = await service.sync('stopped');
    expect(sync.body.stopped).toMatchObject({ reason: 'limit' });
    const metrics = (await service.get('/metrics')).text;
    expect(metrics).toContain('excs_sync_stopped{reason="limit"} 1');
    const ready = await service.get('/health/ready');
    expect(
      ready.body.dependencies.find((one: { name: string }) => one.name === 'synchronisation'),
    ).toMatchObject({ up: false, detail: expect.stringContaining('8 deactivations') });
    const { planId } = sync.body;
    const run = await service.run({ mode: 'apply', allow: { planId, deactivations: 8 } });
    expect(run.body.state).toBe('done');
    await service.converged();
    expect((await service.sync('idle')).body.stopped).toBeNull();
    expect((await service.get(`/api/v1/agents/${expected.users[0]?.employeeId}`)).body.state).toBe(
      'inactive',
    );
  });
});

describe('conflicts and orphans', () => {
  beforeEach(() => start('test'));

  it('are listed with reason and path', async () => {
    await site.sql('UPDATE cfg_person SET email_address = $1 WHERE dbid = $2', ['', expected.users[1]?.dbid]);
    await site.sql('UPDATE cfg_skill SET state = 2 WHERE dbid = $1', [expected.skills[0]?.dbid]);
    await service.converged();
    await service.run({ mode: 'plan' });
    const conflicts = await service.get('/api/v1/sync/conflicts');
    expect(conflicts.body.items).toContainEqual(
      expect.objectContaining({
        reason: 'person.no-email',
        dbid: expected.users[1]?.dbid,
        path: expect.stringMatching(new RegExp(`${expected.users[1]?.employeeId}$`)),
      }),
    );
    const orphans = await service.get('/api/v1/sync/orphans');
    expect(orphans.body.items).toContainEqual(
      expect.objectContaining({ type: 'skill', name: expected.skills[0]?.name }),
    );
  });
});
