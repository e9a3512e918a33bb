/** What hangs on a user, in the form in which a plan shows it, and when nothing is to be done. */
import { asId, type CloudSkillId, type CloudSourceId } from '@exec/common/ids';
import { describe, expect, it } from 'vitest';
import { skillLevels } from '../engage/skill-levels.ts';
import type { EngageSnapshot } from '../engage/snapshot.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { id, person, skill } from '../testing/snapshot.ts';
import type { OperationType } from './operation.ts';

type Centre = Partial<EngageSnapshot>;
const skills = [skill(11, 'English'), skill(12, 'Sales'), skill(13, 'French')];
const levels = (...flat: readonly number[]): Centre => ({
  persons: [person(1, { levels: skillLevels([...flat]) })],
  skills,
});

async function siteIn(centre: Centre): Promise<MemorySite> {
  const site = new MemorySite();
  await site.converge(centre);
  return site;
}
function steps(site: MemorySite, centre: Centre, type: OperationType) {
  return site.diff(centre).operations.filter((operation) => operation.type === type);
}
const ofUser = (site: MemorySite) => [...site.cloud.usersById.values()][0]?.skills ?? new Map();

describe('skills', () => {
  it.each<[string, Centre, string | undefined, string]>([
    ['given', levels(11, 3, 12, 5), 'English=3', 'English=3; Sales=5'],
    ['changed', levels(11, 4), 'English=3', 'English=4'],
    ['taken', levels(), 'English=3', ''],
  ])('that are %s are shown by name', async (_what, wanted, before, after) => {
    const site = await siteIn(levels(11, 3));
    expect(steps(site, wanted, 'user-skills.set')).toMatchObject([{ before, after, serialKey: 'user/1' }]);
  });

  it('are compared in the order of the cloud, whatever that of Engage is', async () => {
    const site = new MemorySite();
    // Made in another order than that of the DBIDs.
    for (const name of ['French', 'Sales', 'English']) site.cloud.addSkill(name);
    const centre = levels(11, 1, 12, 2, 13, 3);
    await site.converge(centre);
    expect(site.diff(centre).operations).toEqual([]);
  });

  it('that are not mapped, or no more, are shown by their ID or their former name', async () => {
    const site = await siteIn(levels(11, 3));
    const others = site.cloud.addSkill('Of others');
    ofUser(site).set(others, 1);
    await site.learn();
    const renamed = { ...levels(11, 3), skills: [skill(11, 'German'), ...skills.slice(1)] };
    expect(steps(site, renamed, 'user-skills.set')).toMatchObject([
      { before: `English=3; ${others}=1`, after: 'German=3', keep: [others] },
    ]);
    const first = site.state.skills.get(id(11))?.id ?? asId<CloudSkillId>('');
    await site.run(renamed);
    // Given back by hand: it is the former one, which is taken again.
    ofUser(site).set(first, 2);
    await site.learn();
    expect(steps(site, renamed, 'user-skills.set')[0]?.before).toContain('English=2');
  });

  it('that are taken wait for a second read, and stay until then', async () => {
    const site = await siteIn(levels(11, 3, 12, 5));
    const [user] = site.cloud.usersById.keys();
    const english = site.state.skills.get(id(11))?.id;
    site.absentBefore = new Set();
    expect(site.diff(levels(12, 5)).operations).toEqual([]);
    expect([...site.diff(levels(12, 5)).absent]).toEqual([`user-skill/${user}/${english}`]);
    // A level changes meanwhile: that is done at once, and what waits is kept.
    const [both] = steps(site, levels(12, 4), 'user-skills.set');
    expect(both).toMatchObject({ keep: [english], after: 'Sales=4' });
    expect(both).not.toHaveProperty('counted');
  });

  it('of a user that is taken over are moved from skill to skill without being counted', async () => {
    const site = await siteIn(levels(11, 3));
    const renamed = { ...levels(11, 3), skills: [skill(11, 'German'), ...skills.slice(1)] };
    site.absentBefore = new Set();
    const [moved] = steps(site, renamed, 'user-skills.set');
    expect(moved).toMatchObject({ keep: [], reason: 'skills or levels differ' });
    expect(moved).not.toHaveProperty('counted');
  });

  it('of a new user are none before', () => {
    const [given] = steps(new MemorySite(), levels(11, 3), 'user-skills.set');
    expect(given).toMatchObject({ reason: 'new user', after: 'English=3' });
    expect([given?.before, given?.cloudId]).toEqual([undefined, undefined]);
    expect(steps(new MemorySite(), levels(), 'user-skills.set')).toEqual([]);
  });
});

describe('the primary source', () => {
  it.each<[string, string | undefined, number]>([
    ['is ours', 'ours', 0],
    ['is another one', 'other', 1],
    ['is not known', undefined, 1],
  ])('that %s', async (_what, primarySourceId, expected) => {
    const site = await siteIn(levels());
    const link = site.state.users.get(id(1));
    const source = site.state.source;
    if (source !== undefined) site.state.source = { ...source, id: asId<CloudSourceId>('ours') };
    if (link !== undefined) site.state.setUser({ ...link, primarySourceId });
    const set = steps(site, levels(), 'primary-source.set');
    expect(set).toHaveLength(expected);
    for (const { before, after, reason, cloudId } of set) {
      expect([before, after, cloudId]).toEqual([primarySourceId, 'Engage 101', link?.id]);
      expect(reason).toBe('another source is primary, or it is not known');
    }
  });

  it('is set while there is no source yet, for it comes before in the same plan', async () => {
    const site = await siteIn(levels());
    site.state.source = undefined;
    const link = site.state.users.get(id(1));
    if (link !== undefined) site.state.setUser({ ...link, primarySourceId: undefined });
    expect(steps(site, levels(), 'primary-source.set')).toHaveLength(1);
  });
});

describe('the source', () => {
  const wanted = { name: 'Engage 101', description: 'EX Engage Connector, deployment test' };

  it.each([
    ['its name differs', { name: 'x' }, 'x (EX Engage Connector, deployment test)'],
    ['its description differs', { description: 'x' }, 'Engage 101 (x)'],
    ['it is deactivated', { deactivated: true }, 'Engage 101 (EX Engage Connector, deployment test)'],
  ])('is set back when %s', async (_what, change, before) => {
    const site = await siteIn({});
    if (site.state.source !== undefined) site.state.source = { ...site.state.source, ...change };
    expect(site.diff({}).operations).toMatchObject([
      { type: 'source.update', before, cloudId: site.state.source?.id, source: wanted },
    ]);
  });
});

describe('the identity', () => {
  it('that a look-up has shown the user to hold is not added before the user is linked', async () => {
    const site = new MemorySite();
    const user = site.cloud.addUser('First Last1', { email: 'user1@example.com' });
    await site.learn();
    site.state.identityHolders.set(id(1), user);
    expect(steps(site, levels(), 'external-identity.add')).toEqual([]);
    site.state.identityHolders.set(id(1), 'nobody');
    expect(steps(site, levels(), 'external-identity.add')).toMatchObject([
      { cloudId: user, after: 'engage/101/1', identity: { authorityName: 'engage/101', externalKey: '1' } },
    ]);
  });

  it('that the linked user is said to hold, but is not known to, is added again', async () => {
    const site = await siteIn(levels());
    const link = site.state.users.get(id(1));
    if (link === undefined) throw new Error('there is no link');
    site.state.setUser({ ...link, externalKey: undefined });
    site.state.identityHolders.set(id(1), link.id);
    expect(steps(site, levels(), 'external-identity.add')).toHaveLength(1);
  });
});
