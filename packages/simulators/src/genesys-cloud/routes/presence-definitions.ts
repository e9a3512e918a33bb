/** Routes of presence definitions, in the present and the older spelling. */
import type { CloudContext, Handlers } from '../http/handler.ts';
import { page, whole } from '../http/paging.ts';
import type { PresenceDefinition } from '../store/presence-definitions.ts';
import { spacedPresence } from './user-views.ts';

export function presenceDefinitionRoutes(context: CloudContext): Handlers {
  const { definitions } = context.state.presence;
  return {
    getPresenceDefinitions: (call) => {
      const deactivated = call.query.boolean('deactivated') ?? false;
      const divisions = new Set(call.query.list('divisionId'));
      const shown = [...definitions.all()].filter(
        (definition) =>
          definition.deactivated === deactivated &&
          (divisions.size === 0 || definition.divisionId === '*' || divisions.has(definition.divisionId)),
      );
      return whole(call, shown, view);
    },
    getPresencedefinitions: (call) => {
      const deleted = call.query.boolean('deleted') ?? false;
      const shown = [...definitions.all()].filter((definition) => definition.deactivated === deleted);
      return page(call, shown, olderView);
    },
  };
}

function view(definition: PresenceDefinition): unknown {
  return { ...definition, selfUri: `/api/v2/presence/definitions/${definition.id}` };
}

function olderView(definition: PresenceDefinition): unknown {
  return {
    id: definition.id,
    name: spacedPresence(definition.systemPresence),
    languageLabels: definition.languageLabels,
    systemPresence: spacedPresence(definition.systemPresence),
    deactivated: definition.deactivated,
    primary: definition.type === 'System',
    selfUri: `/api/v2/presencedefinitions/${definition.id}`,
  };
}
