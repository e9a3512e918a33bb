/** Reads what needs a request per object, and merges it into what is known. */
import { type GenesysCloud, isNotFound } from '@exec/common/genesys-cloud';
import {
  asId,
  type CloudQueueId,
  type CloudUserId,
  type CloudWrapupCodeId,
  type Dbid,
} from '@exec/common/ids';
import type { CloudUser, Owner, UserLink } from '../plan/organization.ts';
import type { Change, LedgerKeys } from './ledger-changes.ts';
import type { OrganizationState } from './organization-state.ts';
import { cloudUser } from './read-organization.ts';

/** The requests that it makes, each as the client of the cloud makes it. */
export interface DetailCloud {
  readonly queues: Pick<GenesysCloud['queues'], 'members' | 'wrapupCodes'>;
  readonly externalIds: Pick<GenesysCloud['externalIds'], 'find' | 'list'>;
  readonly presence: Pick<GenesysCloud['presence'], 'primarySource'>;
  readonly users: Pick<GenesysCloud['users'], 'get'>;
}

export interface DetailReaderOptions {
  readonly cloud: DetailCloud;
  readonly state: OrganizationState;
  readonly keys: LedgerKeys;
  readonly signal: AbortSignal;
  readonly priority: 'configuration' | 'drift';
}

/** Each method answers the changes for the ledger; all throw CloudError. */
export class DetailReader {
  readonly #options: DetailReaderOptions;

  constructor(options: DetailReaderOptions) {
    this.#options = options;
  }

  async members(queue: CloudQueueId): Promise<Change[]> {
    const { cloud, state, keys, signal, priority } = this.#options;
    const since = state.queueWrites.get(queue);
    const listing = await cloud.queues.members(queue, { signal, priority }).toArray();
    // Written while it was read: the answer may be of before.
    if (since !== state.queueWrites.get(queue)) return [];
    const seen = new Set(listing.map((member) => member.id));
    const marks = mergeMarks(state.queueMembers.get(queue), seen);
    state.queueMembers.set(queue, marks.merged);
    return keys.marks({ members: queue }, marks.set, marks.drop, since ?? 0);
  }

  async codes(queue: CloudQueueId): Promise<Change[]> {
    const { cloud, state, keys, signal, priority } = this.#options;
    const since = state.queueWrites.get(queue);
    const listing = await cloud.queues.wrapupCodes(queue, { signal, priority }).toArray({ complete: true });
    if (since !== state.queueWrites.get(queue)) return [];
    const seen = new Set<CloudWrapupCodeId>(listing.map((code) => code.id));
    const marks = mergeMarks(state.codesOfQueues.get(queue), seen);
    state.codesOfQueues.set(queue, marks.merged);
    return keys.marks({ codes: queue }, marks.set, marks.drop, since ?? 0);
  }

  /** Who holds the external identity of a person. */
  async identityHolder(person: Dbid): Promise<void> {
    const { cloud, state, signal, priority } = this.#options;
    const id = { authorityName: state.authority, externalKey: String(person) };
    const user = await cloud.externalIds.find(id, { signal, priority, expand: ['skills'] });
    if (user !== undefined && state.user(user.id) === undefined) state.setOther(cloudUser(user));
    state.identityHolders.set(person, user?.id ?? 'nobody');
  }

  /** Whose identities a user holds that stands for nobody. One that is deleted may not be shown: then none. */
  async identitiesOf(user: CloudUserId): Promise<void> {
    const { cloud, state, signal, priority } = this.#options;
    try {
      for (const { authorityName, externalKey } of await cloud.externalIds.list(user, { signal, priority })) {
        const dbid = Number(externalKey);
        // Keys are compared as texts: "042" belongs to nobody.
        if (authorityName === state.authority && Number.isSafeInteger(dbid) && String(dbid) === externalKey)
          state.identityHolders.set(asId<Dbid>(dbid), user);
      }
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    state.identitiesRead.add(user);
  }

  /** The identity under our authority that the user of a person really has. */
  async externalIdentity(link: UserLink): Promise<Change[]> {
    const { cloud, state, signal, priority } = this.#options;
    const held = await cloud.externalIds.list(link.id, { signal, priority });
    const keys = held.filter((id) => id.authorityName === state.authority).map((id) => id.externalKey);
    const wanted = String(link.dbid);
    const externalKey = keys.includes(wanted) ? wanted : keys[0];
    return this.#updateLink(link, { externalKey });
  }

  async primarySource(link: UserLink): Promise<Change[]> {
    const { cloud, signal, priority } = this.#options;
    const primary = await cloud.presence.primarySource(link.id, { signal, priority });
    return this.#updateLink(link, { primarySourceId: primary.sourceId });
  }

  /** A user that a listing lacked: it may be deleted, or not show for another reason. Undefined: really gone. */
  async user(id: CloudUserId): Promise<CloudUser | undefined> {
    const { cloud, signal, priority } = this.#options;
    for (const state of ['active', 'deleted'] as const)
      try {
        return cloudUser(await cloud.users.get(id, { signal, priority, state, expand: ['skills'] }));
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    return undefined;
  }

  #updateLink(
    link: UserLink,
    seen: { readonly externalKey?: string | undefined } | { readonly primarySourceId?: string | undefined },
  ): Change[] {
    const { state, keys } = this.#options;
    const now = state.users.get(link.dbid);
    // Linked anew or written while it was read.
    if (now === undefined || now.id !== link.id || now.at !== link.at) return [];
    const updated = { ...now, ...seen };
    if (updated.externalKey === now.externalKey && updated.primarySourceId === now.primarySourceId) return [];
    state.setUser(updated);
    return keys.user(updated, undefined);
  }
}

/** The marks of what we added and of what was there before stay; what is not there any more is forgotten. */
function mergeMarks<Id extends string>(
  known: ReadonlyMap<Id, Owner> | undefined,
  seen: ReadonlySet<Id>,
): { readonly merged: Map<Id, Owner>; readonly set: [Id, Owner][]; readonly drop: Id[] } {
  const merged = new Map<Id, Owner>();
  const set: [Id, Owner][] = [];
  for (const id of seen) {
    const before = known?.get(id);
    const owner: Owner = before === undefined ? 'foreign' : before === 'adding' ? 'ours' : before;
    merged.set(id, owner);
    if (before !== owner) set.push([id, owner]);
  }
  const drop: Id[] = [];
  for (const [id, owner] of known ?? []) {
    if (seen.has(id)) continue;
    // The request that adds it may still be on its way to showing.
    if (owner === 'adding') merged.set(id, owner);
    else drop.push(id);
  }
  return { merged, set, drop };
}
