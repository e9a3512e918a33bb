/** Two contact centres between which a plan has every type of operation. */
import { skillLevels } from '../engage/skill-levels.ts';
import type { EngageSnapshot } from '../engage/snapshot.ts';
import { MemorySite } from './memory-site.ts';
import { group, id, person, queue, skill } from './snapshot.ts';

const codes = (...names: readonly string[]): Partial<EngageSnapshot> => ({
  wrapupAttribute: {
    dbid: id(900),
    name: 'DispositionCode',
    values: names.map((name, at) => ({ dbid: id(901 + at), name, displayName: name, enabled: true })),
  },
});

/** A contact centre, and the same one a while later: between them every type of operation. */
export const first: Partial<EngageSnapshot> = {
  persons: [
    person(1, { levels: skillLevels([11, 3, 12, 5]), roles: ['Supervisor'] }),
    person(2, { levels: skillLevels([11, 2]) }),
    ...[3, 4, 5, 6].map((dbid) => person(dbid)),
  ],
  skills: [skill(11, 'English'), skill(12, 'Sales')],
  dns: [queue(21), queue(22)],
  groups: [group(31, '821', { members: [id(1), id(2)] }), group(32, '822', { members: [id(4)] })],
  ...codes('Sold', 'Lost'),
};
export const later: Partial<EngageSnapshot> = {
  persons: [
    person(1, { lastName: 'Married', levels: skillLevels([11, 4]) }),
    person(2, { levels: skillLevels([11, 2]), roles: ['Supervisor'] }),
    person(5),
    person(6),
    person(7, { email: 'there@example.com' }),
    // Person 3 under another DBID.
    person(33, { email: 'user3@example.com' }),
  ],
  skills: [skill(11, 'English'), skill(13, 'There')],
  dns: [queue(21, { alias: 'Renamed' }), queue(22), queue(23, { alias: 'There' })],
  groups: [group(31, '821', { members: [id(2), id(5)] })],
  wrapupAttribute: {
    dbid: id(900),
    name: 'DispositionCode',
    values: [
      { dbid: id(901), name: 'Sold!', displayName: '', enabled: true },
      { dbid: id(903), name: 'There', displayName: '', enabled: true },
    ],
  },
};

/** A site in step with `first`, in whose organisation others have worked since. */
export async function siteAfterFirst(): Promise<MemorySite> {
  const site = new MemorySite();
  const { cloud, state } = site;
  await site.run(first);
  cloud.addUser('there');
  cloud.addSkill('There');
  cloud.addCode('There');
  cloud.addQueue({ name: 'There', peerId: '823@North' });
  change(cloud.usersById, state.users.get(id(5))?.id, { state: 'inactive' });
  change(cloud.usersById, state.users.get(id(6))?.id, { state: 'deleted' });
  change(cloud.sourcesById, state.source?.id, { description: 'changed by hand' });
  await site.learn();
  return site;
}

function change<Id, T extends object>(objects: ReadonlyMap<Id, T>, about: Id | undefined, to: Partial<T>) {
  const object = about === undefined ? undefined : objects.get(about);
  if (object === undefined) throw new Error('there is no such object');
  Object.assign(object, to);
}
