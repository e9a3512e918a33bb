/** Plans and applies in memory: rules, state, cloud and store without any server. */

import type { Clock } from '@exec/common/clock';
import { monotonicMs, wallMs } from '@exec/common/instants';
import type { LeaseToken } from '@exec/common/leadership';
import { type ApplyOutcome, applyPlan } from '../apply/executor.ts';
import { desiredState } from '../desired/desired.ts';
import type { EngageSnapshot } from '../engage/snapshot.ts';
import type { Change } from '../organization/ledger-changes.ts';
import { mergeRead } from '../organization/merge-read.ts';
import { OrganizationState } from '../organization/organization-state.ts';
import { DetailReader } from '../organization/read-details.ts';
import { detailsNeeded } from '../plan/details.ts';
import { type Difference, diff } from '../plan/diff.ts';
import type { Operation } from '../plan/operation.ts';
import type { PrimarySourceScope } from '../plan/organization.ts';
import { makePlan, type Plan, type StoredPlan } from '../plan/plan.ts';
import { MemoryCloud } from './memory-cloud.ts';
import { MemoryLedger } from './memory-ledger.ts';
import { rules, snapshot } from './snapshot.ts';

/** A clock on which waiting takes no time, but passes it. */
export function instantClock(): Clock & { wait(ms: number): void } {
  let now = 1_000_000;
  return {
    now: () => wallMs(now),
    monotonic: () => monotonicMs(now),
    setTimer: () => ({ cancel: () => undefined }),
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      now += ms;
    },
    wait(ms) {
      now += ms;
    },
  };
}

export class MemorySite {
  readonly cloud = new MemoryCloud();
  readonly ledger = new MemoryLedger();
  readonly state: OrganizationState;
  readonly clock = instantClock();
  readonly stop = new AbortController();
  /** What the safety limits have counted. */
  readonly counted: string[] = [];
  readonly failures: { readonly operation: string; readonly error: unknown }[] = [];
  token: LeaseToken | undefined = { value: 'held', epoch: 1 };
  /** What an earlier read found absent. */
  absentBefore: ReadonlySet<string> | 'all' = 'all';
  /** IDs of operations that wait after failures. */
  quarantined: ReadonlySet<string> = new Set();

  constructor(options: { readonly primarySourceScope?: PrimarySourceScope } = {}) {
    this.state = new OrganizationState({
      authority: 'engage/101',
      source: { name: 'Engage 101', description: 'EX Engage Connector, deployment test' },
      ...options,
    });
    this.#readPages();
  }

  /** Reads the organisation in pages, then object by object what pages do not show. */
  async learn(): Promise<void> {
    const { cloud, state, ledger, token } = this;
    await ledger.write(token, this.#readPages());
    const details = this.#details();
    const linked = new Set([...state.queues.values()].map(({ id }) => id));
    for (const id of cloud.queuesById.keys()) {
      const changes = [...(await details.members(id)), ...(await details.codes(id))];
      // Marks of a queue that is not linked yet are written when it is.
      if (linked.has(id)) await ledger.write(token, changes);
    }
    for (const { dbid } of [...state.users.values()])
      for (const check of [details.externalIdentity, details.primarySource]) {
        const link = state.users.get(dbid);
        if (link !== undefined) await ledger.write(token, await check.call(details, link));
      }
  }

  /** Looks for whoever holds the identities of new persons. */
  async identify(more: Partial<EngageSnapshot>): Promise<void> {
    const { state } = this;
    const { identities } = detailsNeeded(desiredState(snapshot(more), rules), state);
    const details = this.#details();
    if ('ofPersons' in identities)
      for (const person of identities.ofPersons) await details.identityHolder(person);
    else {
      for (const user of identities.ofUsers) await details.identitiesOf(user);
      for (const person of identities.resolves)
        if (!state.identityHolders.has(person)) state.identityHolders.set(person, 'nobody');
      state.identitiesRead.clear();
    }
  }

  /**
   * Cycles until nothing is left to do, or nothing but what the cloud refuses again and again. Answers the last plan,
   * whose operations are those that were refused; a service would report them and wait longer and longer.
   */
  async converge(more: Partial<EngageSnapshot>): Promise<Plan> {
    let inVain = 0;
    for (let round = 0; round < 16; round++) {
      await this.learn();
      await this.identify(more);
      const plan = this.plan(more);
      if (plan.operations.length === 0 || inVain === 3) return plan;
      const { done } = await this.apply(plan);
      inVain = done === 0 ? inVain + 1 : 0;
    }
    const left = this.plan(more).operations.map(({ id, reason }) => `${id}: ${reason}`);
    throw new Error(`the cycles do not come to an end; left: ${left.join(', ')}`);
  }

  #readPages(): Change[] {
    const { cloud, state, ledger, clock } = this;
    const read = cloud.read();
    state.source = read.sources[0];
    return mergeRead(state, read, {
      keys: ledger.keys,
      now: clock.now(),
      visibilityMs: 0,
      missing: new Map(),
    });
  }

  #details(): DetailReader {
    const { cloud, state, ledger, stop } = this;
    return new DetailReader({ cloud, state, keys: ledger.keys, signal: stop.signal, priority: 'drift' });
  }

  diff(more: Partial<EngageSnapshot>): Difference {
    return diff({
      desired: desiredState(snapshot(more), rules),
      known: this.state,
      absentBefore: this.absentBefore,
      quarantined: this.quarantined,
      describe: () => undefined,
    });
  }

  plan(more: Partial<EngageSnapshot>): Plan {
    return makePlan({
      difference: this.diff(more),
      createdAt: 0,
      drift: false,
      rules: { deactivations: { count: 1000 }, removals: { count: 1000 }, creations: undefined },
      totals: { existing: new Map(), applied: new Map() },
      allowed: new Set(),
      review: { mode: 'never', isFirst: false },
      conflicts: [],
      describe: (kind, dbid) => ({ kind, dbid, name: `${kind} ${dbid}`, path: `/${kind}/${dbid}` }),
    });
  }

  apply(plan: Pick<StoredPlan, 'operations' | 'gone'>): Promise<ApplyOutcome> {
    return applyPlan(
      {
        cloud: this.cloud,
        state: this.state,
        ledger: this.ledger,
        clock: this.clock,
        signal: this.stop.signal,
        token: () => this.token,
        count: async ({ counted }: Operation) => void this.counted.push(...(counted?.items ?? [])),
      },
      plan,
      {
        keysAtOnce: 12,
        shouldYield: () => false,
        onResult: ({ id }, result, error) => {
          if (result === 'failed') this.failures.push({ operation: id, error });
        },
      },
    );
  }

  /** Plans and applies. */
  run(more: Partial<EngageSnapshot>): Promise<ApplyOutcome> {
    return this.apply(this.plan(more));
  }
}
