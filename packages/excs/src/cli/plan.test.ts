/** The command `plan`: what it prints, how it ends, and that it changes nothing. */
import { expectation } from '@exec/simulators/config-db';
import { describe, expect, it } from 'vitest';
import { startEngine, startSite } from '../testing/test-site.ts';
import { excsCli } from './excs-cli.ts';

async function plan(env: NodeJS.ProcessEnv, ...args: readonly string[]) {
  let out = '';
  let err = '';
  const stdout = {
    write: (text: string) => {
      out += text;
    },
  };
  const stderr = {
    write: (text: string) => {
      err += text;
    },
  };
  const code = await excsCli({ env, streams: { stdout, stderr } }).run(['plan', ...args]);
  return { code, out, err };
}

describe('excs plan', () => {
  it('shows what a sync would do, ends with 2, and writes nothing', async () => {
    const site = await startSite({ centre: { flaws: [] } });
    const table = await plan(site.env);
    expect(table.code).toBe(2);
    expect(table.out).toMatch(/^user: \d+ to add, 0 to change, 0 to remove$/m);
    expect(table.out).toMatch(
      /^Plan: \d+ to add, \d+ to change, 0 to remove\. \d+ users would become billable\.$/m,
    );
    const json = await plan(site.env, '--json');
    expect(json.code).toBe(2);
    const shown = JSON.parse(json.out);
    const { users } = expectation(site.centre).counts;
    expect(shown).toMatchObject({ billableUsers: users, counts: { 'user.create': users } });
    expect(site.cloud.record.totalWrites).toBe(0);
    const engine = await startEngine(site);
    const keys = await engine.redis.client.keys(`${site.env.REDIS_KEY_PREFIX}*`);
    expect(keys.filter((key) => !key.includes('lease'))).toEqual([]);
  });

  it('ends with 0 when there is nothing to do', async () => {
    const site = await startSite({ centre: { flaws: [] } });
    await (await startEngine(site)).converge();
    const { code, out } = await plan(site.env, '--json');
    expect(JSON.parse(out).operations).toEqual([]);
    expect(code).toBe(0);
  });

  it('shows removals that a running service would still hold back, and what stands in the way', async () => {
    const site = await startSite({ centre: { flaws: ['missing-email'] } });
    await (await startEngine(site)).converge();
    await site.sql('DELETE FROM cfg_person WHERE dbid = $1', [expectation(site.centre).users[0]?.dbid]);
    const { code, out } = await plan(site.env);
    expect(code).toBe(2);
    expect(out).toMatch(/^ +- deactivate /m);
    expect(out).toContain('person.no-email');
  });

  it('ends with 78 and all faults for a wrong environment', async () => {
    const site = await startSite({ centre: { flaws: [] } });
    const { code, err } = await plan({ ...site.env, ORG_ID: '', SYNC_MAX_REMOVALS: 'many' });
    expect(code).toBe(78);
    expect(err).toContain('ORG_ID');
    expect(err).toContain('SYNC_MAX_REMOVALS');
    // 2 would say that there are changes to make.
    expect(await plan(site.env, '--jsn')).toMatchObject({ code: 1, out: '' });
  });

  it('ends with 1 and a sentence when something is away', async () => {
    const site = await startSite({ centre: { flaws: [] } });
    const { code, err, out } = await plan({
      ...site.env,
      CONFIG_DB_URL: 'postgresql://x:canary@127.0.0.1:1/x',
    });
    expect(code).toBe(1);
    expect(err).toContain('The Config DB cannot be reached');
    expect(out).toBe('');
    expect(err).not.toContain('canary');
  });
});
