/** Routes of the organisation's skills and languages: created and deleted, never renamed. */
import {
  type Answer,
  type ApiCall,
  bodyOf,
  type CloudContext,
  type Handlers,
  isoTime,
  noContent,
  ok,
  param,
} from '../http/handler.ts';
import { page } from '../http/paging.ts';
import type { NamedObject, NamedStore } from '../store/named-objects.ts';
import { divisionIdOf, divisionView, nameMatches, notFound } from './lookups.ts';

export function skillRoutes(context: CloudContext): Handlers {
  const { skills, languages } = context.state;
  return {
    getRoutingSkills: (call) => list(context, call, skills, 'skills'),
    postRoutingSkills: (call) => {
      const { name, divisionId } = bodyOf<{ readonly name: string; readonly divisionId?: string }>(call);
      const created = skills.create(name, divisionIdOf(context, call, divisionId));
      return ok(view(context, created, 'skills'));
    },
    getRoutingSkill: (call) => getOne(context, call, skills, 'skills', 'skillId'),
    deleteRoutingSkill: (call) => {
      removeOne(context, call, skills, 'skillId');
      return ok();
    },
    getRoutingLanguages: (call) => list(context, call, languages, 'languages'),
    postRoutingLanguages: (call) =>
      ok(view(context, languages.create(bodyOf<{ readonly name: string }>(call).name), 'languages')),
    getRoutingLanguage: (call) => getOne(context, call, languages, 'languages', 'languageId'),
    deleteRoutingLanguage: (call) => {
      removeOne(context, call, languages, 'languageId');
      return noContent;
    },
  };
}

/** The name filters by prefix; deleted ones are not listed. */
function list(context: CloudContext, call: ApiCall, store: NamedStore, plural: string): Answer {
  const prefix = call.query.string('name') ?? '';
  const ids = new Set(call.query.list('id'));
  const found = [...store.all()].filter(
    (object) =>
      object.state === 'active' &&
      context.visibility.isReached(object.visibleFrom) &&
      nameMatches(`${prefix}*`, object.name) &&
      (ids.size === 0 || ids.has(object.id)),
  );
  if (call.query.string('sortOrder') === 'descending') found.reverse();
  return page(call, found, (object) => view(context, object, plural));
}

/** One that was deleted is answered with `state: deleted`. */
function getOne(
  context: CloudContext,
  call: ApiCall,
  store: NamedStore,
  plural: string,
  name: string,
): Answer {
  return ok(view(context, find(context, call, store, param(call, name)), plural));
}

function removeOne(context: CloudContext, call: ApiCall, store: NamedStore, name: string): void {
  const object = find(context, call, store, param(call, name));
  store.remove(object.id);
  // Users lose what is deleted.
  for (const user of context.state.users.all())
    for (const kind of ['skills', 'languages'] as const)
      if (user[kind].has(object.id))
        context.state.users.change(user.id, {
          [kind]: new Map([...user[kind]].filter(([id]) => id !== object.id)),
        });
}

function find(context: CloudContext, call: ApiCall, store: NamedStore, id: string): NamedObject {
  const object = store.get(id);
  if (object === undefined || !context.visibility.isReached(object.visibleFrom)) throw notFound(call, id);
  return object;
}

function view(context: CloudContext, object: NamedObject, plural: string): unknown {
  return {
    id: object.id,
    name: object.name,
    dateModified: isoTime(object.modifiedAt),
    state: object.state,
    version: '1',
    ...(plural === 'skills' ? { division: divisionView(context, object.divisionId) } : {}),
    selfUri: `/api/v2/routing/${plural}/${object.id}`,
  };
}
