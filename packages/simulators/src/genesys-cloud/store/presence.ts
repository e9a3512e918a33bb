/** Presence sources, settings, primary sources, and the presence of each user per source. */
import { randomUUID } from 'node:crypto';
import { ApiError } from '../api-error.ts';
import { PresenceDefinitions } from './presence-definitions.ts';
import type { Visibility } from './visibility.ts';

export interface PresenceSource {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly type: 'System' | 'User';
  readonly deactivated: boolean;
  readonly visibleFrom: number;
}

/** What was last accepted for a user and a source. */
export interface CloudPresence {
  readonly sourceId: string;
  readonly presenceDefinitionId?: string;
  readonly message?: string;
  /** Time the event says, milliseconds since 1970. */
  readonly at: number;
}

/** The platform's own source. */
export const nativeSource = 'purecloud';

/** Lengths and counts are ours: the published codes name the limits, not their values. */
export const sourceLimits = { name: 100, description: 500, active: 10 } as const;

export class PresenceStore {
  readonly definitions = new PresenceDefinitions();
  /** Source that was set as primary for a user. */
  readonly primarySources = new Map<string, string>();
  settings: Readonly<Record<string, unknown>> = {
    restorePresenceSettings: { enabled: false, restoreTimeMilliseconds: 0, restoreOnQueueEnabled: false },
    requestingOffQueueEnabled: false,
  };
  readonly #sources = new Map<string, PresenceSource>();
  readonly #presences = new Map<string, Map<string, CloudPresence>>();
  readonly #visibility: Visibility;

  constructor(visibility: Visibility) {
    this.#visibility = visibility;
    const id = randomUUID();
    this.#sources.set(id, { id, name: 'PureCloud', type: 'System', deactivated: false, visibleFrom: 0 });
  }

  source(id: string): PresenceSource | undefined {
    return this.#sources.get(id);
  }

  sources(): IterableIterator<PresenceSource> {
    return this.#sources.values();
  }

  /** Those made by clients, active. */
  activeUserSources(): PresenceSource[] {
    return [...this.#sources.values()].filter((source) => source.type === 'User' && !source.deactivated);
  }

  /** Whether events may name it: registered by a client and not deactivated. */
  isActiveSource(id: string): boolean {
    const source = this.#sources.get(id);
    return source?.type === 'User' && !source.deactivated;
  }

  /** Raises `presenceservice.source.*` as 409. */
  saveSource(
    source: { readonly name: string; readonly description?: string; readonly deactivated?: boolean },
    id: string = randomUUID(),
  ): PresenceSource {
    const before = this.#sources.get(id);
    if (before?.type === 'System')
      throw sourceError('systemsourcescannotbeupdated', 'System sources cannot be updated.');
    if (source.name.trim() === '') throw sourceError('namecannotbeblank', 'The name cannot be blank.');
    if (source.name.length > sourceLimits.name) throw sourceError('nametoolong', 'The name is too long.');
    if ((source.description ?? '').length > sourceLimits.description)
      throw sourceError('descriptiontoolong', 'The description is too long.');
    const deactivated = source.deactivated ?? before?.deactivated ?? false;
    const others = this.activeUserSources().filter((other) => other.id !== id);
    if (!deactivated && others.length >= sourceLimits.active)
      throw sourceError('toomanyactivesources', 'There are too many active sources.');
    const saved: PresenceSource = {
      id,
      name: source.name,
      ...(source.description === undefined ? {} : { description: source.description }),
      type: 'User',
      deactivated,
      visibleFrom: before?.visibleFrom ?? this.#visibility.from(id),
    };
    this.#sources.set(id, saved);
    return saved;
  }

  /** Deactivates it; false when there is none. */
  removeSource(id: string): boolean {
    const source = this.#sources.get(id);
    if (source === undefined) return false;
    if (source.type === 'System')
      throw sourceError('systemsourcescannotbedeleted', 'System sources cannot be deleted.');
    this.#sources.set(id, { ...source, deactivated: true });
    return true;
  }

  presence(userId: string, sourceId: string): CloudPresence | undefined {
    return this.#presences.get(userId)?.get(sourceId);
  }

  /** All presences of a user, by source. */
  presencesOf(userId: string): ReadonlyMap<string, CloudPresence> {
    return this.#presences.get(userId) ?? new Map<string, CloudPresence>();
  }

  setPresence(userId: string, presence: CloudPresence): void {
    const bySource = this.#presences.get(userId) ?? new Map<string, CloudPresence>();
    bySource.set(presence.sourceId, presence);
    this.#presences.set(userId, bySource);
  }
}

function sourceError(code: string, message: string): ApiError {
  return new ApiError(409, `presenceservice.source.${code}`, message);
}
