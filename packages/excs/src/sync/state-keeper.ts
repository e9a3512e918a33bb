/** Keeps the state of the organisation: loads the ledger, reads the organisation when it is due, and details when a comparison needs them. */

import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { GenesysCloud } from '@exec/common/genesys-cloud';
import type { CloudUserId } from '@exec/common/ids';
import type { MonotonicMs } from '@exec/common/instants';
import type { LeaseToken } from '@exec/common/leadership';
import type { Logger } from '@exec/common/logging';
import type { Desired } from '../desired/model.ts';
import type { Ledger } from '../organization/ledger.ts';
import type { Change } from '../organization/ledger-changes.ts';
import { mergeRead, missingUsers } from '../organization/merge-read.ts';
import { OrganizationState } from '../organization/organization-state.ts';
import { DetailReader } from '../organization/read-details.ts';
import {
  type OrganizationRead,
  readOrganization,
  readProtectedUsers,
} from '../organization/read-organization.ts';
import { deploymentOf, findSource, wantedSource } from '../organization/source.ts';
import { detailsNeeded, type IdentitiesNeeded } from '../plan/details.ts';
import type { CloudUser, PrimarySourceScope } from '../plan/organization.ts';

export interface StateKeeperOptions {
  readonly cloud: GenesysCloud;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tenant: number;
  readonly protectedRoles: readonly string[];
  readonly takeover: boolean;
  readonly primarySourceScope: PrimarySourceScope;
  /** Milliseconds between two readings of the whole organisation. */
  readonly driftMs: number;
  /** Milliseconds for which a read may lag behind a write of ours. */
  readonly visibilityMs: number;
  readonly signal: AbortSignal;
  /** A dry run: nothing is written to Redis either. */
  readonly readOnly?: boolean;
}

export class StateKeeper {
  readonly #options: StateKeeperOptions;
  #state: OrganizationState | undefined;
  #loadedUnder: string | undefined;
  #readAt: MonotonicMs | undefined;
  /** The state has changed since it was compared last: the next cycle compares again. */
  changed = false;

  constructor(options: StateKeeperOptions) {
    this.#options = options;
  }

  get state(): OrganizationState | undefined {
    return this.#state;
  }

  /** Memory may be ahead of Redis, or behind another instance: begin with the ledger again. */
  discard(): void {
    this.#state = undefined;
    this.#readAt = undefined;
  }

  /** @throws ExecError `redis.unavailable` */
  async load(token: LeaseToken | undefined): Promise<OrganizationState> {
    if (this.#state !== undefined && this.#loadedUnder === token?.value) return this.#state;
    const { ledger, tenant, readOnly, primarySourceScope } = this.#options;
    const deployment =
      readOnly === true ? ((await ledger.knownDeploymentId()) ?? 'new') : await ledger.deploymentId();
    const state = new OrganizationState({
      authority: `engage/${tenant}`,
      source: wantedSource(tenant, deployment),
      primarySourceScope,
    });
    const { source } = await ledger.load(state);
    if (source !== undefined) {
      state.identitiesLikely = source.adopted;
      // The rest of it is read with the organisation, which comes first in every life of this object.
      state.source = { id: source.id, name: '', description: '', deactivated: false };
    }
    this.#readAt = undefined;
    this.#loadedUnder = token?.value;
    this.#state = state;
    return state;
  }

  /** Whether the organisation has to be read before anything can be compared. */
  isDriftDue(): boolean {
    const { clock, driftMs } = this.#options;
    return this.#readAt === undefined || clock.monotonic() - this.#readAt >= driftMs;
  }

  /** @throws CloudError; ExecError `sync.foreign-deployment` */
  async readOrganization(token: LeaseToken | undefined, state: OrganizationState): Promise<void> {
    const { cloud, ledger, clock, protectedRoles, signal, visibilityMs } = this.#options;
    const startedAt = clock.monotonic();
    const now = clock.now();
    const priority = this.#readAt === undefined ? 'configuration' : 'drift';
    const { primarySourceScope } = state;
    const read = await readOrganization({ cloud, protectedRoles, signal, priority, primarySourceScope });
    const changes = await this.#mergeSource(state, read);
    const details = this.#details(state, priority);
    const missing = new Map<CloudUserId, CloudUser | undefined>();
    for (const id of missingUsers(state, read, { now, visibilityMs }))
      missing.set(id, await details.user(id));
    changes.push(...mergeRead(state, read, { keys: ledger.keys, now, visibilityMs, missing }));
    await this.#lookAgainAtTaken(state, details);
    await this.#write(token, changes);
    this.#readAt = startedAt;
    this.changed = true;
  }

  /** Reads what is needed object by object before the comparison. @throws CloudError */
  async readDetails(
    token: LeaseToken | undefined,
    state: OrganizationState,
    desired: Desired,
    onProgress: (left: number) => void,
  ): Promise<void> {
    const needed = detailsNeeded(desired, state);
    const details = this.#details(state, 'configuration');
    const tasks: (() => Promise<Change[]>)[] = [
      ...needed.members.map((id) => () => details.members(id)),
      ...needed.codes.map((id) => () => details.codes(id)),
      ...this.#identityReads(needed.identities, details),
    ];
    let left = tasks.length;
    const waiting = tasks.values();
    const worker = async () => {
      for (const task of waiting) {
        const changes = await task();
        // Marks of a queue that is not linked yet are written when it is.
        if (changes.length > 0) await this.#write(token, changes);
        onProgress(--left);
      }
    };
    const { maxInFlight } = this.#options.cloud.budget;
    await Promise.all(Array.from({ length: Math.min(maxInFlight, tasks.length) }, worker));
    if ('resolves' in needed.identities) {
      for (const person of needed.identities.resolves)
        if (!state.identityHolders.has(person)) state.identityHolders.set(person, 'nobody');
      state.identitiesRead.clear();
    }
  }

  #identityReads(needed: IdentitiesNeeded, details: DetailReader): (() => Promise<Change[]>)[] {
    const reads =
      'ofPersons' in needed
        ? needed.ofPersons.map((person) => () => details.identityHolder(person))
        : needed.ofUsers.map((user) => () => details.identitiesOf(user));
    return reads.map((read) => async () => {
      await read();
      return [];
    });
  }

  /** An identity that was taken may be free by now, or shown: asked with each reading of the organisation. */
  async #lookAgainAtTaken(state: OrganizationState, details: DetailReader): Promise<void> {
    for (const [person, holder] of state.identityHolders) {
      const link = state.users.get(person);
      if (holder === 'nobody' || link === undefined || link.id === holder) continue;
      await details.identityHolder(person);
      // Who was hidden stays hidden until somebody is shown: setting the identity would only be refused again.
      if (holder === 'hidden' && state.identityHolders.get(person) === 'nobody')
        state.identityHolders.set(person, 'hidden');
    }
  }

  /** Asked right before users are deactivated: a role may have been given meanwhile. */
  async refreshProtected(state: OrganizationState): Promise<void> {
    const { cloud, protectedRoles, signal } = this.#options;
    state.protectedUsers = await readProtectedUsers({
      cloud,
      protectedRoles,
      signal,
      priority: 'configuration',
    });
  }

  details(state: OrganizationState): DetailReader {
    return this.#details(state, 'drift');
  }

  #details(state: OrganizationState, priority: 'configuration' | 'drift'): DetailReader {
    const { cloud, ledger, signal } = this.#options;
    return new DetailReader({ cloud, state, keys: ledger.keys, signal, priority });
  }

  async #mergeSource(state: OrganizationState, read: OrganizationRead): Promise<Change[]> {
    const { ledger, cloud, signal, takeover, logger } = this.#options;
    const known = state.source;
    let found = read.sources.find((source) => source.id === known?.id);
    if (known !== undefined && found === undefined) {
      // Taken out of use by hand: it is put back, a second one would not be the users' primary source.
      const all = await cloud.presence.sources({ signal, deactivated: true });
      const hidden = all.find((source) => source.id === known.id);
      if (hidden !== undefined)
        found = {
          id: hidden.id,
          name: hidden.name,
          description: hidden.description ?? '',
          deactivated: hidden.deactivated ?? true,
        };
    }
    const adopted = found === undefined ? findSource(read.sources, state.wantedSource) : undefined;
    const source = found ?? adopted;
    state.source = source;
    if (source === undefined) return [];
    const owner = deploymentOf(source.description);
    if (owner !== undefined && owner !== deploymentOf(state.wantedSource.description)) {
      if (!takeover)
        throw new ExecError(
          'sync.foreign-deployment',
          `The source "${source.name}" of the EX organisation belongs to another deployment (${owner}). Nothing is ` +
            'written. Stop that deployment, or point this one to its Redis; to take over, set TAKEOVER=true.',
        );
      logger.warn({ 'exec.deployment': owner }, 'Taking over the EX organisation from another deployment');
    }
    if (adopted === undefined) return [];
    state.identitiesLikely = true;
    return ledger.keys.source({ id: adopted.id, adopted: true });
  }

  async #write(token: LeaseToken | undefined, changes: readonly Change[]): Promise<void> {
    if (this.#options.readOnly !== true) await this.#options.ledger.write(token, changes);
  }
}
