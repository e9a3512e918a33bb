/** `excs check-db` and `excs grants` as their callers see them: text, JSON, exit codes. */
import { describe, expect, it } from 'vitest';
import { startSource } from '../testing/database.ts';
import { excsCli } from './excs-cli.ts';

async function call(env: NodeJS.ProcessEnv, ...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const streams = {
    stdout: { columns: 80, write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => err.push(text) },
  };
  const code = await excsCli({ env, streams }).run(args);
  return { code, out: out.join(''), err: err.join('') };
}

describe('excs check-db', () => {
  it('ends with 0 where EXCS can read, with 1 where it cannot, with 78 for wrong settings', async () => {
    const source = await startSource();
    const env = { CONFIG_DB_URL: source.url, TENANT_ID: String(source.centre.tenantDbid) };
    const good = await call(env, 'check-db');
    expect(good.code, good.out).toBe(0);
    expect(good.out).toMatch(/^table cfg_person +ok/m);
    expect(good.out).toMatch(/, 0 failed\n$/);
    expect(good.out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const other = await call({ ...env, TENANT_ID: '999' }, 'check-db', '--json');
    expect(other.code).toBe(1);
    expect(JSON.parse(other.out)).toMatchObject({
      ok: false,
      checks: expect.arrayContaining([expect.objectContaining({ check: 'tenant', status: 'failed' })]),
    });
    const wrong = await call({ ...env, TENANT_ID: '' }, 'check-db');
    expect(wrong).toMatchObject({ code: 78, out: '' });
    expect(wrong.err).toContain('TENANT_ID');
  });
});

describe('excs grants', () => {
  it('needs no settings, and refuses a map that is none', async () => {
    const printed = await call({}, 'grants', '--user', "o'brien");
    expect(printed.code).toBe(0);
    expect(printed.out).toContain("account text := 'o''brien';");
    expect((await call({}, 'grants', '--schema-map', '/nowhere.json')).code).toBe(2);
  });
});
