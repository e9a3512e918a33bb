/** EXAS under a Redis that is full, read-only, hung, emptied: nothing is silent, the last states arrive, none contradicts. */
import type { EmployeeId } from '@exec/common/ids';
import { ownRedis } from '@exec/testing/vitest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CloudState } from './state/table.ts';
import { RudeRedis } from './testing/rude-redis.ts';
import { Site } from './testing/site.ts';

const offline: CloudState = { presence: 'Offline', routingStatus: 'OffQueue' };
const busy: CloudState = { presence: 'Busy', routingStatus: 'OffQueue' };
const idle: CloudState = { presence: 'OnQueue', routingStatus: 'Idle' };

interface Readiness {
  readonly ready: boolean;
  readonly active: boolean;
  readonly dependencies: readonly { readonly name: string; readonly up: boolean; readonly detail: string }[];
}

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
  await vi.waitUntil(async () => what(await readiness()), { timeout: 20_000, interval: 50 });
}

function says(name: string, word: string) {
  return ({ ready, dependencies }: Readiness) =>
    !ready && dependencies.some((one) => one.name === name && !one.up && one.detail.includes(word));
}

function change(): void {
  for (const employeeId of site.employees) site.states.ready(employeeId);
}

async function arrives(): Promise<void> {
  await site.untilShown(all(idle));
  await until(({ ready, active }) => ready && active);
  expect(site.cloud.record.violations).toEqual([]);
}

describe('a Redis', () => {
  it('that is full keeps the lease with its holder, is named in /health/ready, and costs no state', async () => {
    await redis.full();
    change();
    await until(says('accepted-states', 'OOM'));
    // Longer than a lease lives: it is renewed in a full Redis.
    const since = performance.now();
    await vi.waitUntil(() => performance.now() - since > 4000, { timeout: 10_000 });
    expect((await readiness()).active).toBe(true);
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
    await redis.hung(5000);
    change();
    await until(({ active }) => !active);
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
