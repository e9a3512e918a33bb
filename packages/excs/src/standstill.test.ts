/** Two real EXCS processes, one of which is stopped for a while (SIGSTOP) or killed, as a machine may be. */
import { fileURLToPath } from 'node:url';
import { expectation } from '@exec/simulators/config-db';
import { activeAndStandby, ServiceProcess } from '@exec/testing/processes';
import { describe, expect, it, type TestContext } from 'vitest';
import { startSite } from './testing/test-site.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

async function stage({ onTestFinished }: TestContext) {
  const options = { centre: { flaws: [], agents: 20 }, env: { SYNC_INTERVAL_SECONDS: '1' } };
  const site = await startSite(options, 'file');
  const start = async (name: string) => {
    const started = await ServiceProcess.start(main, { ...site.env, INSTANCE_ID: name });
    onTestFinished(async () => {
      started.resume();
      await started.end('SIGKILL');
    });
    return started;
  };
  const { users } = expectation(site.centre);
  const someone = users[0];
  /** Changes a name in Engage; resolves when the cloud has it. */
  const renamed = async (name: string) => {
    await site.sql('UPDATE cfg_person SET last_name = $1 WHERE dbid = $2', [name, someone?.dbid]);
    await site.cloud.until(() =>
      Boolean(site.cloud.state.users.byEmail(someone?.email ?? '')?.name.includes(name)),
    );
  };
  const first = await start('first');
  await first.until(({ ready, active }) => ready && active);
  // The last thing that is done for a new user.
  await site.cloud.until(
    () => site.cloud.record.answers('putPresenceUserPrimarysource', 200) >= users.length,
  );
  const second = await start('second');
  await second.until(({ ready, active }) => ready && !active);
  return { site, start, first, second, renamed };
}

/** Nothing was made twice by two that took themselves for active. */
function isWhole(site: Awaited<ReturnType<typeof stage>>['site']): void {
  const { record, state } = site.cloud;
  expect(record.violations).toEqual([]);
  expect(state.users.size).toBe(expectation(site.centre).counts.users);
  expect(state.presence.activeUserSources()).toHaveLength(1);
}

describe.concurrent('the active EXCS', () => {
  it.for([2, 8, 25])(
    'stands still for %i s: the other takes over when it is long; the first is ready, and active again when needed',
    async (seconds, test) => {
      const { site, first, second, renamed } = await stage(test);
      first.pause();
      const over = new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      // A lease lives for ten seconds.
      if (seconds > 20) {
        await second.until(({ active }) => active);
        await renamed('Meanwhile');
      }
      await over;
      first.resume();
      await renamed('Afterwards');
      const { active, standby } = await activeAndStandby(first, second);
      await active.end();
      await standby.until((readiness) => readiness.ready && readiness.active);
      await renamed('Taken over');
      isWhole(site);
    },
  );

  it('is killed: the other takes over, and it stands by when it is back', async (test) => {
    const { site, start, first, second, renamed } = await stage(test);
    await first.end('SIGKILL');
    await second.until((readiness) => readiness.ready && readiness.active);
    await renamed('Taken over');
    const back = await start('first');
    expect(await back.until(({ ready }) => ready)).toMatchObject({ active: false });
    isWhole(site);
  });
});
