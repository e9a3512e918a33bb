/** Two real EXAS processes, one of which is stopped for a while (SIGSTOP), as a busy or suspended machine would. */
import { fileURLToPath } from 'node:url';
import type { EmployeeId } from '@exec/common/ids';
import { activeAndStandby, type Readiness, ServiceProcess } from '@exec/testing/processes';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it, vi } from 'vitest';
import type { CloudState } from './state/table.ts';
import { Site } from './testing/site.ts';

const offline: CloudState = { presence: 'Offline', routingStatus: 'OffQueue' };
const busy: CloudState = { presence: 'Busy', routingStatus: 'OffQueue' };
const idle: CloudState = { presence: 'OnQueue', routingStatus: 'Idle' };
const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** Against hanging only. */
const patience = { timeout: 120_000, interval: 100 };

const statServer = ({ dependencies }: Readiness) => dependencies.find(({ name }) => name === 'stat-server');

describe.concurrent('the active EXAS stands still', () => {
  it.each([2, 8, 25])(
    'for %i s: the other takes over; the first is ready, active:false, and becomes active again when needed',
    async (seconds) => {
      const site = await Site.start({
        redis: testRedis(),
        agents: 5,
        // Shorter than the longest pause; who takes over has so long to connect.
        env: { ENGAGE_DOWN_OFFLINE_SECONDS: '20' },
      });
      const started: ServiceProcess[] = [];
      const start = async () => {
        const instance = await ServiceProcess.start(main, site.environment());
        started.push(instance);
        return instance;
      };
      const all = (state: CloudState) =>
        new Map(site.employees.map((id): [EmployeeId, CloudState] => [id, state]));
      try {
        const first = await start();
        await first.until(({ active }) => active);
        await site.untilShown(all(offline));
        const second = await start();
        await second.until(({ ready }) => ready);
        // What is on its way when it stands still is sent once more by the other.
        await site.untilStored(all(offline));

        first.pause();
        const over = new Promise((resolve) => setTimeout(resolve, seconds * 1000));
        for (const employeeId of site.employees) site.login(employeeId);
        // After two seconds the lease may still be that of the first.
        if (seconds > 4) {
          await second.until(({ active }) => active);
          await site.untilShown(all(busy));
        }
        await over;
        first.resume();
        await site.untilShown(all(busy));
        await site.untilStored(all(busy));
        // Whoever holds the lease by now, the other gave up what it kept. They may change places until then.
        const { active, standby } = await vi.waitFor(async () => {
          const both = await activeAndStandby(first, second);
          const readiness = await both.standby.readiness();
          expect(statServer(readiness)?.detail).toBe('not used while standing by');
          expect(readiness).toMatchObject({ ready: true, active: false });
          return both;
        }, patience);
        expect(await standby.metric('exas_engage_down_since_timestamp_seconds')).toBe(0);

        await active.end();
        await standby.until((readiness) => readiness.active && readiness.ready);
        for (const employeeId of site.employees) site.states.ready(employeeId);
        await site.untilShown(all(idle));

        // Nobody was ever set Offline because an instance had stopped watching, nothing was sent twice.
        const { record } = site.cloud;
        const count = (kind: 'userPresence' | 'userRoutingStatus') => record.events(kind).accepted;
        expect([count('userPresence'), count('userRoutingStatus')]).toEqual([3 * 5, 2 * 5]);
        expect(record.violations).toEqual([]);
      } finally {
        for (const instance of started) instance.resume();
        await Promise.all(started.map((instance) => instance.end('SIGKILL')));
        await site.close();
      }
    },
  );

  it('while the cloud is away: the first is a ready standby as soon as the cloud answers again', async () => {
    const site = await Site.start({ redis: testRedis(), agents: 5 });
    const cloudOf = ({ dependencies }: Readiness) =>
      dependencies.find(({ name }) => name === 'genesys-cloud');
    const started: ServiceProcess[] = [];
    try {
      const first = await ServiceProcess.start(main, site.environment());
      started.push(first);
      await first.until(({ active, ready }) => active && ready);
      const second = await ServiceProcess.start(main, site.environment());
      started.push(second);
      await second.until(({ ready }) => ready);

      const end = site.cloud.faults.outage();
      for (const employeeId of site.employees) site.login(employeeId);
      await first.until((readiness) => cloudOf(readiness)?.up === false);
      first.pause();
      await second.until(({ active }) => active);
      first.resume();
      await first.until(({ active }) => !active);
      end();
      // It has nothing to send any more that would tell it.
      await first.until(({ ready, active }) => ready && !active);
    } finally {
      for (const instance of started) instance.resume();
      await Promise.all(started.map((instance) => instance.end('SIGKILL')));
      await site.close();
    }
  });
});
