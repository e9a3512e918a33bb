/** Publishes the ID map, and keeps the copy for look-ups in step with what is published. */
import type { Clock } from '@exec/common/clock';
import type { Dependency } from '@exec/common/http';
import { IdMap, type IdMapStore } from '@exec/common/id-map';
import type { LeaseToken } from '@exec/common/leadership';
import type { Logger } from '@exec/common/logging';
import { textOf } from '@exec/common/trouble';
import type { Desired } from '../desired/model.ts';
import type { OrganizationState } from '../organization/organization-state.ts';
import { idMapContent } from './id-map-content.ts';

/** Where look-ups are answered from. */
export interface MappingCopy {
  readonly version: number | undefined;
  set(map: IdMap): void;
}

export interface MappingOptions {
  readonly store: IdMapStore;
  readonly copy: MappingCopy;
  readonly leaseKey: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly health: Dependency;
  readonly signal: AbortSignal;
}

/** How often an instance that stands by looks for a newer mapping, in milliseconds. */
const refreshMs = 2000;

export class Mapping {
  readonly #options: MappingOptions;
  #following: Promise<void> = Promise.resolve();
  /** What the last look failed with; '' when it worked. */
  #failure = '';

  constructor(options: MappingOptions) {
    this.#options = options;
  }

  /** @throws ExecError `redis.unavailable`, `lease.lost` */
  async publish(token: LeaseToken, desired: Desired, state: OrganizationState): Promise<void> {
    const { store, copy, leaseKey, health } = this.#options;
    const content = idMapContent(desired, state);
    const version = await store.write(content, { fence: { leaseKey, value: token.value } });
    if (version !== copy.version) copy.set(new IdMap(version, content));
    health.up(`version ${version}`);
  }

  /** Whether Redis holds what this instance answers from. @throws ExecError `redis.unavailable` */
  async isPublished(): Promise<boolean> {
    const { store, copy } = this.#options;
    return store.holds(copy.version);
  }

  /** Follows what is published until the signal of the options is aborted: for the start, and while standing by. */
  follow(): void {
    this.#following = this.#follow();
  }

  async stopped(): Promise<void> {
    await this.#following;
  }

  async #follow(): Promise<void> {
    const { clock, signal } = this.#options;
    while (!signal.aborted) {
      await this.#refresh();
      await clock.sleep(refreshMs, signal).catch(() => undefined);
    }
  }

  async #refresh(): Promise<void> {
    const { store, copy, health } = this.#options;
    try {
      const version = await store.version();
      const map = version === undefined || version === copy.version ? undefined : await store.read();
      // What this instance has published meanwhile is newer.
      if (map !== undefined && (copy.version === undefined || map.version > copy.version)) copy.set(map);
      if (copy.version !== undefined) health.up(`version ${copy.version}`);
      this.#failure = '';
    } catch (error) {
      const failure = textOf(error);
      if (failure !== this.#failure && !this.#options.signal.aborted)
        this.#options.logger.warn({ err: error }, 'The mapping in Redis cannot be read; looked at again');
      this.#failure = failure;
      if (copy.version === undefined) health.down(failure);
      else health.up(`version ${copy.version}, answered from memory: ${failure}`);
    }
  }
}
