/** Objects of the organisation that were there before the deployment: nobody may touch them. */
import type { CloudState } from '@exec/simulators/genesys-cloud';
import type { ForeignEntry } from '../history/entries.ts';

export interface ForeignObjects {
  entries(when: ForeignEntry['when'], at: number): ForeignEntry[];
}

/** Users, queues, skills and wrap-up codes as an administrator of the organisation made them by hand. */
export function plantForeignObjects(state: CloudState): ForeignObjects {
  const users = ['ann', 'bob', 'cid'].map((name) =>
    state.users.create({ name: `${name} elsewhere`, email: `${name}@elsewhere.example` }),
  );
  const queue = state.queues.create({ name: 'Elsewhere' });
  const skill = state.skills.create('Elsewhere skill');
  const code = state.wrapupCodes.create({ name: 'Elsewhere code' });
  return {
    entries: (when, at) => {
      const object = (type: string, id: string, content: unknown): ForeignEntry => ({
        ...{ what: 'foreign', at, when, type, id },
        content: JSON.stringify(content) ?? 'nothing',
      });
      const queueNow = state.queues.get(queue.id);
      return [
        ...users.map(({ id }) => {
          const { name, email, state: is } = state.users.get(id) ?? {};
          const externalIds = state.users.externalIds.of(id);
          const presences = [...state.presence.presencesOf(id).keys()];
          return object('user', id, { name, email, is, externalIds, presences });
        }),
        object('queue', queue.id, {
          name: queueNow?.name,
          attributes: queueNow?.attributes,
          members: queueNow?.members.userIds(),
        }),
        object('skill', skill.id, state.skills.get(skill.id)),
        object('wrap-up code', code.id, state.wrapupCodes.get(code.id)),
      ];
    },
  };
}
