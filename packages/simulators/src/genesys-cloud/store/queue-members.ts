/** The members of one queue: additions and removals show after a while. */
import type { Visibility } from './visibility.ts';

export interface QueueMembership {
  readonly userId: string;
  readonly joined: boolean;
  readonly ringNumber: number;
  /** Monotonic time from which reads show it. */
  readonly visibleFrom: number;
  /** Monotonic time from which reads no longer show it. */
  readonly hiddenFrom?: number;
}

export class QueueMembers {
  readonly #members = new Map<string, QueueMembership>();
  readonly #queueId: string;
  readonly #visibility: Visibility;

  constructor(queueId: string, visibility: Visibility) {
    this.#queueId = queueId;
    this.#visibility = visibility;
  }

  /** Members that are in the queue, whether or not they show yet. */
  get size(): number {
    let count = 0;
    for (const member of this.#members.values()) if (member.hiddenFrom === undefined) count++;
    return count;
  }

  /** IDs of the users that are in the queue, whether or not they show yet. */
  userIds(): string[] {
    return [...this.#members.values()].flatMap((member) =>
      member.hiddenFrom === undefined ? [member.userId] : [],
    );
  }

  has(userId: string): boolean {
    const member = this.#members.get(userId);
    return member !== undefined && member.hiddenFrom === undefined;
  }

  /** What a read shows at this moment. */
  visible(): QueueMembership[] {
    const shown: QueueMembership[] = [];
    for (const member of this.#members.values()) {
      if (member.hiddenFrom !== undefined && this.#visibility.isReached(member.hiddenFrom)) {
        this.#members.delete(member.userId);
        continue;
      }
      if (this.#visibility.isReached(member.visibleFrom)) shown.push(member);
    }
    return shown;
  }

  /** Adding a member again changes nothing. */
  add(userId: string): void {
    const member = this.#members.get(userId);
    if (member !== undefined && member.hiddenFrom === undefined) return;
    const visibleFrom = this.#visibility.from(this.#queueId + userId);
    this.#members.set(userId, { userId, joined: true, ringNumber: 1, visibleFrom });
  }

  /** Removing one that is not a member changes nothing. */
  remove(userId: string): void {
    const member = this.#members.get(userId);
    if (member === undefined || member.hiddenFrom !== undefined) return;
    this.#members.set(userId, { ...member, hiddenFrom: this.#visibility.from(this.#queueId + userId) });
  }

  /** The member must show already: the platform answers 404 just after an addition. */
  change(userId: string, change: { readonly joined?: boolean; readonly ringNumber?: number }): boolean {
    const member = this.visible().find((shown) => shown.userId === userId);
    if (member === undefined) return false;
    this.#members.set(userId, { ...member, ...change });
    return true;
  }
}
