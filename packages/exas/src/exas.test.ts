import type { EmployeeId } from '@exec/common/ids';
import type { RunningService } from '@exec/common/service';
import { defaultClients } from '@exec/simulators/genesys-cloud';
import { activeAndStandby, type Readiness } from '@exec/testing/processes';
import { FaultProxy } from '@exec/testing/proxy';
import { testRedis } from '@exec/testing/vitest';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CloudState } from './state/table.ts';
import { Site } from './testing/site.ts';

const offline: CloudState = { presence: 'Offline', routingStatus: 'OffQueue' };
const busy: CloudState = { presence: 'Busy', routingStatus: 'OffQueue' };
const idle: CloudState = { presence: 'OnQueue', routingStatus: 'Idle' };
const talking: CloudState = { presence: 'OnQueue', routingStatus: 'Interacting' };

let site: Site;
afterEach(() => site.close());

function all(state: CloudState): Map<EmployeeId, CloudState> {
  return new Map(site.employees.map((employeeId) => [employeeId, state]));
}

async function readiness(port: number): Promise<Readiness> {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
  return (await answer.json()) as Readiness;
}

function accepted(): number {
  const { record } = site.cloud;
  return record.events('userPresence').accepted + record.events('userRoutingStatus').accepted;
}

async function cloudOf(port: number) {
  return (await readiness(port)).dependencies.find(({ name }) => name === 'genesys-cloud');
}

/**
 * That exactly `count` events were accepted since there were `before`. An instance that stood still for the life of the
 * lease sends once more what was on its way: where more than `ended` of its terms are over there may be more.
 */
async function expectAccepted(
  count: number,
  o: { readonly before: number; readonly by: RunningService; readonly ended?: number },
): Promise<void> {
  const sent = accepted() - o.before;
  if ((await site.termsEnded(o.by)) === (o.ended ?? 0)) expect(sent).toBe(count);
  else expect(sent).toBeGreaterThanOrEqual(count);
}

describe("an agent's day", () => {
  it('is injected state by state', async () => {
    site = await Site.start({ redis: testRedis(), agents: 1 });
    await site.exas();
    const [agent] = site.employees as [EmployeeId];
    const shows = (state: CloudState) => site.untilShown(new Map([[agent, state]]));
    await shows(offline);
    site.login(agent);
    await shows(busy);
    site.states.ready(agent);
    await shows(idle);
    site.states.call(agent, { connId: '006c02462a161006', type: 'Inbound', state: 'Connected' });
    await shows(talking);
    site.states.call(agent, { connId: '006c02462a161006', type: 'Inbound', state: 'Held' });
    site.states.endCall(agent, '006c02462a161006');
    await shows(idle);
    site.states.notReady(agent, { ReasonCode: 'Meal' });
    await shows({ presence: 'Meal', routingStatus: 'OffQueue' });
    site.states.logout(agent);
    await shows(offline);
    expect(site.cloud.record.violationCount).toBe(0);
  });
});

describe('before the first plan of EXCS is approved', () => {
  it('EXAS is ready, says that nothing is mapped, and begins when somebody is', async () => {
    site = await Site.start({ redis: testRedis(), agents: 2 });
    await site.storeMapping([]);
    const { port } = await site.exas();
    await vi.waitUntil(async () => (await readiness(port)).ready, { timeout: 60_000, interval: 50 });
    const { dependencies } = await readiness(port);
    expect(dependencies.find(({ name }) => name === 'id-map')).toMatchObject({
      up: true,
      detail: expect.stringContaining('nothing is mapped yet'),
    });
    for (const employeeId of site.employees) site.login(employeeId);
    expect(accepted()).toBe(0);
    await site.storeMapping(site.employees);
    await site.untilShown(all(busy));
  });
});

describe('a restart', () => {
  it('injects only the differences', async () => {
    site = await Site.start({ redis: testRedis(), agents: 20 });
    for (const employeeId of site.employees) site.login(employeeId);
    const first = await site.exas();
    await site.untilShown(all(busy));
    await site.untilStored(all(busy));
    await site.stop(first);
    const before = accepted();
    const changed = site.employees.slice(0, 5);
    for (const employeeId of changed) site.states.ready(employeeId);
    const second = await site.exas();
    await site.untilShown(
      new Map([...all(busy), ...changed.map((id): [EmployeeId, CloudState] => [id, idle])]),
    );
    await expectAccepted(2 * changed.length, { before, by: second });
    expect(site.cloud.record.violationCount).toBe(0);
  });
});

describe('agents whose employee IDs are names that objects have', () => {
  it('are injected, and not again after a restart', async () => {
    site = await Site.start({ redis: testRedis(), agents: ['__proto__', 'constructor', 'toString', 'E1'] });
    for (const employeeId of site.employees) site.login(employeeId);
    const first = await site.exas();
    await site.untilShown(all(busy));
    await site.untilStored(all(busy));
    await site.stop(first);
    const before = accepted();
    const second = await site.exas();
    const [waiting] = site.employees as [EmployeeId];
    site.states.ready(waiting);
    await site.untilShown(new Map([...all(busy), [waiting, idle]]));
    await expectAccepted(2, { before, by: second });
    expect(site.cloud.record.violationCount).toBe(0);
  });
});

describe('two instances', () => {
  it('have one active, and the other takes over without a state lost or sent twice', async () => {
    site = await Site.start({ redis: testRedis(), agents: 10 });
    const start = async () => {
      const running = await site.exas();
      return { running, readiness: () => readiness(running.port) };
    };
    const first = await start();
    await site.untilShown(all(offline));
    const { active, standby } = await activeAndStandby(first, await start());
    await site.untilStored(all(offline));
    const ended = await site.termsEnded(standby.running);
    await site.stop(active.running);
    const before = accepted();
    for (const employeeId of site.employees) site.login(employeeId);
    await site.untilShown(all(busy));
    await expectAccepted(site.employees.length, { before, by: standby.running, ended });
    await expect.poll(async () => (await standby.readiness()).active).toBe(true);
    expect(site.cloud.record.violationCount).toBe(0);
  });
});

describe('an outage', () => {
  it('of the Stat Server loses no final state', async () => {
    site = await Site.start({ redis: testRedis(), agents: 30 });
    await site.exas();
    for (const employeeId of site.employees) site.login(employeeId);
    await site.untilShown(all(busy));
    await site.statServers.reachable(false);
    for (const employeeId of site.employees) site.states.ready(employeeId);
    await site.statServers.reachable(true);
    await site.untilShown(all(idle));
    expect(site.cloud.record.violationCount).toBe(0);
  });

  it('that is a switch-over in the middle of changes loses no final state', async () => {
    site = await Site.start({ redis: testRedis(), agents: 30 });
    await site.exas();
    for (const employeeId of site.employees) site.login(employeeId);
    for (const crash of [true, false, true]) {
      site.statServers.switchover({ crash });
      for (const employeeId of site.employees) site.states.ready(employeeId);
      await site.untilShown(all(idle));
      site.statServers.switchover({ crash });
      for (const employeeId of site.employees) site.states.notReady(employeeId);
      await site.untilShown(all(busy));
    }
    expect(site.cloud.record.violationCount).toBe(0);
  });

  it('that is a restart of the bridge opens everything again, and injects only what changed', async () => {
    site = await Site.start({ redis: testRedis(), agents: 30 });
    const exas = await site.exas();
    for (const employeeId of site.employees) site.login(employeeId);
    await site.untilShown(all(busy));
    const { link } = site.statServers.active;
    let expected = all(busy);
    for (const round of [0, 1, 2]) {
      const before = accepted();
      const ended = await site.termsEnded(exas);
      const changed = site.employees.slice(round * 5, round * 5 + 5);
      await link.unlisten();
      for (const employeeId of changed) site.states.ready(employeeId);
      await link.listen();
      expected = new Map([...expected, ...changed.map((id): [EmployeeId, CloudState] => [id, idle])]);
      await site.untilShown(expected);
      await expect.poll(async () => (await readiness(exas.port)).ready).toBe(true);
      // One who changes afterwards comes last: whatever the restart led to has been sent before.
      const last = site.employees.at(-1 - round) as EmployeeId;
      site.states.ready(last);
      expected.set(last, idle);
      await site.untilShown(expected);
      await expectAccepted(2 * (changed.length + 1), { before, by: exas, ended });
    }
    expect(site.cloud.record.violationCount).toBe(0);
  });

  it('of the cloud keeps the last states and brings them afterwards', async () => {
    site = await Site.start({ redis: testRedis(), agents: 30 });
    const { port } = await site.exas();
    await site.untilShown(all(offline));
    const endOutage = site.cloud.faults.outage();
    for (const employeeId of site.employees) site.login(employeeId);
    for (const employeeId of site.employees) site.states.ready(employeeId);
    // Until requests have met the outage, and were given up.
    await expect.poll(async () => (await cloudOf(port))?.up).toBe(false);
    endOutage();
    await site.untilShown(all(idle));
    expect(site.cloud.record.violationCount).toBe(0);
  });

  it.each(['dedupe', 'refuse-repeat'] as const)(
    'that hides whether a request was carried out ends well, mode %s',
    async (repeatMode) => {
      site = await Site.start({ redis: testRedis(), agents: 30, cloud: { repeatMode } });
      await site.exas();
      await site.untilShown(all(offline));
      site.cloud.faults.inject({
        operation: 'postEventsUsersPresence',
        fault: { kind: 'reset', when: 'after' },
      });
      site.cloud.faults.inject({
        operation: 'postEventsUsersRoutingstatus',
        times: 2,
        fault: { kind: 'status', status: 503, applied: true },
      });
      for (const employeeId of site.employees) site.login(employeeId);
      await site.untilShown(all(busy));
      for (const employeeId of site.employees) site.states.ready(employeeId);
      await site.untilShown(all(idle));
      const { refusedBy } = site.cloud.record.events();
      expect(refusedBy.rule).toBe(0);
    },
  );
});

describe('an outage of Redis', () => {
  it('holds everything back and brings the last states afterwards', async () => {
    const redis = testRedis();
    const proxy = await FaultProxy.start({ target: redis.url });
    try {
      site = await Site.start({ redis, agents: 30, env: { REDIS_URL: proxy.through(redis.url) } });
      const { port } = await site.exas();
      await site.untilShown(all(offline));
      await proxy.down();
      await expect.poll(async () => (await readiness(port)).active).toBe(false);
      const before = accepted();
      for (const employeeId of site.employees) site.login(employeeId);
      for (const employeeId of site.employees) site.states.ready(employeeId);
      await expect.poll(async () => (await readiness(port)).ready).toBe(false);
      expect(accepted()).toBe(before);
      await proxy.up();
      await site.untilShown(all(idle));
      expect(site.cloud.record.violationCount).toBe(0);
    } finally {
      await proxy.close();
    }
  });

  it('at the start delays the work until the lease can be had', async () => {
    const redis = testRedis();
    const proxy = await FaultProxy.start({ target: redis.url });
    try {
      site = await Site.start({ redis, agents: 3, env: { REDIS_URL: proxy.through(redis.url) } });
      await proxy.down();
      const { port } = await site.exas();
      expect((await readiness(port)).active).toBe(false);
      expect(accepted()).toBe(0);
      await proxy.up();
      await site.untilShown(all(offline));
    } finally {
      await proxy.close();
    }
  });
});

describe('a cloud that answers 429', () => {
  it('is waited for as long as it asks', async () => {
    site = await Site.start({ redis: testRedis(), agents: 30 });
    await site.exas();
    await site.untilShown(all(offline));
    site.cloud.faults.inject({ operation: '*', times: 2, fault: { kind: 'rate-limited', retryAfter: 1 } });
    for (const employeeId of site.employees) site.login(employeeId);
    await site.untilShown(all(busy));
    expect(site.cloud.record.answers429).toBeLessThanOrEqual(2);
    expect(site.cloud.record.violationCount).toBe(0);
  });
});

describe('quiet', () => {
  it('costs nothing: no request while nothing changes, between two re-assertions', async () => {
    site = await Site.start({ redis: testRedis(), agents: 10 });
    await site.exas();
    await site.untilShown(all(offline));
    const { requests } = site.cloud.record;
    // Repeated notifications, a look at the agent list and a switch-over change nothing either.
    for (const employeeId of site.employees) site.states.repeat(employeeId);
    site.statServers.switchover();
    await expect.poll(() => site.statServers.active.openStatistics).toBe(2 * site.employees.length);
    for (const employeeId of site.employees) site.states.repeat(employeeId);
    site.login(site.employees[0] as EmployeeId);
    await site.untilShown(new Map([[site.employees[0] as EmployeeId, busy]]));
    expect(site.cloud.record.requests - requests).toBe(1);
  });
});

describe('REST', () => {
  it('tells what an agent does, what was accepted and what is pending', async () => {
    site = await Site.start({ redis: testRedis(), agents: 3 });
    const { port } = await site.exas();
    await site.untilShown(all(offline));
    const [agent] = site.employees as [EmployeeId];
    site.login(agent);
    await site.untilShown(new Map([[agent, busy]]));
    const get = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/agents${path}`);
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    await expect
      .poll(async () => (await get(`/${agent}`)).body)
      .toMatchObject({
        employeeId: agent,
        userId: site.userOf(agent),
        engage: { situation: 'notReady' },
        stale: false,
        accepted: busy,
        pending: null,
        lastError: null,
      });
    const first = await get('?limit=2');
    expect(first.body).toMatchObject({
      items: [{ employeeId: 'E1000' }, { employeeId: 'E1001' }],
      next: 'E1001',
    });
    expect((await get('?limit=2&cursor=E1001')).body).toMatchObject({
      items: [{ employeeId: 'E1002' }],
      next: null,
    });
    expect(await get('/nobody')).toMatchObject({ status: 404, body: { code: 'mapping.not-found' } });
    expect(await get('?limit=0')).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });
});

describe('a time that cannot be', () => {
  it('of one agent does not cost the page of all', async () => {
    site = await Site.start({ redis: testRedis(), agents: 3 });
    await site.statServers.reachable(false);
    const [agent] = site.employees as [EmployeeId];
    const stored = { u: site.userOf(agent), l: 1000, s: { kind: 'ready', since: 1e300 } };
    await site.storeState(agent, stored);
    const { port } = await site.exas();
    const page = async () => await fetch(`http://127.0.0.1:${port}/api/v1/agents`);
    await expect
      .poll(async () => await (await page()).json())
      .toMatchObject({ items: [{ employeeId: agent, engage: { situation: 'ready', since: null } }, {}, {}] });
  });
});

describe('an agent whom the Stat Server does not know', () => {
  it('is tried again at each look at the list, and does not keep the others waiting', async () => {
    site = await Site.start({ redis: testRedis(), agents: 3 });
    const [unknown, ...known] = site.employees as [EmployeeId, ...EmployeeId[]];
    site.states.removeAgent(unknown);
    await site.exas();
    await site.untilShown(new Map(known.map((employeeId) => [employeeId, offline])));
    expect(site.shown(unknown)).toEqual({});
    site.states.addAgent(unknown);
    await site.untilShown(all(offline));
  });
});

describe('settings', () => {
  it('are picked up without a restart: a new secret, agents who come and go', async () => {
    site = await Site.start({ redis: testRedis(), agents: 2 });
    await site.storeSettings('wrong secret');
    const { port } = await site.exas();
    // Before the first request it is down as well.
    await expect
      .poll(() => cloudOf(port))
      .toMatchObject({ up: false, detail: expect.stringContaining('log-in: HTTP') as unknown });
    await site.storeSettings();
    await site.untilShown(all(offline));
    const newcomer = 'E9999' as EmployeeId;
    await site.storeMapping([...site.employees, newcomer]);
    await site.untilShown(new Map([[newcomer, offline]]));
  });
});

describe('settings of Engage that do not fit', () => {
  it.each([
    ['names one of another organisation', undefined, 3],
    ['names one with a wrong secret', 'a slip of the pen', 0],
  ] as const)('a running service keeps the client that worked when Engage %s', async (_, secret, client) => {
    const elsewhere = {
      clientId: 'elsewhere',
      clientSecret: 'elsewhere-secret',
      name: 'Elsewhere',
      organizationId: '7a1f3f2e-0d0b-4f55-9c1a-3f1c4f6f0e11',
    };
    site = await Site.start({
      redis: testRedis(),
      agents: 3,
      cloud: { clients: [...defaultClients, elsewhere] },
    });
    const { port } = await site.exas();
    await site.untilShown(all(offline));
    await site.storeSettings(secret, client);
    const unfit = async () =>
      (await readiness(port)).dependencies.find(({ name, up }) => name === 'oauth-client' && !up) !==
      undefined;
    await vi.waitUntil(unfit, { timeout: 60_000 });
    for (const employeeId of site.employees) site.login(employeeId);
    await site.untilShown(all(busy));
    await site.storeSettings();
    await vi.waitUntil(async () => !(await unfit()), { timeout: 60_000 });
    for (const employeeId of site.employees) site.states.ready(employeeId);
    await site.untilShown(all(idle));
  });
});
