/** A PostgreSQL that hangs: the read ends by a bound and says so, nothing is written, the next cycle tries again. */
import { systemClock } from '@exec/common/clock';
import { expectation } from '@exec/simulators/config-db';
import { FaultProxy } from '@exec/testing/proxy';
import { closeLater } from '@exec/testing/vitest';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import type { ConfigDbLimits } from '../engage/config-db.ts';
import { type Answer, RunningService } from '../testing/running-service.ts';
import { startSite } from '../testing/test-site.ts';

/** What the test waits for, in milliseconds; longer than anything takes on a busy machine. */
const short = 3000;
const long = 60_000;

const applied = (service: RunningService): Promise<Answer> => service.run({ mode: 'apply' });

/** A synchronised EXCS that reaches its Config DB through a proxy only. */
async function behindProxy(limits: Partial<ConfigDbLimits>) {
  const site = await startSite({ centre: { agents: 20, flaws: [] } });
  const url = site.env.CONFIG_DB_URL ?? '';
  const proxy = await FaultProxy.start({ target: url });
  closeLater(() => proxy.close());
  const service = await RunningService.start(site, {
    env: { CONFIG_DB_URL: proxy.through(url) },
    // Cycles run when the test asks for one.
    tuning: { configDbLimits: limits, intervalMs: 3_600_000 },
  });
  await atRest(service);
  const [someone] = expectation(site.centre).users;
  const rename = (name: string) =>
    site.sql('UPDATE cfg_person SET last_name = $1 WHERE dbid = $2', [name, someone?.dbid]);
  const dependency = async () => {
    const { body } = await service.get('/health/ready');
    return body.dependencies.find((one: { name: string }) => one.name === 'config-db');
  };
  return { site, proxy, service, rename, dependency, someone };
}

/**
 * Nothing is left to do, and nothing happens by itself any more. A run is followed by one more cycle; on a busy machine
 * either may fail by one of the limits.
 */
async function atRest(service: RunningService): Promise<void> {
  for (;;) {
    const seen = service.cycles;
    const run = await applied(service);
    if (run.body.state !== 'done') continue;
    const own = await service.cycle(({ startedAt }) => startedAt >= Date.parse(run.body.startedAt), seen);
    const next = service.cycle((one) => one !== own && one.startedAt >= own.startedAt, seen);
    // It does not come when Redis does not say whether the synchronisation is paused.
    const noReport = systemClock.sleep(short).then(() => undefined);
    if ((await Promise.race([next, noReport]))?.outcome === 'unchanged') return;
  }
}

async function failsThenGoesOn(
  { site, service, rename, dependency, someone }: Awaited<ReturnType<typeof behindProxy>>,
  hang: (
    read: () => Promise<Answer>,
  ) => Promise<{ readonly failed: Promise<Answer>; readonly mend: () => void }>,
  says: RegExp,
): Promise<void> {
  const writes = site.cloud.record.totalWrites;
  await rename('Afterwards');
  const { failed, mend } = await hang(() => applied(service));
  expect((await failed).body).toMatchObject({ state: 'failed', detail: expect.stringMatching(says) });
  expect(await dependency()).toMatchObject({ up: false, detail: expect.stringMatching(says) });
  expect(site.cloud.record.totalWrites).toBe(writes);
  mend();
  while ((await applied(service)).body.state !== 'done');
  expect(site.cloud.state.users.byEmail(someone?.email ?? '')?.name).toContain('Afterwards');
  expect(site.cloud.record.totalWrites).toBe(writes + 1);
  expect(await dependency()).toMatchObject({ up: true });
}

describe('a PostgreSQL that hangs', () => {
  it('and takes connections without a word more is given up, and asked again by the next cycle', async () => {
    const stage = await behindProxy({ connect: short });
    await failsThenGoesOn(
      stage,
      async (read) => {
        const mend = stage.proxy.add({ type: 'timeout', timeoutMs: 0 });
        // The connection that it has breaks; new ones are taken and nothing comes through.
        await stage.site.sql(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'exec-excs' AND datname = current_database()",
        );
        stage.proxy.resetAll();
        return { failed: read(), mend };
      },
      /cannot be reached/,
    );
  });

  it.each([
    ['the answer to a query never comes', { query: short }],
    ['the whole read goes on for ever', { transaction: short }],
  ])('in the middle of a read is given up: %s, the connection half open', async (_what, limits) => {
    // The server waits for the lock until somebody has seen that it does.
    const stage = await behindProxy({ query: long, transaction: long, lock: long, ...limits });
    const { site, proxy } = stage;
    const admin = new pg.Client({ connectionString: site.env.CONFIG_DB_URL });
    admin.on('error', () => undefined);
    await admin.connect();
    closeLater(() => admin.end());
    await failsThenGoesOn(
      stage,
      async (read) => {
        await admin.query('BEGIN');
        await admin.query('LOCK TABLE cfg_agent_group IN ACCESS EXCLUSIVE MODE');
        const failed = read();
        const waiting =
          "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'exec-excs' " +
          "AND wait_event_type = 'Lock'";
        while ((await site.database.query(waiting)).rows.length === 0) await systemClock.sleep(5);
        const mend = proxy.add({ type: 'timeout', timeoutMs: 0 });
        await admin.query('ROLLBACK');
        return { failed, mend };
      },
      /did not answer in time/,
    );
  });
});
