/** Routes of presence sources, settings and primary sources. */
import { ApiError } from '../api-error.ts';
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
import { whole } from '../http/paging.ts';
import { nativeSource, type PresenceSource } from '../store/presence.ts';
import { findUser, notFound } from './lookups.ts';
import { primarySourceOf } from './user-views.ts';

interface SourceBody {
  readonly name: string;
  readonly description?: string;
  readonly deactivated?: boolean;
}

export function presenceRoutes(context: CloudContext): Handlers {
  const { presence } = context.state;
  const sourceOf = (call: ApiCall) => findSource(context, call, param(call, 'sourceId'));
  return {
    getPresenceSources: (call) => {
      const deactivated = call.query.boolean('deactivated') ?? false;
      const shown = [...presence.sources()].filter(
        (source) => source.deactivated === deactivated && context.visibility.isReached(source.visibleFrom),
      );
      return whole(call, shown, sourceView);
    },
    postPresenceSources: (call) => ok(sourceView(presence.saveSource(bodyOf<SourceBody>(call)))),
    getPresenceSource: (call) => ok(sourceView(sourceOf(call))),
    putPresenceSource: (call) =>
      ok(sourceView(presence.saveSource(bodyOf<SourceBody>(call), sourceOf(call).id))),
    deletePresenceSource: (call) => {
      presence.removeSource(sourceOf(call).id);
      return noContent;
    },
    getPresenceUserPrimarysource: (call) => {
      const user = findUser(context, call, param(call, 'userId'));
      return ok(primaryView(context, user.id));
    },
    putPresenceUserPrimarysource: (call) => setPrimary(context, call),
    getPresenceSettings: () => ok(settingsView(context)),
    putPresenceSettings: (call) => putSettings(context, call),
  };
}

function findSource(context: CloudContext, call: ApiCall, id: string): PresenceSource {
  const source = context.state.presence.source(id);
  if (source === undefined || !context.visibility.isReached(source.visibleFrom))
    throw notFound(call, `source ${id}`);
  return source;
}

function sourceView(source: PresenceSource): unknown {
  return {
    id: source.id,
    name: source.name,
    ...(source.description === undefined ? {} : { description: source.description }),
    type: source.type,
    deactivated: source.deactivated,
    selfUri: `/api/v2/presence/sources/${source.id}`,
  };
}

function setPrimary(context: CloudContext, call: ApiCall): Answer {
  const user = findUser(context, call, param(call, 'userId'));
  const { sourceId = '' } = bodyOf<{ readonly sourceId?: string }>(call);
  context.state.presence.primarySources.set(user.id, findSource(context, call, sourceId).id);
  return ok(primaryView(context, user.id));
}

function primaryView(context: CloudContext, userId: string): unknown {
  const sourceId = primarySourceOf(context, userId);
  return {
    id: userId,
    sourceId,
    registered: sourceId !== nativeSource,
    selfUri: `/api/v2/presence/users/${userId}/primarysource`,
  };
}

function settingsView(context: CloudContext): unknown {
  return { ...context.state.presence.settings, selfUri: '/api/v2/presence/settings' };
}

/** The whole object: what the body leaves out is gone. */
function putSettings(context: CloudContext, call: ApiCall): Answer {
  const { id: _id, selfUri: _uri, ...settings } = bodyOf<Readonly<Record<string, unknown>>>(call);
  const restore = settings.restorePresenceSettings as
    | { readonly restoreTimeMilliseconds: number }
    | undefined;
  const fault = (name: string, message: string) =>
    new ApiError(409, `presenceservice.organizationconfiguration.${name}`, message);
  if (restore === undefined)
    throw fault('restorepresenceconfigurationnotprovided', 'restorePresenceSettings is missing.');
  if (restore.restoreTimeMilliseconds < 0)
    throw fault('invalidrestoretimemilliseconds', 'restoreTimeMilliseconds is negative.');
  const defaultSource = settings.defaultPrimaryPresenceRegisteredSourceId;
  if (typeof defaultSource === 'string') findSource(context, call, defaultSource);
  context.state.presence.settings = settings;
  return ok(settingsView(context));
}
