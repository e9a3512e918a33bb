/** Routes of presence definitions, in the present and the older spelling. */
import { ApiError } from '../api-error.ts';
import {
  type ApiCall,
  bodyOf,
  type CloudContext,
  type Handlers,
  noContent,
  ok,
  param,
} from '../http/handler.ts';
import { page, whole } from '../http/paging.ts';
import type { PresenceDefinition } from '../store/presence-definitions.ts';
import { notFound } from './lookups.ts';
import { spacedPresence } from './user-views.ts';

interface DefinitionBody {
  readonly languageLabels: Readonly<Record<string, string>>;
  readonly systemPresence?: string;
  readonly divisionId?: string;
  readonly deactivated?: boolean;
}

export function presenceDefinitionRoutes(context: CloudContext): Handlers {
  const { definitions } = context.state.presence;
  const definitionOf = (call: ApiCall) => {
    const definition = definitions.get(param(call, 'definitionId'));
    if (definition === undefined) throw notFound(call, 'the presence definition');
    return definition;
  };
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
    postPresenceDefinitions: (call) => ({ status: 201, body: view(definitions.save(wanted(context, call))) }),
    getPresenceDefinition: (call) => ok(view(definitionOf(call))),
    putPresenceDefinition: (call) => {
      const before = definitionOf(call);
      return ok(view(definitions.save({ ...wanted(context, call), type: before.type }, before.id)));
    },
    deletePresenceDefinition: (call) => {
      const { id, ...definition } = definitionOf(call);
      definitions.save({ ...definition, deactivated: true }, id);
      return noContent;
    },
    getPresencedefinitions: (call) => {
      const deleted = call.query.boolean('deleted') ?? false;
      const shown = [...definitions.all()].filter((definition) => definition.deactivated === deleted);
      return page(call, shown, olderView);
    },
    getSystempresences: () => {
      const system = [...definitions.all()].filter((definition) => definition.type === 'System');
      return ok(system.map(({ id, systemPresence }) => ({ id, name: spacedPresence(systemPresence) })));
    },
  };
}

function wanted(context: CloudContext, call: ApiCall): Omit<PresenceDefinition, 'id'> {
  const {
    languageLabels,
    systemPresence,
    divisionId = '*',
    deactivated = false,
  } = bodyOf<DefinitionBody>(call);
  const fault = (name: string, message: string) =>
    new ApiError(409, `presenceservice.organizationpresence.${name}`, message);
  if (Object.keys(languageLabels).length === 0)
    throw fault('musthaveatleastonelocalelabeldefined', 'languageLabels is empty.');
  if (systemPresence === undefined) throw fault('systempresencecannotbenull', 'systemPresence is missing.');
  if (divisionId !== '*' && context.state.authorization.division(divisionId) === undefined)
    throw fault('invaliddivisionid', `Unknown division ${divisionId}.`);
  return { type: 'User', systemPresence, languageLabels, divisionId, deactivated };
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
