/** OAuth clients are proven before anything is made of them; what worked stays in use. */
import { expectation } from '@exec/simulators/config-db';
import { defaultClients } from '@exec/simulators/genesys-cloud';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../testing/engine.ts';
import type { Site } from '../testing/site.ts';
import { startEngine, startSite } from '../testing/test-site.ts';

const elsewhere = {
  clientId: 'elsewhere',
  clientSecret: 'elsewhere-secret',
  name: 'Of another organisation',
  organizationId: '00000000-0000-4000-8000-000000000000',
};

const start = () =>
  startSite({
    centre: { flaws: [] },
    cloud: { clients: [...defaultClients, elsewhere] },
    clients: ['config_sync', 'agent_state_sync', 'conversation_provider'],
  });

async function storedClients(site: Site, engine: Engine): Promise<Record<string, string> | undefined> {
  const key = `${site.env.REDIS_KEY_PREFIX}:{${site.env.ORG_ID}.${site.env.TENANT_ID}}:v1:settings`;
  const text = await engine.redis.client.get(key);
  if (text === null) return undefined;
  const { clients } = JSON.parse(text) as { clients: Record<string, { clientId: string }> };
  return Object.fromEntries(Object.entries(clients).map(([service, { clientId }]) => [service, clientId]));
}

const all = {
  config_sync: 'config-sync',
  agent_state_sync: 'agent-state-sync',
  conversation_provider: 'conversation-provider',
};

describe('at the start', () => {
  it('no settings are stored before /organizations/me names the right organisation', async () => {
    const site = await start();
    await site.setClient('config_sync', { client_id: 'elsewhere', client_secret: 'elsewhere-secret' });
    const engine = await startEngine(site);
    await expect(engine.run()).rejects.toMatchObject({ code: 'organization.mismatch' });
    expect(await storedClients(site, engine)).toBeUndefined();
    expect(engine.parts.access.everProven).toBe(false);
  });

  it('the clients of all services are stored when they fit', async () => {
    const site = await start();
    const engine = await startEngine(site);
    await engine.run({ mode: 'plan' });
    expect(await storedClients(site, engine)).toEqual(all);
    expect(engine.parts.access.problems.size).toBe(0);
  });

  it('a client of another service that does not fit is not stored; the others are', async () => {
    const site = await start();
    await site.setClient('agent_state_sync', { client_secret: 'a slip of the pen' });
    const engine = await startEngine(site);
    await engine.converge();
    expect(await storedClients(site, engine)).toEqual({
      config_sync: 'config-sync',
      conversation_provider: 'conversation-provider',
    });
    expect(engine.parts.access.problems.get('agent_state_sync')).toMatch(/invalid_client/);
    expect(site.cloud.state.users.size).toBe(expectation(site.centre).counts.users);
  });
});

describe('a typo in Engage while everything works', () => {
  it.each([
    ['a wrong secret', { client_secret: 'a slip of the pen' }, /invalid_client/],
    [
      'a client of another organisation',
      { client_id: 'elsewhere', client_secret: 'elsewhere-secret' },
      /belongs to organisation 00000000/,
    ],
  ])(
    '%s of each service is not stored: what worked stays, the synchronisation goes on',
    async (_what, options, why) => {
      const site = await start();
      const engine = await startEngine(site);
      await engine.converge();
      for (const service of ['config_sync', 'agent_state_sync', 'conversation_provider'] as const)
        await site.setClient(service, options);
      const [user] = expectation(site.centre).users;
      await site.sql("UPDATE cfg_person SET last_name = 'Married' WHERE dbid = $1", [user?.dbid]);
      expect((await engine.run()).outcome).toBe('complete');
      expect(site.cloud.state.users.byEmail(user?.email ?? '')?.name).toMatch(/ Married$/);
      expect(await storedClients(site, engine)).toEqual(all);
      expect([...engine.parts.access.problems.keys()].sort()).toEqual(Object.keys(all).sort());
      expect(engine.parts.access.problems.get('config_sync')).toMatch(why);
      // It is no longer asked at each poll, and after a restart the stored ones are still those that worked.
      const requests = site.cloud.record.requests;
      await engine.run();
      expect(site.cloud.record.requests).toBe(requests);
      for (const service of ['config_sync', 'agent_state_sync', 'conversation_provider'] as const) {
        const client = defaultClients.find(({ clientId }) => clientId === all[service]);
        await site.setClient(service, {
          client_id: client?.clientId ?? '',
          client_secret: client?.clientSecret ?? '',
        });
      }
      await engine.run();
      expect(engine.parts.access.problems.size).toBe(0);
      expect(await storedClients(site, engine)).toEqual(all);
    },
  );

  it('is kept out over a restart too: the client that was stored stays', async () => {
    const site = await start();
    const first = await startEngine(site);
    await first.run({ mode: 'plan' });
    await first.stop();
    await site.setClient('conversation_provider', { client_secret: 'a slip of the pen' });
    const next = await startEngine(site);
    await next.run({ mode: 'plan' });
    expect(await storedClients(site, next)).toEqual(all);
    expect([...next.parts.access.problems.keys()]).toEqual(['conversation_provider']);
  });
});
