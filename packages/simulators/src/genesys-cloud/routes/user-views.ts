/** Users and what hangs on them, in the shapes of the API. */
import { type CloudContext, isoTime } from '../http/handler.ts';
import type { NamedStore } from '../store/named-objects.ts';
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
    ...(expand.includes('skills')
      ? { skills: routingTags(user, user.skills, context.state.skills, 'skill') }
      : {}),
    ...(expand.includes('languages')
      ? { languages: routingTags(user, user.languages, context.state.languages, 'language') }
      : {}),
    ...(expand.includes('authorization') ? { authorization: { roles: roleViews(context, user.id) } } : {}),
    ...(expand.includes('routingStatus') ? { routingStatus: routingStatusView(context, user.id) } : {}),
    ...(expand.includes('presence')
      ? { presence: presenceView(context, user.id, primarySourceOf(context, user.id)) }
      : {}),
    selfUri,
  };
}

/** Skills or languages of a user. */
export function routingTags(
  user: CloudUser,
  held: ReadonlyMap<string, number>,
  store: NamedStore,
  what: 'skill' | 'language',
): View[] {
  return [...held].flatMap(([id, proficiency]) => {
    const object = store.get(id);
    if (object === undefined) return [];
    return {
      id,
      name: object.name,
      proficiency,
      state: object.state,
      [`${what}Uri`]: `/api/v2/routing/${what}s/${id}`,
      selfUri: `/api/v2/users/${user.id}/routing${what}s/${id}`,
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
