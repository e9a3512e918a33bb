/** Changes that administrators make in the EX organisation by hand, drawn by chance. */
import type { Random } from '@exec/simulators/config-db';
import type { FakeGenesysCloud } from '@exec/simulators/genesys-cloud';

export interface HandMade {
  /** Members that were added by hand: `<queue ID> <user ID>`. They must stay. */
  readonly members: Set<string>;
  /** Codes that were attached by hand. */
  readonly codes: Set<string>;
  /** Skills that are not mapped and were given by hand. */
  readonly skills: Set<string>;
}

export function noHandMade(): HandMade {
  return { members: new Set(), codes: new Set(), skills: new Set() };
}

type Edit = (cloud: FakeGenesysCloud, random: Random, hand: HandMade) => void;

/** Only users, queues and so on that the connector maps; each answers with what it did in the fake's state. */
export const cloudEdits: Readonly<Record<string, Edit>> = {
  'user renamed': ({ state }, random) => {
    const user = some(random, [...state.users.all()]);
    if (user !== undefined) state.users.change(user.id, { name: `${user.name} by hand` });
  },
  'user deactivated': ({ state }, random) => {
    const user = some(random, active(state));
    if (user !== undefined) state.users.change(user.id, { state: 'inactive' });
  },
  'user deleted': ({ state }, random) => {
    const user = some(random, active(state));
    if (user !== undefined) state.users.change(user.id, { state: 'deleted' });
  },
  'address changed': ({ state }, random) => {
    const user = some(random, active(state));
    if (user !== undefined)
      state.users.change(user.id, { email: `hand-${random.int(1, 1_000_000)}@contact.example` });
  },
  'skill taken from a user': ({ state }, random) => {
    const user = some(
      random,
      active(state).filter((candidate) => candidate.skills.size > 0),
    );
    if (user === undefined) return;
    const [first] = user.skills.keys();
    state.users.change(user.id, { skills: new Map([...user.skills].filter(([id]) => id !== first)) });
  },
  'skill given to a user': ({ state }, random) => {
    const user = some(random, active(state));
    const skill = some(
      random,
      [...state.skills.all()].filter((candidate) => candidate.state === 'active'),
    );
    if (user !== undefined && skill !== undefined)
      state.users.change(user.id, { skills: new Map([...user.skills, [skill.id, 1]]) });
  },
  'foreign skill given to a user': ({ state }, random, hand) => {
    const user = some(random, active(state));
    if (user === undefined) return;
    const name = 'Not of Engage';
    const skill = state.skills.byName(name) ?? state.skills.create(name);
    hand.skills.add(skill.id);
    state.users.change(user.id, { skills: new Map([...user.skills, [skill.id, 2]]) });
  },
  'skill deleted': ({ state }, random) => {
    const skill = some(
      random,
      [...state.skills.all()].filter((candidate) => candidate.state === 'active'),
    );
    if (skill === undefined) return;
    state.skills.remove(skill.id);
    for (const user of state.users.all())
      if (user.skills.has(skill.id))
        state.users.change(user.id, {
          skills: new Map([...user.skills].filter(([id]) => id !== skill.id)),
        });
  },
  'queue renamed': ({ state }, random) => {
    const queue = some(random, [...state.queues.all()]);
    if (queue !== undefined) state.queues.change(queue.id, { name: `By hand ${random.int(1, 1_000_000)}` });
  },
  'queue deleted': ({ state }, random) => {
    const queue = some(random, [...state.queues.all()]);
    if (queue !== undefined) state.queues.remove(queue.id);
  },
  'member removed': ({ state }, random) => {
    const queue = some(
      random,
      [...state.queues.all()].filter((candidate) => candidate.members.size > 0),
    );
    const user = queue && some(random, queue.members.userIds());
    if (queue !== undefined && user !== undefined) queue.members.remove(user);
  },
  'member added': ({ state }, random, hand) => {
    const queue = some(random, [...state.queues.all()]);
    const user = some(random, active(state));
    if (queue === undefined || user === undefined || queue.members.has(user.id)) return;
    queue.members.add(user.id);
    hand.members.add(`${queue.id} ${user.id}`);
  },
  'code detached': ({ state }, random) => {
    const queue = some(
      random,
      [...state.queues.all()].filter((candidate) => candidate.wrapupCodeIds.size > 0),
    );
    if (queue === undefined) return;
    const [, ...rest] = queue.wrapupCodeIds;
    state.queues.change(queue.id, { wrapupCodeIds: new Set(rest) });
  },
  'code attached': ({ state }, random, hand) => {
    const queue = some(random, [...state.queues.all()]);
    if (queue === undefined) return;
    const name = 'By hand';
    const code = state.wrapupCodes.byName(name) ?? state.wrapupCodes.create({ name });
    hand.codes.add(code.id);
    state.queues.change(queue.id, { wrapupCodeIds: new Set([...queue.wrapupCodeIds, code.id]) });
  },
  'code deleted': ({ state }, random) => {
    const code = some(random, [...state.wrapupCodes.all()]);
    if (code === undefined) return;
    state.wrapupCodes.remove(code.id);
    for (const queue of state.queues.all())
      if (queue.wrapupCodeIds.has(code.id))
        state.queues.change(queue.id, {
          wrapupCodeIds: new Set([...queue.wrapupCodeIds].filter((id) => id !== code.id)),
        });
  },
  'role revoked': ({ state }, random) => {
    const role = state.authorization.roleByName('Supervisor');
    const user = role && some(random, state.authorization.holders(role.id));
    if (role !== undefined && user !== undefined)
      state.authorization.revoke(user, role.id, state.authorization.homeDivision.id);
  },
  'external identity removed': ({ state }, random) => {
    const user = some(
      random,
      active(state).filter((candidate) => state.users.externalIds.of(candidate.id).length > 0),
    );
    const [id] = user === undefined ? [] : state.users.externalIds.of(user.id);
    if (user !== undefined && id !== undefined)
      state.users.externalIds.remove(user.id, id.authorityName, id.externalKey);
  },
  'primary source changed': ({ state }, random) => {
    const user = some(random, active(state));
    if (user !== undefined) state.presence.primarySources.set(user.id, 'purecloud');
  },
  'source described anew': ({ state }) => {
    const [source] = state.presence.activeUserSources();
    if (source !== undefined)
      state.presence.saveSource({ name: 'By hand', description: 'changed by hand' }, source.id);
  },
};

function active(state: FakeGenesysCloud['state']) {
  return [...state.users.all()].filter((user) => user.state === 'active');
}

function some<T>(random: Random, list: readonly T[]): T | undefined {
  return list.length === 0 ? undefined : list[random.int(0, list.length - 1)];
}
