/** Checks in rotation: their share of the budget, their order, their age. */
import { describe, expect, it } from 'vitest';
import { ScaledClock } from '../testing/scaled-clock.ts';
import { startEngine, startSite } from '../testing/test-site.ts';

async function convergedSite(budget: string) {
  const site = await startSite({ centre: { flaws: [] } });
  const first = await startEngine(site);
  await first.converge();
  await first.stop();
  const engine = await startEngine(site, {
    env: { GENESYS_CLOUD_REQUESTS_PER_MINUTE: budget },
    clock: new ScaledClock(200),
  });
  await engine.converge();
  site.cloud.record.reset();
  const { state } = engine.parts.stateKeeper;
  if (state === undefined) throw new Error('nothing is known');
  return { site, engine, state };
}

describe('the rotation', () => {
  it('takes at most 30 % of the budget, evenly over the polls', async () => {
    const { engine } = await convergedSite('285');
    // The reading of the organisation counts as configuration, so nothing of the share is used.
    expect(engine.rotation.quota(10_000)).toBe(14);
    expect(engine.rotation.quota(60_000)).toBe(85);
    expect(engine.rotation.quota(3_600_000)).toBe(85);
    expect(engine.rotation.quota(10)).toBe(1);
  });

  it('checks what was checked longest ago, until everything had its turn', async () => {
    const { site, engine, state } = await convergedSite('100000');
    const tick = (quota: number) => engine.rotation.tick(engine.token, state, quota, () => true);
    await tick(10);
    const oldest = engine.rotation.oldestAt ?? 0;
    await tick(2 * state.queues.size + 2 * state.users.size - 10);
    expect(engine.rotation.oldestAt).toBeGreaterThan(oldest);
    const requests = site.cloud.record.requestsByOperation;
    expect(requests.get('getRoutingQueueWrapupcodes')).toBe(state.queues.size);
    expect(requests.get('getUserExternalid')).toBe(state.users.size);
    expect(requests.get('getPresenceUserPrimarysource')).toBe(state.users.size);
  });

  it('ends at once when it is told to', async () => {
    const { site, engine, state } = await convergedSite('100000');
    let left = 3;
    await engine.rotation.tick(engine.token, state, 1000, () => left-- > 0);
    expect(site.cloud.record.requests).toBeLessThanOrEqual(3);
  });
});
