/** Every service works as its own user of Redis, which may do only what it does; other keys and commands are refused. */
import { services } from '@exec/common/config';
import { redisAccessRules } from '@exec/common/redis';
import { ownRedis, testDatabase } from '@exec/testing/vitest';
import { Redis } from 'ioredis';
import { expect, it, vi } from 'vitest';
import { dependenciesOf, E2eSite } from '../e2e/site.ts';

const patience = { timeout: 120_000, interval: 100 };

it('all services work as users with the rights of the sample, and Redis refuses them nothing', async (test) => {
  const { url } = await ownRedis();
  const admin = new Redis(url);
  test.onTestFinished(() => void admin.disconnect());
  const site = await E2eSite.start(
    { url, prefix: 'exec', user: (service) => ({ name: service, password: `${service}-password` }) },
    (await testDatabase()).url,
  );
  test.onTestFinished(() => site.close());
  for (const service of services)
    await admin.call(
      'ACL',
      'SETUSER',
      service,
      ...redisAccessRules({ service, keyRoot: site.keyRoot, password: `>${service}-password` }),
    );
  // Whoever would still come as nobody in particular is refused.
  await admin.call('ACL', 'SETUSER', 'watcher', 'on', '>watcher', '~*', '+@all');
  await admin.call('AUTH', 'watcher', 'watcher');
  await admin.call('ACL', 'SETUSER', 'default', 'off');
  const excs = await site.run('excs');
  const exas = await site.run('exas');
  const excp = await site.run('excp');
  const partner = await site.run('excp');
  for (const { port } of [excs, exas, excp, partner])
    await vi.waitFor(async () => {
      const { status, dependencies } = await dependenciesOf(port);
      expect({ status, down: dependencies.filter(({ up }) => !up) }).toMatchObject({ status: 200 });
    }, patience);
  await site.renameAgent('Renamed');
  await vi.waitFor(async () => {
    const { dependencies } = await dependenciesOf(excs.port);
    expect(dependencies.find(({ name }) => name === 'synchronisation')?.detail).toBe('last cycle: unchanged');
  }, patience);
  expect(await refused(admin)).toEqual([]);
  const users = String(await admin.call('CLIENT', 'LIST')).match(/\buser=\w+/g) ?? [];
  for (const service of services) expect(users).toContain(`user=${service}`);

  const asExas = new Redis(url.replace('redis://', 'redis://exas:exas-password@'));
  test.onTestFinished(() => asExas.disconnect());
  const others: readonly (readonly [string, ...string[]])[] = [
    ['GET', `${site.keyRoot}:excp:lease`],
    ['SET', `${site.keyRoot}:excs:paused`, 'yes'],
    ['GET', 'exec:{other.1}:v1:settings'],
    ['FLUSHALL'],
    ['CONFIG', 'GET', '*'],
    ['KEYS', '*'],
    ['ACL', 'LIST'],
  ];
  for (const [command, ...args] of others)
    await expect(asExas.call(command, ...args)).rejects.toThrow(/NOPERM/);
}, 300_000);

/** What was refused since the server started, as `user command or key`. */
async function refused(admin: Redis): Promise<string[]> {
  const entries = (await admin.call('ACL', 'LOG')) as unknown[][];
  return entries.map((entry) => {
    const fact = (name: string) => String(entry[entry.indexOf(name) + 1]);
    return `${fact('username')} ${fact('reason')} ${fact('object')}`;
  });
}
