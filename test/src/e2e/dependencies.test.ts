import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { testDatabase, testRedis } from '@exec/testing/vitest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dependenciesOf, E2eSite, type Peer } from './site.ts';

const patience = { timeout: 25_000, interval: 100 };

let site: E2eSite;
beforeEach(async () => {
  site = await E2eSite.start(testRedis(), (await testDatabase()).url);
});
afterEach(() => site.close());

/** Which dependency of `/health/ready` tells of a peer. */
const names: Readonly<Record<Peer, RegExp>> = {
  redis: /redis/,
  'config-db': /config-db/,
  'stat-server': /stat-server/,
  'sip-server': /sip-server|extensions|calls|queues/,
  'genesys-cloud': /genesys-cloud/,
};

async function untilReady(port: number): Promise<void> {
  await expect
    .poll(async () => {
      const { status, dependencies } = await dependenciesOf(port);
      return status === 200 ? 'ready' : dependencies.filter(({ up }) => !up);
    }, patience)
    .toBe('ready');
}

async function untilNotReadyBecauseOf(port: number, peer: Peer): Promise<void> {
  await expect
    .poll(async () => {
      const { status, dependencies } = await dependenciesOf(port);
      const down = dependencies.filter(
        ({ name, up, detail }) => names[peer].test(name) && !up && detail.length > 5,
      );
      return status === 503 && down.length > 0;
    }, patience)
    .toBe(true);
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

describe('a service whose peer is away', () => {
  it.each(needs)(
    '%s without %s starts, says so, and recovers without a restart',
    async (service, peer) => {
      if (service !== 'excs') await untilReady((await site.run('excs')).port);
      await site.proxy(peer).down();
      const { port } = await site.run(service);
      await untilNotReadyBecauseOf(port, peer);
      expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
      await site.proxy(peer).up();
      await untilReady(port);
    },
    90_000,
  );

  it.each(needs)(
    '%s loses %s in the middle, says so, and recovers without a restart',
    async (service, peer) => {
      const excs = await site.run('excs');
      await untilReady(excs.port);
      const { port } = service === 'excs' ? excs : await site.run(service);
      await untilReady(port);
      await site.proxy(peer).down();
      // Only a request tells that the cloud is away: something must be there to be sent.
      if (peer === 'genesys-cloud') site.cloud.faults.revokeTokens();
      await untilNotReadyBecauseOf(port, peer);
      await site.proxy(peer).up();
      await untilReady(port);
    },
    90_000,
  );
});

describe('an OAuth secret that is wrong', () => {
  it('keeps EXCS not ready, writes nothing, and is corrected in Engage without a restart', async () => {
    await site.setClientSecret('not the secret');
    const { port } = await site.run('excs');
    await untilNotReadyBecauseOf(port, 'genesys-cloud');
    await expect.poll(() => site.cloud.record.logins, patience).toBeGreaterThan(0);
    expect(site.cloud.record.totalWrites).toBe(0);
    await site.setClientSecret();
    await untilReady(port);
  }, 90_000);
});

describe('a wrong environment', () => {
  it.each(['excs', 'exas', 'excp'])(
    'ends %s with exit code 78 and one list of all faults',
    async (service) => {
      const main = fileURLToPath(new URL(`../../../packages/${service}/src/main.ts`, import.meta.url));
      const child = spawn(process.execPath, [main], {
        env: { PATH: process.env.PATH, TENANT_ID: 'x', REDIS_URL: 'http://nowhere', HTTP_PORT: '99999' },
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
