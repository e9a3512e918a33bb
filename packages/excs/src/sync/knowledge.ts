/** The cloud side of a cycle: loads the ledger, reads the organisation when it is due, fills in details. */
import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { GenesysCloud } from '@exec/common/genesys-cloud';
import type { CloudUserId } from '@exec/common/ids';
import type { LeaseToken } from '@exec/common/lease';
import type { Logger } from '@exec/common/logging';
import { absorb, missingUsers } from '../cloud/absorb.ts';
import { KnownState } from '../cloud/known-state.ts';
import type { Ledger } from '../cloud/ledger.ts';
import type { Change } from '../cloud/ledger-changes.ts';
import { DetailReader } from '../cloud/read-details.ts';
import { type OrganizationRead, readOrganization, readProtectedUsers } from '../cloud/read-organization.ts';
import { deploymentOf, findSource, wantedSource } from '../cloud/source.ts';
import type { Desired } from '../desired/model.ts';
import { detailsNeeded } from '../plan/details.ts';
import type { CloudUser } from '../plan/known.ts';

export interface KnowledgeOptions {
  readonly cloud: GenesysCloud;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tenant: number;
  readonly protectedRoles: readonly string[];
  readonly takeover: boolean;
  /** Milliseconds between two readings of the whole organisation. */
  readonly driftMs: number;
  /** Milliseconds for which a read may lag behind a write of ours. */
  readonly settleMs: number;
  readonly signal: AbortSignal;
  /** A dry run: nothing is written to Redis either. */
  readonly readOnly?: boolean;
}

/** Details read side by side. */
const readsAtOnce = 8;

export class Knowledge {
  readonly #options: KnowledgeOptions;
  #state: KnownState | undefined;
  #loadedUnder: string | undefined;
  #readAt: number | undefined;
  /** Set when something that a comparison must look at was learnt. */
  learned = false;

  constructor(options: KnowledgeOptions) {
    this.#options = options;
  }

  get state(): KnownState | undefined {
    return this.#state;
  }

  /** Memory may be ahead of Redis, or behind another instance: begin with the ledger again. */
  forget(): void {
    this.#state = undefined;
    this.#readAt = undefined;
  }

  /** @throws ExecError `redis.unavailable` */
  async load(token: LeaseToken | undefined): Promise<KnownState> {
    if (this.#state !== undefined && this.#loadedUnder === token?.value) return this.#state;
    const { ledger, tenant, readOnly } = this.#options;
    const deployment =
      readOnly === true ? ((await ledger.knownDeploymentId()) ?? 'new') : await ledger.deploymentId();
    const state = new KnownState({ authority: `engage/${tenant}`, source: wantedSource(tenant, deployment) });
    const { source } = await ledger.load(state);
    if (source !== undefined) {
      state.lookUpExternalIds = source.adopted;
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
  async readOrganization(token: LeaseToken | undefined, state: KnownState): Promise<void> {
    const { cloud, ledger, clock, protectedRoles, signal, settleMs } = this.#options;
    const startedAt = clock.monotonic();
    const now = clock.now();
    const priority = this.#readAt === undefined ? 'configuration' : 'drift';
    const read = await readOrganization({ cloud, protectedRoles, signal, priority });
    const changes = await this.#absorbSource(state, read);
    const details = this.#details(state, priority);
    const missing = new Map<CloudUserId, CloudUser | undefined>();
    for (const id of missingUsers(state, read, { now, settleMs })) missing.set(id, await details.user(id));
    changes.push(...absorb(state, read, { keys: ledger.keys, now, settleMs, missing }));
    await this.#write(token, changes);
    this.#readAt = startedAt;
    this.learned = true;
  }

  /** Reads what is needed object by object before the comparison. @throws CloudError */
  async fillIn(
    token: LeaseToken | undefined,
    state: KnownState,
    desired: Desired,
    onProgress: (left: number) => void,
  ): Promise<void> {
    const needed = detailsNeeded(desired, state);
    const details = this.#details(state, 'configuration');
    const tasks: (() => Promise<Change[]>)[] = [
      ...needed.members.map((id) => () => details.members(id)),
      ...needed.codes.map((id) => () => details.codes(id)),
      ...needed.externalIds.map((person) => async () => {
        await details.externalOwner(person);
        return [];
      }),
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
    await Promise.all(Array.from({ length: Math.min(readsAtOnce, tasks.length) }, worker));
  }

  /** Asked right before users are deactivated: a role may have been given meanwhile. */
  async refreshProtected(state: KnownState): Promise<void> {
    const { cloud, protectedRoles, signal } = this.#options;
    state.protectedUsers = await readProtectedUsers({
      cloud,
      protectedRoles,
      signal,
      priority: 'configuration',
    });
  }

  details(state: KnownState): DetailReader {
    return this.#details(state, 'drift');
  }

  #details(state: KnownState, priority: 'configuration' | 'drift'): DetailReader {
    const { cloud, ledger, signal } = this.#options;
    return new DetailReader({ cloud, state, keys: ledger.keys, signal, priority });
  }

  async #absorbSource(state: KnownState, read: OrganizationRead): Promise<Change[]> {
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
    state.lookUpExternalIds = true;
    return ledger.keys.source({ id: adopted.id, adopted: true });
  }

  async #write(token: LeaseToken | undefined, changes: readonly Change[]): Promise<void> {
    if (this.#options.readOnly !== true) await this.#options.ledger.write(token, changes);
  }
}
