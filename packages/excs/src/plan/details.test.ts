/** What is read object by object before a comparison: no more than is needed. */
import { describe, expect, it } from 'vitest';
import { desiredState } from '../desired/desired.ts';
import type { EngageSnapshot } from '../engage/snapshot.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { id, person, queue, rules, snapshot } from '../testing/snapshot.ts';
import { detailsNeeded } from './details.ts';
import type { Organization } from './organization.ts';

const needed = (site: MemorySite, centre: Partial<EngageSnapshot>) =>
  detailsNeeded(desiredState(snapshot(centre), rules), site.state);

/** A site whose pages were read, and no detail. */
async function siteWith(fill: (site: MemorySite) => void): Promise<MemorySite> {
  const site = new MemorySite();
  fill(site);
  await site.learn();
  return site;
}

describe('members and codes', () => {
  const centre = { dns: [queue(21), queue(22), queue(23, { alias: 'There' })] };
  /** Queue 21 is linked, 22 is new, a queue has the name of 23; `read`: those whose details are known. */
  const known = (read: readonly string[]) =>
    ({
      queues: new Map([[id(21), { id: 'linked' }]]),
      queueByName: (name: string) => (name === 'There' ? { id: 'named' } : undefined),
      members: (queueId: string) => (read.includes(queueId) ? new Map() : undefined),
      queueCodes: (queueId: string) => (read.includes(queueId) ? new Map() : undefined),
    }) as unknown as Organization;

  it.each([
    [[], ['linked', 'named']],
    [['linked'], ['named']],
    [['linked', 'named'], []],
  ])('are read of queues that exist, linked or of the same name, but not of %j again', (read, expected) => {
    const { members, codes } = detailsNeeded(desiredState(snapshot(centre), rules), known(read));
    expect({ members, codes }).toEqual({ members: expected, codes: expected });
  });

  it('codes are not read while the attribute is not known', () => {
    const { wrapupAttribute: _unread, ...unread } = snapshot(centre);
    expect(detailsNeeded(desiredState(unread, rules), known([])).codes).toEqual([]);
  });
});

describe('who holds the identity of a new person', () => {
  const two = { persons: [person(1), person(2)] };

  it('is asked of nobody when there is no new person', async () => {
    const site = new MemorySite();
    await site.converge(two);
    site.cloud.addUser('x');
    await site.learn();
    expect(needed(site, two).identities).toEqual({ ofPersons: [] });
  });

  it('is asked of each user when there are fewer of them', async () => {
    const site = await siteWith(({ cloud }) => void cloud.addUser('x'));
    const [user] = site.cloud.usersById.keys();
    expect(needed(site, two).identities).toEqual({ ofUsers: [user], resolves: [1, 2] });
  });

  it('is asked of each person when there are as many users', async () => {
    const site = await siteWith(({ cloud }) => {
      cloud.addUser('x');
      cloud.addUser('y');
    });
    expect(needed(site, two).identities).toEqual({ ofPersons: [1, 2] });
  });

  it('is not asked of a user that is matched by its e-mail address in any case, unless many have one', async () => {
    const site = await siteWith(({ cloud }) => {
      cloud.addUser('x', { email: 'USER1@example.com' });
      cloud.addUser('y');
    });
    const [matched, other] = site.cloud.usersById.keys();
    expect(needed(site, two).identities).toEqual({ ofUsers: [other], resolves: [1, 2] });
    site.state.identitiesLikely = true;
    const three = { persons: [person(1), person(2), person(3)] };
    expect(needed(site, three).identities).toEqual({ ofUsers: [matched, other], resolves: [1, 2, 3] });
  });

  it('is not asked again, neither of a person whose holder is known nor of a user that was read', async () => {
    const site = await siteWith(({ cloud }) => void cloud.addUser('x'));
    const [user] = site.cloud.usersById.keys();
    site.state.identityHolders.set(id(1), 'nobody');
    expect(needed(site, { persons: [person(1)] }).identities).toEqual({ ofPersons: [] });
    if (user !== undefined) site.state.identitiesRead.add(user);
    expect(needed(site, two).identities).toEqual({ ofUsers: [], resolves: [2] });
  });
});
