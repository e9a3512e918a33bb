/** Users and what hangs on them, in the shapes of the API. */
import { type CloudContext, isoTime } from '../http/handler.ts';
import { nativeSource } from '../store/presence.ts';
import { nativeRoutingStatus } from '../store/routing-statuses.ts';
import type { CloudUser } from '../store/users.ts';
import { divisionView } from './lookups.ts';

type View = Readonly<Record<string, unknown>>;

export function userView(context: CloudContext, user: CloudUser, expand: readonly string[] = []): View {
  const selfUri = `/api/v2/users/${user.id}`;
  return {
    ...user.attributes,
    id: user.id,
    name: user.name,
    division: divisionView(context, user.divisionId),
    chat: { jabberId: `${user.id}@example.orgspan.com` },
    email: user.email,
    primaryContactInfo: [{ address: user.email, mediaType: 'EMAIL', type: 'PRIMARY' }],
    addresses: user.attributes.addresses ?? [],
    state: user.state,
    username: user.email,
    version: user.version,
    acdAutoAnswer: user.attributes.acdAutoAnswer ?? false,
    ...(expand.includes('skills') ? { skills: skillsOf(context, user) } : {}),
    // Languages of Engage are skills: nobody has any here.
    ...(expand.includes('languages') ? { languages: [] } : {}),
    ...(expand.includes('authorization') ? { authorization: { roles: roleViews(context, user.id) } } : {}),
    ...(expand.includes('routingStatus') ? { routingStatus: routingStatusView(context, user.id) } : {}),
    ...(expand.includes('presence')
      ? { presence: presenceView(context, user.id, primarySourceOf(context, user.id)) }
      : {}),
    selfUri,
  };
}

export function skillsOf(context: CloudContext, user: CloudUser): View[] {
  return [...user.skills].flatMap(([id, proficiency]) => {
    const skill = context.state.skills.get(id);
    if (skill === undefined) return [];
    return {
      id,
      name: skill.name,
      proficiency,
      state: skill.state,
      skillUri: `/api/v2/routing/skills/${id}`,
      selfUri: `/api/v2/users/${user.id}/routingskills/${id}`,
    };
  });
}

/** Roles of a subject, each once, whatever the divisions. */
export function roleViews(context: CloudContext, subjectId: string): View[] {
  const { authorization } = context.state;
  const roleIds = new Set(authorization.grants(subjectId).map((grant) => grant.roleId));
  return [...roleIds].map((id) => ({ id, name: authorization.role(id)?.name ?? '' }));
}

/** `OFF_QUEUE` also for a user that does not exist. */
export function routingStatusView(context: CloudContext, userId: string): View {
  const status = context.state.routingStatuses.get(userId);
  if (status === undefined) return { userId, status: 'OFF_QUEUE' };
  return { userId, status: nativeRoutingStatus(status.status), startTime: isoTime(status.at) };
}

/** The source whose presence is shown: the user's own, the organisation's default, or the platform. */
export function primarySourceOf(context: CloudContext, userId: string): string {
  const { presence } = context.state;
  const ofOrganization = presence.settings.defaultPrimaryPresenceRegisteredSourceId;
  return (
    presence.primarySources.get(userId) ??
    (typeof ofOrganization === 'string' ? ofOrganization : nativeSource)
  );
}

/** A user without a presence from the source is offline. */
export function presenceView(context: CloudContext, userId: string, sourceId: string): View {
  const { presence } = context.state;
  const current = presence.presence(userId, sourceId);
  const definition =
    presence.definitions.get(current?.presenceDefinitionId ?? '') ?? presence.definitions.system('Offline');
  return {
    id: userId,
    source: sourceId === nativeSource ? 'PURECLOUD' : (presence.source(sourceId)?.name ?? sourceId),
    sourceId,
    primary: primarySourceOf(context, userId) === sourceId,
    presenceDefinition: {
      id: definition?.id,
      systemPresence: definition === undefined ? 'Offline' : spacedPresence(definition.systemPresence),
      selfUri: `/api/v2/presence/definitions/${definition?.id}`,
    },
    message: current?.message ?? '',
    ...(current === undefined ? {} : { modifiedDate: isoTime(current.at) }),
    selfUri: `/api/v2/users/${userId}/presences/${sourceId}`,
  };
}

/** `OnQueue` of the definitions is spelled `On Queue` in the older answers. */
export function spacedPresence(systemPresence: string): string {
  return systemPresence.replace(/(?<=[a-z])(?=[A-Z])/, ' ');
}
