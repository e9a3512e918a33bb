import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { nodeEnvironment } from '@exec/testing/processes';
import { testDatabase, testRedis } from '@exec/testing/vitest';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { dependenciesOf, E2eSite, type Peer } from './site.ts';

/** For what hangs: an EXCS that cannot reach the cloud tries for up to 16 s before it says so. */
const patience = { timeout: 120_000, interval: 50 };

async function start(test: TestContext): Promise<E2eSite> {
  const site = await E2eSite.start(testRedis(), (await testDatabase()).url);
  test.onTestFinished(() => site.close());
  return site;
}

/** Which dependency of `/health/ready` tells of a peer. */
const names: Readonly<Record<Peer, RegExp>> = {
  redis: /redis/,
  'config-db': /config-db/,
  'stat-server': /stat-server/,
  'sip-server': /sip-server|extensions|calls|queues/,
  'genesys-cloud': /genesys-cloud/,
};

async function untilReady(port: number): Promise<void> {
  await vi.waitFor(async () => {
    const { status, dependencies } = await dependenciesOf(port);
    const down = dependencies.filter(({ up }) => !up).map(({ name, detail }) => `${name}: ${detail}`);
    expect(`${status} ${down.join(', ')}`).toMatch(/^200 /);
  }, patience);
}

/** What the cloud is asked from now on comes from changes in Engage. */
async function untilNothingIsLeftToSend(excs: number): Promise<void> {
  await vi.waitFor(async () => {
    const { dependencies } = await dependenciesOf(excs);
    const { detail } = dependencies.find(({ name }) => name === 'synchronisation') ?? {};
    expect(detail).toBe('last cycle: unchanged');
  }, patience);
}

async function untilNotReadyBecauseOf(port: number, peer: Peer): Promise<void> {
  await vi.waitFor(async () => {
    const { status, dependencies } = await dependenciesOf(port);
    const said = dependencies.filter(
      ({ name, up, detail }) => names[peer].test(name) && !up && detail.length > 5,
    );
    expect({ status, said: said.length > 0, dependencies }).toMatchObject({ status: 503, said: true });
  }, patience);
}

const needs: readonly (readonly ['excs' | 'exas' | 'excp', Peer])[] = [
  ['excs', 'config-db'],
  ['excs', 'redis'],
  ['excs', 'genesys-cloud'],
  ['exas', 'stat-server'],
  ['exas', 'redis'],
  ['excp', 'sip-server'],
  ['excp', 'redis'],
];

describe.concurrent('a service whose peer is away', () => {
  it.for(needs)(
    '%s without %s starts, says so, and recovers without a restart',
    async ([service, peer], test) => {
      const site = await start(test);
      if (service !== 'excs') await untilReady((await site.run('excs')).port);
      await site.proxy(peer).down();
      const { port } = await site.run(service);
      await untilNotReadyBecauseOf(port, peer);
      expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
      await site.proxy(peer).up();
      await untilReady(port);
    },
  );

  it.for(needs)(
    '%s loses %s in the middle, says so, and recovers without a restart',
    async ([service, peer], test) => {
      const site = await start(test);
      const excs = await site.run('excs');
      await untilReady(excs.port);
      await untilNothingIsLeftToSend(excs.port);
      const { port } = service === 'excs' ? excs : await site.run(service);
      await untilReady(port);
      await site.proxy(peer).down();
      // Only a request tells that the cloud is away, and an EXCS that has nothing to send makes none for two minutes
      // after its last writes.
      if (peer === 'genesys-cloud') await site.renameAgent('Married');
      await untilNotReadyBecauseOf(port, peer);
      await site.proxy(peer).up();
      await untilReady(port);
    },
  );
});

describe('an OAuth secret that is wrong', () => {
  it('keeps EXCS not ready, writes nothing, and is corrected in Engage without a restart', async (test) => {
    const site = await start(test);
    await site.setClientSecret('not the secret');
    const { port } = await site.run('excs');
    await untilNotReadyBecauseOf(port, 'genesys-cloud');
    await vi.waitFor(() => expect(site.cloud.record.logins).toBeGreaterThan(0), patience);
    expect(site.cloud.record.totalWrites).toBe(0);
    await site.setClientSecret();
    await untilReady(port);
  });
});

describe('a wrong environment', () => {
  it.each(['excs', 'exas', 'excp'])(
    'ends %s with exit code 78 and one list of all faults',
    async (service) => {
      const main = fileURLToPath(new URL(`../../../packages/${service}/src/main.ts`, import.meta.url));
      const child = spawn(process.execPath, [main], {
        env: { ...nodeEnvironment(), TENANT_ID: 'x', REDIS_URL: 'http://nowhere', HTTP_PORT: '99999' },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let text = '';
      child.stderr.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      const [code] = (await once(child, 'close')) as [number | null];
      expect(code).toBe(78);
      for (const name of ['ORG_ID', 'TENANT_ID', 'REDIS_URL', 'HTTP_PORT']) expect(text).toContain(name);
      expect(text).not.toContain('http://nowhere');
    },
  );
});
