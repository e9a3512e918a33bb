/** Presence sources, definitions and settings, and the primary source of users. */
import { z } from 'zod';
import type { CloudSourceId, CloudUserId } from '../../ids.ts';
import { type Caller, type CallOptions, operation } from '../call.ts';
import {
  definition,
  type PresenceDefinition,
  type PresenceSettings,
  type PresenceSource,
  type PrimarySource,
  primarySource,
  type SourceRequest,
  settings,
  source,
  sourceRequest,
} from './presence-schemas.ts';
import { checked } from './sending.ts';

const getSources = operation({
  name: 'getPresenceSources',
  method: 'GET',
  path: '/presence/sources',
  answer: z.looseObject({ entities: z.array(source).optional() }),
});
const getSource = operation({
  name: 'getPresenceSource',
  method: 'GET',
  path: '/presence/sources/{sourceId}',
  answer: source,
});
const postSources = operation({
  name: 'postPresenceSources',
  method: 'POST',
  path: '/presence/sources',
  answer: source,
});
const putSource = operation({
  name: 'putPresenceSource',
  method: 'PUT',
  path: '/presence/sources/{sourceId}',
  answer: source,
});
const getDefinitions = operation({
  name: 'getPresenceDefinitions',
  method: 'GET',
  path: '/presence/definitions',
  answer: z.looseObject({ entities: z.array(definition).optional() }),
});
const getSettings = operation({
  name: 'getPresenceSettings',
  method: 'GET',
  path: '/presence/settings',
  answer: settings,
});
const putSettings = operation({
  name: 'putPresenceSettings',
  method: 'PUT',
  path: '/presence/settings',
});
const getPrimary = operation({
  name: 'getPresenceUserPrimarysource',
  method: 'GET',
  path: '/presence/users/{userId}/primarysource',
  answer: primarySource,
});
const putPrimary = operation({
  name: 'putPresenceUserPrimarysource',
  method: 'PUT',
  path: '/presence/users/{userId}/primarysource',
});

export class PresenceOperations {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** All sources in use; with `deactivated` those taken out of use. */
  async sources(options: CallOptions & { readonly deactivated?: boolean } = {}): Promise<PresenceSource[]> {
    const query = { deactivated: options.deactivated === true ? 'true' : undefined };
    return (await this.#caller.call(getSources, { query }, options)).entities ?? [];
  }

  source(id: CloudSourceId, options?: CallOptions): Promise<PresenceSource> {
    return this.#caller.call(getSource, { path: { sourceId: id } }, options);
  }

  /** @throws CloudError `cloud.outcome-unknown`: look for it by name; `cloud.refused` for a bad name (409 too) */
  createSource(body: SourceRequest, options?: CallOptions): Promise<PresenceSource> {
    return this.#caller.call(postSources, { body: checked(sourceRequest, body, postSources.name) }, options);
  }

  updateSource(id: CloudSourceId, body: SourceRequest, options?: CallOptions): Promise<PresenceSource> {
    const parts = { path: { sourceId: id }, body: checked(sourceRequest, body, putSource.name) };
    return this.#caller.call(putSource, parts, options);
  }

  /** The presences of the organisation: `systemPresence` (`OnQueue`, …) to the ID that events name. */
  async definitions(options?: CallOptions): Promise<PresenceDefinition[]> {
    return (await this.#caller.call(getDefinitions, {}, options)).entities ?? [];
  }

  settings(options?: CallOptions): Promise<PresenceSettings> {
    return this.#caller.call(getSettings, {}, options);
  }

  /** Writes the whole object: read it first, what is left out is gone. */
  async updateSettings(settings: PresenceSettings, options?: CallOptions): Promise<void> {
    const { id: _id, selfUri: _selfUri, ...body } = settings;
    await this.#caller.call(putSettings, { body }, options);
  }

  /** The source whose presence of the user is the visible one. */
  primarySource(id: CloudUserId, options?: CallOptions): Promise<PrimarySource> {
    return this.#caller.call(getPrimary, { path: { userId: id } }, options);
  }

  async setPrimarySource(id: CloudUserId, sourceId: CloudSourceId, options?: CallOptions): Promise<void> {
    await this.#caller.call(putPrimary, { path: { userId: id }, body: { sourceId } }, options);
  }
}
