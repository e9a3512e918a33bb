/** EXAS under a Redis that is full, read-only, hung, emptied: nothing is silent, the last states arrive, none contradicts. */
import type { EmployeeId } from '@exec/common/ids';
import type { Readiness } from '@exec/testing/processes';
import { ownRedis } from '@exec/testing/vitest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CloudState } from './state/table.ts';
import { RudeRedis } from './testing/rude-redis.ts';
import { Site } from './testing/site.ts';

const offline: CloudState = { presence: 'Offline', routingStatus: 'OffQueue' };
const busy: CloudState = { presence: 'Busy', routingStatus: 'OffQueue' };
const idle: CloudState = { presence: 'OnQueue', routingStatus: 'Idle' };

let redis: RudeRedis;
let site: Site;
let port: number;
const all = (state: CloudState) => new Map(site.employees.map((id): [EmployeeId, CloudState] => [id, state]));

beforeEach(async () => {
  const { url } = await ownRedis();
  redis = await RudeRedis.start(url);
  site = await Site.start({ redis: { url, prefix: 'exec' }, agents: 10, env: { REDIS_URL: redis.url } });
  ({ port } = await site.exas());
  await site.untilShown(all(offline));
  for (const employeeId of site.employees) site.login(employeeId);
  await site.untilShown(all(busy));
});
afterEach(async () => {
  await redis.heal();
  await site.close();
  await redis.close();
});

async function readiness(): Promise<Readiness> {
  return (await (await fetch(`http://127.0.0.1:${port}/health/ready`)).json()) as Readiness;
}

async function until(what: (readiness: Readiness) => boolean): Promise<void> {
  await vi.waitUntil(async () => what(await readiness()), { timeout: 60_000, interval: 50 });
}

function says(name: string, word: string) {
  return ({ ready, dependencies }: Readiness) =>
    !ready && dependencies.some((one) => one.name === name && !one.up && one.detail.includes(word));
}

function change(): void {
  for (const employeeId of site.employees) site.states.ready(employeeId);
}

/** Whether EXAS notices that its Redis is full and stays active all the same, for longer than a lease lives. */
async function staysActiveWhileFull(): Promise<boolean> {
  await redis.full();
  change();
  const isFull = says('accepted-states', 'OOM');
  await until((now) => !now.active || isFull(now));
  const since = performance.now();
  await until(({ active }) => !active || performance.now() - since > 4000);
  return (await readiness()).active;
}

/** Everybody is as before `change`, in a Redis that takes everything. */
async function begunAnew(): Promise<void> {
  await redis.heal();
  await site.untilShown(all(idle));
  await until(({ ready, active }) => ready && active);
  for (const employeeId of site.employees) site.states.notReady(employeeId);
  await site.untilShown(all(busy));
}

async function arrives(): Promise<void> {
  await site.untilShown(all(idle));
  await until(({ ready, active }) => ready && active);
  expect(site.cloud.record.violations).toEqual([]);
}

describe('a Redis', () => {
  it('that is full keeps the lease with its holder, is named in /health/ready, and costs no state', async () => {
    // A lease that is renewed nowhere for 3 s, as while the machine stands still, is lost, and a full Redis gives none.
    for (let left = 4; !(await staysActiveWhileFull()); left--) {
      expect(left).toBeGreaterThan(0);
      await begunAnew();
    }
    await redis.heal();
    await arrives();
  });

  it('that is read-only ends the lease, is named in /health/ready, and costs no state', async () => {
    await redis.readOnly();
    change();
    await until(({ active }) => !active);
    await until(says('redis', 'READONLY'));
    await until(says('leadership', ''));
    await redis.heal();
    await arrives();
  });

  it('that hangs ends the lease, and costs no state', async () => {
    const before = await site.termsEnded({ port });
    await redis.hung(5000);
    change();
    await expect.poll(() => site.termsEnded({ port })).toBeGreaterThan(before);
    await arrives();
  });

  it('that is emptied in the middle of the day costs no state, and no time runs backwards', async () => {
    await redis.emptied();
    await site.storeSettings();
    await site.storeMapping(site.employees);
    change();
    await arrives();
  });

  it('that is emptied while EXAS is down costs no state, and no time runs backwards', async () => {
    await site.stopAll();
    change();
    await redis.emptied();
    await site.storeSettings();
    await site.storeMapping(site.employees);
    ({ port } = await site.exas());
    await arrives();
  });
});
