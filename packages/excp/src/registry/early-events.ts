/**
 * Events whose call, or who takes part in it, is not known yet: they wait a short time, in order, and keep their place in
 * the stream.
 */
import { earliest, laterBy, type StreamMs } from '@exec/common/instants';
import { callKey } from '../conversation/state.ts';
import type { ModelSettings, StepContext } from '../conversation/step-context.ts';
import type { StreamPlace } from '../events/connection-clocks.ts';
import type { EngageEvent, Queued, Unqueued } from '../events/engage-events.ts';
import { type ConversationIndex, callIn } from './conversation-index.ts';
import type { Effects } from './effects.ts';

export interface Waiter {
  readonly id: string;
  readonly input: EngageEvent;
  /** Stream time at which the wait began, and at which it is over. */
  readonly since: StreamMs;
  due: StreamMs;
}

/** What may still be explained is waited for in such steps, and not for ever, milliseconds. */
const stepMs = 250;
const longestMs = 30_000;

/** Events that may wait at one time; further ones are given up at once. */
const waitersMax = 10_000;

export class EarlyEvents {
  readonly #waitMs: number;
  /** In the order of arrival. */
  #waiters: Waiter[] = [];
  /** Not later than the first that is due. */
  #firstDue: StreamMs | undefined;
  /** Something became known that one of them may have waited for. */
  #mayBeExplained = false;

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  get firstDue(): StreamMs | undefined {
    return this.#firstDue;
  }

  /** Answers false when it is given up at once, because too many wait. */
  add(id: string, input: EngageEvent, now: StreamMs): boolean {
    if (this.#waiters.length >= waitersMax) return false;
    const due = laterBy(now, this.#waitMs);
    this.#waiters.push({ id, input, since: now, due });
    this.#firstDue = earliest(this.#firstDue ?? due, due);
    return true;
  }

  /** Something became known that one of them may have waited for. */
  lookAgain(): void {
    this.#mayBeExplained = true;
  }

  /** If there is a reason, offers every waiting event once, in order; those that are taken no longer wait. */
  *retry(take: (waiter: Waiter) => Effects<boolean>): Effects {
    if (!this.#mayBeExplained) return;
    this.#mayBeExplained = false;
    const before = this.#waiters;
    if (before.length === 0) return;
    this.#waiters = [];
    const kept: Waiter[] = [];
    for (const waiter of before) {
      if (yield* take(waiter)) yield { type: 'entry-done', id: waiter.id };
      else kept.push(waiter);
    }
    this.#waiters = [...kept, ...this.#waiters];
    this.#findFirstDue();
  }

  /** In the order of arrival. */
  get waiters(): readonly Waiter[] {
    return this.#waiters;
  }

  /**
   * Takes out what is due.
   *
   * @rule An event waits for its call until the connection that would name it has caught up, half a minute at most.
   * @test registry/registry.test.ts: nothing of an event whose connection does not answer, for half a minute
   * @param goesOn whether an event waits a little longer, because its call may still come
   */
  takeExpired(now: StreamMs, goesOn: (waiter: Waiter) => boolean): Waiter[] {
    if (this.#firstDue === undefined || this.#firstDue > now) return [];
    const expired: Waiter[] = [];
    const kept: Waiter[] = [];
    for (const waiter of this.#waiters) {
      if (waiter.due > now) kept.push(waiter);
      else if (now - waiter.since < longestMs && goesOn(waiter)) {
        waiter.due = laterBy(now, stepMs);
        kept.push(waiter);
      } else expired.push(waiter);
    }
    this.#waiters = kept;
    this.#findFirstDue();
    return expired;
  }

  #findFirstDue(): void {
    this.#firstDue = undefined;
    for (const { due } of this.#waiters) this.#firstDue = earliest(this.#firstDue ?? due, due);
  }
}

/**
 * The call is known, but not yet who takes part in it, or its half on another site: a queue that has been left
 * meanwhile must neither begin and end it alone, nor open it as a call of its own.
 *
 * @rule A queue event waits until it is known who takes part in its call, and on several sites for the call's other half.
 * @scenario inbound-queue-call, two-sites-queued
 * @test conversation/interleavings.test.ts
 * @param place of the event in the stream
 */
export function awaitsParties(
  index: ConversationIndex,
  { severalSites, waitMs }: ModelSettings,
  input: Queued | Unqueued,
  place: StreamPlace,
  context: Pick<StepContext, 'now' | 'caughtUp'>,
): boolean {
  const conversation = index.ofCall(callKey(input.site, input.call));
  const call = conversation && callIn(conversation, input.site, input.call);
  if (call === undefined || call.endedAt !== undefined) return false;
  if (call.seen + waitMs <= context.now && context.caughtUp(input.site, 'calls', input.at, place))
    return false;
  // The parties follow the creation of a call, and its links come before them.
  if (!severalSites || call.links.length === 0) return call.parties.length === 0 && call.left === 0;
  return call.links.every((link) => index.linked(link).every((other) => other === call.key));
}
