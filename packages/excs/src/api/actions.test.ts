/** What a person does by REST: it works, and leaves one line in the log. */
import { loggedLines, watchCommands } from '@exec/common/testing';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it } from 'vitest';
import { RunningService, until } from '../testing/running-service.ts';
import { startSite } from '../testing/test-site.ts';

async function stage() {
  const site = await startSite({ centre: { agents: 20, flaws: [] } });
  const { logger, lines } = loggedLines();
  const service = await RunningService.start(site, { logger });
  await service.converged();
  const acted = () =>
    lines()
      .filter(({ fields }) => fields['event.kind'] === 'audit')
      .map(({ level, message }) => `${level} ${message.replace(/ \(request .*/, '')}`);
  return { site, service, acted };
}

describe('what a person does', () => {
  it('pausing and resuming is logged, with the ID of the request', async () => {
    const { service, acted } = await stage();
    const answer = await service.post('/api/v1/sync/pause');
    expect(answer).toMatchObject({ status: 200, body: { paused: true } });
    await service.post('/api/v1/sync/resume');
    expect(acted()).toEqual(['info Synchronisation paused', 'info Synchronisation resumed']);
  });

  it('accepting an emptied table lets the next read go on; another name is refused', async () => {
    const { site, service, acted } = await stage();
    await site.sql('DELETE FROM cfg_flex_prop WHERE object_type = 3');
    await site.sql('DELETE FROM cfg_agent_group');
    const status = () => service.get('/api/v1/sync');
    const refused = await until(status, ({ body }) => body.stopped?.reason === 'read-refused');
    const [, names = ''] = /refused: (.*) had rows/.exec(refused.body.stopped.detail) ?? [];
    expect(names.split(', ').length).toBeGreaterThan(0);
    const unknown = await service.post('/api/v1/sync/accept-empty-table', { table: 'cfg_nothing' });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'table.not-known' } });
    for (const table of names.split(', '))
      expect(await service.post('/api/v1/sync/accept-empty-table', { table })).toMatchObject({ status: 200 });
    await until(status, ({ body }) => body.stopped?.reason !== 'read-refused');
    expect(acted()).toEqual(names.split(', ').map((table) => `info Table ${table} accepted as empty`));
  });

  it('goes to Redis over another connection than the lease and what the cycles write', async (test) => {
    const { service } = await stage();
    const watch = await watchCommands(testRedis().url);
    test.onTestFinished(() => watch.stop());
    await service.post('/api/v1/sync/pause');
    await service.post('/api/v1/sync/resume');
    await until(
      () => service.get('/api/v1/audit'),
      ({ body }) => body.items.length === 2,
    );
    const isOf = (args: readonly string[], key: string) => args.some((arg) => arg.endsWith(`:excs:${key}`));
    const lease = async () => (await watch.seen()).filter(({ args }) => isOf(args, 'lease'));
    await expect.poll(async () => (await lease()).length).toBeGreaterThan(0);
    const asked = (await watch.seen()).filter(
      ({ name, args }) =>
        (['set', 'del'].includes(name) && isOf(args, 'paused')) ||
        (['lpush', 'lrange'].includes(name) && isOf(args, 'audit')),
    );
    const sources = new Set(asked.map(({ source }) => source));
    expect(new Set(asked.map(({ name }) => name))).toEqual(new Set(['set', 'del', 'lpush', 'lrange']));
    for (const { source } of await lease()) expect(sources).not.toContain(source);
  });
});
