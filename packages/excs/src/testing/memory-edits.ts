/** Changes that administrators make by hand in an organisation that is in memory. */
import type { MemoryCloud } from './memory-cloud.ts';

/** What was added by hand and must stay: members as `<queue ID> <user ID>`. */
export interface HandEdit {
  readonly members: Set<string>;
}

/** `at` chooses the object; an edit without one does nothing. */
type Edit = (cloud: MemoryCloud, at: number, byHand: HandEdit) => void;

export const handEdits: readonly Edit[] = [
  function renamesUser(cloud, at) {
    Object.assign(some(cloud.usersById.values(), at) ?? {}, { name: 'By hand' });
  },
  function changesAddress(cloud, at) {
    Object.assign(some(cloud.usersById.values(), at) ?? {}, { email: `hand${at}@example.com` });
  },
  function deactivatesUser(cloud, at) {
    Object.assign(some(cloud.usersById.values(), at) ?? {}, { state: 'inactive' });
  },
  function deletesUser(cloud, at) {
    Object.assign(some(cloud.usersById.values(), at) ?? {}, { state: 'deleted' });
  },
  function takesSkills(cloud, at) {
    some(cloud.usersById.values(), at)?.skills.clear();
  },
  function deletesSkill(cloud, at) {
    const skill = some(cloud.skillNames.keys(), at);
    if (skill === undefined) return;
    cloud.skillNames.delete(skill);
    for (const user of cloud.usersById.values()) user.skills.delete(skill);
  },
  function renamesQueue(cloud, at) {
    Object.assign(some(cloud.queuesById.values(), at) ?? {}, { name: `By hand ${at}` });
  },
  function changesExternalNumber(cloud, at) {
    Object.assign(some(cloud.queuesById.values(), at) ?? {}, { peerId: 'by@hand' });
  },
  function deletesQueue(cloud, at) {
    const queue = some(cloud.queuesById.keys(), at);
    if (queue !== undefined) cloud.queuesById.delete(queue);
  },
  function removesMembers(cloud, at, byHand) {
    const queue = some(cloud.queuesById.values(), at);
    for (const user of queue?.members ?? []) byHand.members.delete(`${queue?.id} ${user}`);
    queue?.members.clear();
  },
  function addsMember(cloud, at, byHand) {
    const queue = some(cloud.queuesById.values(), at);
    if (queue === undefined) return;
    const stranger = cloud.addUser(`stranger${at}x${cloud.usersById.size}`);
    queue.members.add(stranger);
    byHand.members.add(`${queue.id} ${stranger}`);
  },
  function detachesCodes(cloud, at) {
    some(cloud.queuesById.values(), at)?.codes.clear();
  },
  function deletesCode(cloud, at) {
    const code = some(cloud.codeNames.keys(), at);
    if (code === undefined) return;
    cloud.codeNames.delete(code);
    for (const queue of cloud.queuesById.values()) queue.codes.delete(code);
  },
  function revokesRole(cloud, at) {
    const user = some(cloud.supervisors, at);
    if (user !== undefined) cloud.supervisors.delete(user);
  },
  function removesIdentity(cloud, at) {
    const identity = some(cloud.identities.keys(), at);
    if (identity !== undefined) cloud.identities.delete(identity);
  },
  function changesPrimarySource(cloud, at) {
    const user = some(cloud.primarySources.keys(), at);
    if (user !== undefined) cloud.primarySources.delete(user);
  },
  function describesSourceAnew(cloud, at) {
    Object.assign(some(cloud.sourcesById.values(), at) ?? {}, { description: 'by hand' });
  },
];

function some<T>(items: Iterable<T>, at: number): T | undefined {
  const list = [...items];
  return list[at % list.length];
}
