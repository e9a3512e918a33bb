/** The skills of a user: replaced at once while they fit one request, changed one by one beyond that. */
import { CloudError, maxSkillsPerCall } from '@exec/common/genesys-cloud';
import { describe, expect, it, vi } from 'vitest';
import { skillLevels } from '../engage/skill-levels.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { id, person, skill } from '../testing/snapshot.ts';

const version = new CloudError('cloud.conflict', 'changed', {
  httpStatus: 409,
  cloudCode: 'general.conflict',
});
const waiting = (retryAfterMs: number) =>
  new CloudError('cloud.conflict', 'changed', {
    httpStatus: 409,
    cloudCode: 'general.conflict',
    retryAfterMs,
  });

/** Person 1 with so many skills, each at the level. */
const centre = (count: number, level = 1, leftOut?: number) => {
  const dbids = Array.from({ length: count }, (_, at) => at + 1).filter((dbid) => dbid !== leftOut);
  return {
    persons: [person(1, { levels: skillLevels(dbids.flatMap((dbid) => [dbid, level])) })],
    skills: Array.from({ length: count }, (_, at) => skill(at + 1, `Skill ${at + 1}`)),
  };
};
const ofUser = (site: MemorySite) => [...site.cloud.usersById.values()][0]?.skills ?? new Map();
const requests = (site: MemorySite) => site.cloud.requests.filter((name) => /kills?$/.test(name));

async function siteWith(count: number): Promise<MemorySite> {
  const site = new MemorySite();
  await site.converge(centre(count));
  site.cloud.requests.length = 0;
  return site;
}

describe('the skills of a user', () => {
  it.each([
    ['as many as fit one request are replaced', maxSkillsPerCall, ['users.replaceSkills']],
    ['more are changed, never taken away for a moment', maxSkillsPerCall + 1, ['users.addSkills']],
  ])('%s', async (_what, count, expected) => {
    const site = await siteWith(count);
    const add = vi.spyOn(site.cloud.users, 'addSkills');
    const change = centre(count);
    const levels = Array.from({ length: count }, (_, at) => [at + 1, at === 6 ? 5 : 1]).flat();
    const wanted = { ...change, persons: [person(1, { levels: skillLevels(levels) })] };
    expect(await site.run(wanted)).toMatchObject({ done: 1 });
    expect(requests(site)).toEqual(expected);
    // Only what differs is sent.
    if (add.mock.calls.length > 0)
      expect(add.mock.calls.map(([, skills]) => skills)).toEqual([
        [{ id: site.state.skills.get(id(7))?.id, proficiency: 5 }],
      ]);
    expect(ofUser(site).size).toBe(count);
    expect(ofUser(site).get(site.state.skills.get(id(7))?.id)).toBe(5);
    expect(site.plan(wanted).operations).toEqual([]);
  });

  it.each([['there'], ['gone meanwhile']])(
    'one too many of more is removed alone, be it %s',
    async (state) => {
      const count = maxSkillsPerCall + 2;
      const site = await siteWith(count);
      const taken = site.state.skills.get(id(7))?.id;
      const plan = site.plan(centre(count, 1, 7));
      if (state !== 'there' && taken !== undefined) ofUser(site).delete(taken);
      expect(await site.apply(plan)).toMatchObject({ done: 1, failed: 0 });
      expect(requests(site)).toEqual(['users.addSkills', 'users.removeSkill']);
      expect(ofUser(site).size).toBe(count - 1);
      expect(ofUser(site).has(taken)).toBe(false);
      expect(site.counted).toEqual([`user-skill/${site.state.users.get(id(1))?.id}/${taken}`]);
    },
  );

  it('that are as they should be meanwhile, or of nobody, are left alone', async () => {
    const site = await siteWith(1);
    const plan = site.plan(centre(1, 3));
    await site.apply(plan);
    site.cloud.requests.length = 0;
    site.counted.length = 0;
    expect(await site.apply(plan)).toMatchObject({ skipped: 1, done: 0 });
    site.state.users.clear();
    expect(await site.apply(plan)).toMatchObject({ skipped: 1, done: 0 });
    expect(site.cloud.requests).toEqual([]);
    expect(site.counted).toEqual([]);
  });

  it('make the version of the user one that is not known', async () => {
    const site = await siteWith(1);
    site.clock.wait(5);
    await site.run(centre(1, 3));
    const link = { skills: `${site.state.skills.get(id(1))?.id}=3`, at: site.clock.now() };
    expect(site.state.users.get(id(1))).toMatchObject({ ...link, version: undefined });
    expect(site.ledger.records('users')['1']).toMatchObject(link);
  });

  it('of a skill that does not exist yet are given without it', async () => {
    const site = await siteWith(2);
    const plan = site.plan(centre(2, 3));
    site.state.skills.delete(id(2));
    expect(await site.apply(plan)).toMatchObject({ done: 1 });
    expect([...ofUser(site).values()]).toEqual([3]);
  });
});

describe('a version that somebody else has raised', () => {
  it.each([
    ['once', [version], 0, 500],
    [
      'four times, waiting longer and longer',
      [version, version, version, version],
      0,
      500 + 1000 + 1500 + 2000,
    ],
    ['as long as the cloud says', [waiting(70), waiting(30)], 0, 100],
    [
      'five times: that is a failure',
      [version, version, version, version, version],
      1,
      500 + 1000 + 1500 + 2000,
    ],
  ])('is met again: %s', async (_what, failures, failed, waited) => {
    const site = await siteWith(1);
    const begin = site.clock.now();
    for (const failure of failures) site.cloud.failNext('users.replaceSkills', failure);
    expect(await site.run(centre(1, 3))).toMatchObject({ failed });
    expect(site.clock.now() - begin).toBe(waited);
    expect(requests(site)).toHaveLength(failures.length + 1 - failed);
  });

  it('is the only failure that is tried again', async () => {
    const site = await siteWith(1);
    site.cloud.failNext('users.replaceSkills', new CloudError('cloud.refused', 'no', { httpStatus: 400 }));
    expect(await site.run(centre(1, 3))).toMatchObject({ failed: 1 });
    expect(requests(site)).toHaveLength(1);
  });
});
