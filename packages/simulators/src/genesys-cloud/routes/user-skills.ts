/** Routes of the skills of a user; every write raises the user's version. */
import {
  type Answer,
  type ApiCall,
  bodyOf,
  type CloudContext,
  type Handlers,
  ok,
  param,
} from '../http/handler.ts';
import { page } from '../http/paging.ts';
import type { CloudUser } from '../store/users.ts';
import { findSkill, findUser, notFound } from './lookups.ts';
import { skillsOf } from './user-views.ts';

interface Wanted {
  readonly id: string;
  readonly proficiency: number;
}

export function userSkillRoutes(context: CloudContext): Handlers {
  const userOf = (call: ApiCall) => findUser(context, call, param(call, 'userId'));
  return {
    getUserRoutingskills: (call) => page(call, skillsOf(context, userOf(call)), (view) => view),
    postUserRoutingskills: (call) => {
      const wanted = bodyOf<Wanted>(call);
      return oneOf(context, save(context, call, userOf(call), [wanted]), wanted.id);
    },
    putUserRoutingskillsBulk: (call) => set(context, call, { ...userOf(call), skills: new Map() }),
    patchUserRoutingskillsBulk: (call) => set(context, call, userOf(call)),
    putUserRoutingskill: (call) => {
      const user = userOf(call);
      const id = param(call, 'skillId');
      const held = user.skills.get(id);
      if (held === undefined) throw notFound(call, `skill ${id} of the user`);
      const { proficiency = held } = bodyOf<Partial<Wanted>>(call);
      return oneOf(context, save(context, call, user, [{ id, proficiency }]), id);
    },
    deleteUserRoutingskill: (call) => {
      const user = userOf(call);
      const skills = new Map(user.skills);
      const id = param(call, 'skillId');
      if (!skills.delete(id)) throw notFound(call, `skill ${id} of the user`);
      context.state.users.change(user.id, { skills });
      return ok();
    },
  };
}

/** Adds to the skills of `user`, which may have been taken away before. */
function set(context: CloudContext, call: ApiCall, user: CloudUser): Answer {
  const entities = skillsOf(context, save(context, call, user, bodyOf<readonly Wanted[]>(call)));
  return ok({ entities, total: entities.length });
}

function save(context: CloudContext, call: ApiCall, user: CloudUser, wanted: readonly Wanted[]): CloudUser {
  const skills = new Map(user.skills);
  for (const { id, proficiency } of wanted) {
    findSkill(context, call, id);
    skills.set(id, proficiency);
  }
  return context.state.users.change(user.id, { skills });
}

function oneOf(context: CloudContext, user: CloudUser, id: string): Answer {
  return ok(skillsOf(context, user).find((view) => view.id === id));
}
