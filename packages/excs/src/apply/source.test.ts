/** The presence source: looked for before it is created, set back when it was changed. */
import { CloudError } from '@exec/common/genesys-cloud';
import type { CloudSourceId } from '@exec/common/ids';
import { describe, expect, it, vi } from 'vitest';
import { MemorySite } from '../testing/memory-site.ts';

const unknown = new CloudError('cloud.outcome-unknown', 'no answer', { outcomeUnknown: true });
const refused = new CloudError('cloud.refused', 'no', { httpStatus: 400 });
const ours = { name: 'Engage 101', description: 'EX Engage Connector, deployment test' };
const there = 'there' as CloudSourceId;
const stored = (site: MemorySite) => JSON.parse(site.ledger.fields('source')[''] ?? 'null');

describe('the source', () => {
  it('is created once, and stored as ours', async () => {
    const site = new MemorySite();
    const create = vi.spyOn(site.cloud.presence, 'createSource');
    expect(await site.run({})).toMatchObject({ done: 1, surprised: false });
    expect(create.mock.calls.map(([body]) => body)).toEqual([{ ...ours, type: 'User' }]);
    expect(site.cloud.requests).toEqual(['presence.sources', 'presence.createSource']);
    expect(site.state.source).toEqual({ ...ours, id: 'source-001', deactivated: false });
    expect(stored(site)).toMatchObject({ id: 'source-001', adopted: false });
  });

  it('that is there meanwhile is adopted', async () => {
    const site = new MemorySite();
    const plan = site.plan({});
    site.cloud.sourcesById.set(there, { ...ours });
    expect(await site.apply(plan)).toMatchObject({ done: 1, surprised: true });
    expect(site.cloud.requests).toEqual(['presence.sources']);
    expect(stored(site)).toMatchObject({ id: there, adopted: true });
  });

  it('whose answer is lost is looked for again, and is ours', async () => {
    const site = new MemorySite();
    site.cloud.failNext('presence.createSource', unknown, { carriedOut: true });
    expect(await site.run({})).toMatchObject({ done: 1, surprised: false });
    expect(site.cloud.sourcesById.size).toBe(1);
    expect(stored(site)).toMatchObject({ adopted: false });
  });

  it.each([
    ['was refused is not looked for', refused, 1],
    ['was not created, and no answer came, is looked for in vain', unknown, 2],
  ])('that %s', async (_what, error, looks) => {
    const site = new MemorySite();
    site.cloud.failNext('presence.createSource', error);
    await site.run({});
    expect(site.failures).toMatchObject([{ error }]);
    expect(site.cloud.requests.filter((name) => name === 'presence.sources')).toHaveLength(looks);
    expect(site.state.source).toBeUndefined();
    expect(site.ledger.held.size).toBe(0);
  });

  it('that was changed is set back and made active, whatever its description was', async () => {
    const site = new MemorySite();
    await site.run({});
    site.state.source = { ...ours, id: 'source-001' as CloudSourceId, name: 'by hand', deactivated: true };
    site.ledger.held.clear();
    const update = vi.spyOn(site.cloud.presence, 'updateSource');
    expect(await site.run({})).toMatchObject({ done: 1, surprised: false });
    expect(update.mock.calls.map(([id, body]) => [id, body])).toEqual([
      ['source-001', { ...ours, type: 'User', deactivated: false }],
    ]);
    expect(site.state.source).toEqual({ ...ours, id: 'source-001', deactivated: false });
    // It is the same one: there is nothing to store.
    expect(site.ledger.held.size).toBe(0);
    expect(site.plan({}).operations).toEqual([]);
  });

  it('shows what the cloud shows of it, and nothing more', async () => {
    const site = new MemorySite();
    site.cloud.presence.createSource = async () => ({ id: there, name: ours.name, deactivated: true });
    await site.run({});
    expect(site.state.source).toEqual({ id: there, name: ours.name, description: '', deactivated: true });
  });
});

describe('the default source of the organisation', () => {
  const inOrganization = () => new MemorySite({ primarySourceScope: 'organization' });

  it('is set after the source is created; what else the settings hold stays', async () => {
    const site = inOrganization();
    expect(await site.run({})).toMatchObject({ done: 2, failed: 0 });
    expect(site.cloud.requests.slice(-2)).toEqual(['presence.settings', 'presence.updateSettings']);
    expect(site.cloud.presenceSettings).toEqual({
      requestingOffQueueEnabled: true,
      defaultPrimaryPresenceRegisteredSourceId: 'source-001',
    });
    expect(site.plan({}).operations).toEqual([]);
  });

  it('that is set already is not written', async () => {
    const site = inOrganization();
    await site.run({});
    site.state.defaultSourceId = undefined;
    const before = site.cloud.requests.length;
    expect(await site.run({})).toMatchObject({ done: 1 });
    expect(site.cloud.requests.slice(before)).toEqual(['presence.settings']);
  });

  it('waits for a source that could not be created', async () => {
    const site = inOrganization();
    site.cloud.failNext('presence.createSource', refused);
    expect(await site.run({})).toMatchObject({ done: 0, failed: 1, skipped: 1 });
    expect(site.cloud.requests).not.toContain('presence.settings');
  });
});
