/** What was sent lately, of all agents together: for people who look at one. In memory only, within a bound. */
import type { EmployeeId } from '@exec/common/ids';
import type { WallMs } from '@exec/common/instants';
import type { HalfKind, OutgoingEvent } from './outbox.ts';

export interface RecentChange {
  /** Of the answer. */
  readonly at: WallMs;
  readonly kind: HalfKind;
  readonly value: string;
  readonly result: 'accepted' | 'retried' | 'refused';
}

/** Changes of all agents, and of one: a few megabytes. */
const most = 20_000;
const mostOfAgent = 50;

export class RecentChanges {
  readonly #most: number;
  /** Of each agent the newest last; the agent that changed longest ago in front. */
  readonly #changes = new Map<EmployeeId, readonly RecentChange[]>();
  #size = 0;

  /** @param bound changes that are remembered, of all agents together */
  constructor(bound: number = most) {
    this.#most = bound;
  }

  get size(): number {
    return this.#size;
  }

  note({ employeeId, kind, value }: OutgoingEvent, result: RecentChange['result'], at: WallMs): void {
    const before = this.#changes.get(employeeId) ?? [];
    const after = [...before.slice(1 - mostOfAgent), { at, kind, value, result }];
    this.#changes.delete(employeeId);
    this.#changes.set(employeeId, after);
    this.#size += after.length - before.length;
    for (const [oldest, changes] of this.#changes) {
      if (this.#size <= this.#most) break;
      this.#changes.delete(oldest);
      this.#size -= changes.length;
    }
  }

  /** The newest first. */
  of(employeeId: EmployeeId): readonly RecentChange[] {
    return (this.#changes.get(employeeId) ?? []).toReversed();
  }
}
