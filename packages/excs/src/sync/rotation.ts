/** Checks object by object what paged reads do not show, in rotation and on a share of the request budget. */
import type { Clock } from '@exec/common/clock';
import type { GenesysCloud } from '@exec/common/genesys-cloud';
import type { CloudQueueId, Dbid } from '@exec/common/ids';
import type { LeaseToken } from '@exec/common/leadership';
import type { Ledger } from '../organization/ledger.ts';
import type { Change } from '../organization/ledger-changes.ts';
import type { OrganizationState } from '../organization/organization-state.ts';
import type { StateKeeper } from './state-keeper.ts';

export interface RotationOptions {
  readonly cloud: GenesysCloud;
  readonly stateKeeper: StateKeeper;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Milliseconds for which a read may lag behind a write of ours. */
  readonly visibilityMs: number;
}

/** Share of the budget, at most. */
const share = 0.3;

type Check =
  | { readonly what: 'members' | 'codes'; readonly queue: CloudQueueId }
  | { readonly what: 'identity' | 'source'; readonly person: Dbid };

export class Rotation {
  readonly #options: RotationOptions;
  /** Key of a check → when it was last made; in the order of age, since a check moves its key to the end. */
  readonly #checked = new Map<string, { readonly check: Check; readonly at: number }>();
  #startedAt: number | undefined;

  constructor(options: RotationOptions) {
    this.#options = options;
  }

  /** Milliseconds since 1970 of the oldest check; undefined when there is nothing to check. */
  get oldestAt(): number | undefined {
    for (const { at } of this.#checked.values()) return at;
    return undefined;
  }

  /** Checks in one round: what a tick of `intervalMs` may cost. */
  quota(intervalMs: number): number {
    const { budget } = this.#options.cloud;
    const usage = budget.usage();
    const inMinute = Math.floor(usage.limit * share) - usage.usedBy.drift;
    const inTick = Math.max(1, Math.floor((usage.limit * share * intervalMs) / 60_000));
    return Math.max(0, Math.min(inMinute, inTick));
  }

  /**
   * Makes the checks that are due longest; answers whether one of them found something else than was known.
   *
   * @throws CloudError; ExecError `lease.lost`, `redis.unavailable`
   */
  async tick(
    token: LeaseToken | undefined,
    state: OrganizationState,
    quota: number,
    goesOn: () => boolean,
  ): Promise<boolean> {
    this.#renew(state);
    const { stateKeeper, ledger, clock, visibilityMs } = this.#options;
    const details = stateKeeper.details(state);
    let found = false;
    const due = [...take(this.#checked, quota)];
    for (const [key, { check }] of due) {
      if (!goesOn()) break;
      const now = clock.now();
      const changes = await this.#make(details, state, check, now - visibilityMs);
      this.#checked.delete(key);
      this.#checked.set(key, { check, at: now });
      if (changes === undefined || changes.length === 0) continue;
      await ledger.write(token, changes);
      found = true;
    }
    return found;
  }

  async #make(
    details: ReturnType<StateKeeper['details']>,
    state: OrganizationState,
    check: Check,
    visibleBefore: number,
  ): Promise<readonly Change[] | undefined> {
    if ('queue' in check) {
      // A read right after a write would show less than what is there.
      if ((state.queueWrites.get(check.queue) ?? 0) > visibleBefore) return undefined;
      const before = marksOf(state, check);
      const changes =
        check.what === 'members' ? await details.members(check.queue) : await details.codes(check.queue);
      return before === marksOf(state, check) ? undefined : changes;
    }
    const link = state.users.get(check.person);
    if (link === undefined || link.at > visibleBefore) return undefined;
    return check.what === 'identity'
      ? await details.externalIdentity(link)
      : await details.primarySource(link);
  }

  /** New objects join at the end: they were written a moment ago. Those that are gone leave. */
  #renew(state: OrganizationState): void {
    this.#startedAt ??= this.#options.clock.now();
    const first = this.#checked.size === 0;
    const at = first ? this.#startedAt : this.#options.clock.now();
    const wanted = new Map<string, Check>();
    for (const { id } of state.queues.values()) {
      wanted.set(`members/${id}`, { what: 'members', queue: id });
      wanted.set(`codes/${id}`, { what: 'codes', queue: id });
    }
    for (const link of state.users.values()) {
      if (link.state !== 'active') continue;
      wanted.set(`identity/${link.dbid}`, { what: 'identity', person: link.dbid });
      wanted.set(`source/${link.dbid}`, { what: 'source', person: link.dbid });
    }
    for (const key of this.#checked.keys()) if (!wanted.has(key)) this.#checked.delete(key);
    for (const [key, check] of wanted) if (!this.#checked.has(key)) this.#checked.set(key, { check, at });
  }
}

function* take<K, V>(map: ReadonlyMap<K, V>, count: number): Iterable<[K, V]> {
  let left = count;
  for (const entry of map) {
    if (left-- <= 0) return;
    yield entry;
  }
}

/** Equal texts of two moments: nothing has changed in between. */
function marksOf(
  state: OrganizationState,
  check: { readonly what: string; readonly queue: CloudQueueId },
): string {
  const marks = check.what === 'members' ? state.members(check.queue) : state.queueCodes(check.queue);
  return [...(marks ?? [])]
    .map(([id, owner]) => `${id}${owner}`)
    .sort()
    .join();
}
