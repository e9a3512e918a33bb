/** Routes of the skills and languages of a user; every write raises the user's version. */
import {
  type Answer,
  type ApiCall,
  bodyOf,
  type CloudContext,
  type Handlers,
  noContent,
  ok,
  param,
} from '../http/handler.ts';
import { page } from '../http/paging.ts';
import type { NamedStore } from '../store/named-objects.ts';
import type { CloudUser } from '../store/users.ts';
import { findNamed, findUser, notFound } from './lookups.ts';
import { routingTags } from './user-views.ts';

/** What differs between the two. */
interface Tags {
  readonly what: 'skill' | 'language';
  readonly store: NamedStore;
  readonly of: (user: CloudUser) => ReadonlyMap<string, number>;
  readonly save: (user: CloudUser, held: ReadonlyMap<string, number>) => CloudUser;
}

interface Wanted {
  readonly id: string;
  readonly proficiency: number;
}

export function userSkillRoutes(context: CloudContext): Handlers {
  const { users } = context.state;
  const skills: Tags = {
    what: 'skill',
    store: context.state.skills,
    of: (user) => user.skills,
    save: (user, held) => users.change(user.id, { skills: held }),
  };
  const languages: Tags = {
    what: 'language',
    store: context.state.languages,
    of: (user) => user.languages,
    save: (user, held) => users.change(user.id, { languages: held }),
  };
  return {
    getUserRoutingskills: (call) => list(context, call, skills),
    postUserRoutingskills: (call) => addOne(context, call, skills),
    putUserRoutingskillsBulk: (call) => set(context, call, skills, new Map()),
    patchUserRoutingskillsBulk: (call) => set(context, call, skills),
    putUserRoutingskill: (call) => changeOne(context, call, skills, 'skillId'),
    deleteUserRoutingskill: (call) => {
      removeOne(context, call, skills, 'skillId');
      return ok();
    },
    getUserRoutinglanguages: (call) => list(context, call, languages),
    postUserRoutinglanguages: (call) => addOne(context, call, languages),
    patchUserRoutinglanguagesBulk: (call) => set(context, call, languages),
    patchUserRoutinglanguage: (call) => changeOne(context, call, languages, 'languageId'),
    deleteUserRoutinglanguage: (call) => {
      removeOne(context, call, languages, 'languageId');
      return noContent;
    },
  };
}

function list(context: CloudContext, call: ApiCall, tags: Tags): Answer {
  const user = findUser(context, call, param(call, 'userId'));
  return page(call, views(user, tags), (view) => view);
}

function views(user: CloudUser, tags: Tags): readonly Readonly<Record<string, unknown>>[] {
  return routingTags(user, tags.of(user), tags.store, tags.what);
}

function addOne(context: CloudContext, call: ApiCall, tags: Tags): Answer {
  const user = findUser(context, call, param(call, 'userId'));
  const wanted = bodyOf<Wanted>(call);
  return oneOf(saveAll(context, call, tags, user, tags.of(user), [wanted]), tags, wanted.id);
}

/** `start`: what the set begins with; absent: what the user has, so that nothing is removed. */
function set(context: CloudContext, call: ApiCall, tags: Tags, start?: ReadonlyMap<string, number>): Answer {
  const user = findUser(context, call, param(call, 'userId'));
  const changed = saveAll(context, call, tags, user, start ?? tags.of(user), bodyOf<readonly Wanted[]>(call));
  const entities = views(changed, tags);
  return ok({ entities, total: entities.length });
}

function changeOne(context: CloudContext, call: ApiCall, tags: Tags, name: string): Answer {
  const user = findUser(context, call, param(call, 'userId'));
  const id = param(call, name);
  const held = tags.of(user).get(id);
  if (held === undefined) throw notFound(call, `${tags.what} ${id} of the user`);
  const { proficiency = held } = bodyOf<Partial<Wanted>>(call);
  return oneOf(saveAll(context, call, tags, user, tags.of(user), [{ id, proficiency }]), tags, id);
}

function removeOne(context: CloudContext, call: ApiCall, tags: Tags, name: string): void {
  const user = findUser(context, call, param(call, 'userId'));
  const held = new Map(tags.of(user));
  if (!held.delete(param(call, name))) throw notFound(call, `${tags.what} ${param(call, name)} of the user`);
  tags.save(user, held);
}

function saveAll(
  context: CloudContext,
  call: ApiCall,
  tags: Tags,
  user: CloudUser,
  start: ReadonlyMap<string, number>,
  wanted: readonly Wanted[],
): CloudUser {
  const held = new Map(start);
  for (const { id, proficiency } of wanted) {
    findNamed(context, call, tags.store, id);
    held.set(id, proficiency);
  }
  return tags.save(user, held);
}

function oneOf(user: CloudUser, tags: Tags, id: string): Answer {
  return ok(views(user, tags).find((view) => view.id === id));
}
