/** Routes of the organisation's skills: created and deleted, never renamed. */
import {
  type Answer,
  type ApiCall,
  bodyOf,
  type CloudContext,
  type Handlers,
  isoTime,
  ok,
  param,
} from '../http/handler.ts';
import { page } from '../http/paging.ts';
import type { CloudSkill } from '../store/skills.ts';
import { divisionIdOf, divisionView, nameMatches, notFound } from './lookups.ts';

export function skillRoutes(context: CloudContext): Handlers {
  const { skills } = context.state;
  return {
    getRoutingSkills: (call) => list(context, call),
    postRoutingSkills: (call) => {
      const { name, divisionId } = bodyOf<{ readonly name: string; readonly divisionId?: string }>(call);
      const created = skills.create(name, divisionIdOf(context, call, divisionId));
      return ok(view(context, created));
    },
    getRoutingSkill: (call) => ok(view(context, find(context, call))),
    deleteRoutingSkill: (call) => {
      remove(context, call);
      return ok();
    },
  };
}

/** The name filters by prefix; deleted ones are not listed. */
function list(context: CloudContext, call: ApiCall): Answer {
  const prefix = call.query.string('name') ?? '';
  const ids = new Set(call.query.list('id'));
  const found = [...context.state.skills.all()].filter(
    (object) =>
      object.state === 'active' &&
      context.visibility.isReached(object.visibleFrom) &&
      nameMatches(`${prefix}*`, object.name) &&
      (ids.size === 0 || ids.has(object.id)),
  );
  if (call.query.string('sortOrder') === 'descending') found.reverse();
  return page(call, found, (object) => view(context, object));
}

function remove(context: CloudContext, call: ApiCall): void {
  const { id } = find(context, call);
  context.state.skills.remove(id);
  // Users lose what is deleted.
  for (const user of context.state.users.all())
    if (user.skills.has(id))
      context.state.users.change(user.id, {
        skills: new Map([...user.skills].filter(([held]) => held !== id)),
      });
}

/** One that was deleted is found, with `state: deleted`. */
function find(context: CloudContext, call: ApiCall): CloudSkill {
  const id = param(call, 'skillId');
  const skill = context.state.skills.get(id);
  if (skill === undefined || !context.visibility.isReached(skill.visibleFrom)) throw notFound(call, id);
  return skill;
}

function view(context: CloudContext, object: CloudSkill): unknown {
  return {
    id: object.id,
    name: object.name,
    dateModified: isoTime(object.modifiedAt),
    state: object.state,
    version: '1',
    division: divisionView(context, object.divisionId),
    selfUri: `/api/v2/routing/skills/${object.id}`,
  };
}
