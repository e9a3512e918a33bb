/**
 * Events whose call, or who takes part in it, is not known yet: they wait a short time, in order, and keep their place in
 * the stream. Each is found by the names that it waits for: a connection may be a minute ahead of another, and what comes
 * must not cost more for it.
 */
import { earliest, laterBy, type StreamMs } from '@exec/common/instants';
import { callKey } from '../conversation/state.ts';
import type { ModelSettings, StepContext } from '../conversation/step-context.ts';
import { type Instance, placeOf, type StreamPlace } from '../events/connection-clocks.ts';
import type { EngageEvent, Queued, Unqueued } from '../events/engage-events.ts';
import { type ConversationIndex, callIn } from './conversation-index.ts';
import { waitsFor } from './early-names.ts';
import type { Effects } from './effects.ts';

export interface Waiter {
  readonly id: string;
  readonly place: StreamPlace;
  readonly input: EngageEvent;
  /** The instance that received it. */
  readonly by: Instance;
  /** Rises with the order of arrival. */
  readonly order: number;
  readonly names: readonly string[];
  /** Stream time at which the wait began, and at which it is over. */
  readonly since: StreamMs;
  due: StreamMs;
}

/** What may still be explained is waited for in such steps, and not for ever, milliseconds. */
const stepMs = 250;
const longestMs = 30_000;

/** Events that may wait at one time: as many as the stream holds, in which they stand meanwhile. Further ones are given up. */
const waitersMax = 120_000;

export class EarlyEvents {
  readonly #waitMs: number;
  /** In the order of arrival. */
  readonly #waiters = new Set<Waiter>();
  readonly #byName = new Map<string, Set<Waiter>>();
  #arrived = 0;
  /** Not later than the first that is due. */
  #firstDue: StreamMs | undefined;
  /** Names of which something became known that one of them may have waited for. */
  readonly #named = new Set<string>();

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  get firstDue(): StreamMs | undefined {
    return this.#firstDue;
  }

  /** Answers false when it is given up at once, because too many wait. */
  add(id: string, input: EngageEvent, now: StreamMs, by?: Instance): boolean {
    if (this.#waiters.size >= waitersMax) return false;
    const due = laterBy(now, this.#waitMs);
    const names = waitsFor(input);
    const waiter = { id, place: placeOf(id), input, by, order: this.#arrived++, names, since: now, due };
    this.#waiters.add(waiter);
    for (const name of names)
      this.#byName.set(name, (this.#byName.get(name) ?? new Set<Waiter>()).add(waiter));
    this.#firstDue = earliest(this.#firstDue ?? due, due);
    return true;
  }

  /** Something became known that one of them may have waited for under these names; asked only while something waits. */
  lookAgain(names: () => Iterable<string>): void {
    if (this.#waiters.size === 0) return;
    for (const name of names()) if (this.#byName.has(name)) this.#named.add(name);
  }

  /** Offers every event that something may explain, in order; those that are taken no longer wait, and may explain others. */
  *retry(take: (waiter: Waiter) => Effects<boolean>): Effects {
    while (this.#named.size > 0) {
      let taken = 0;
      for (const waiter of this.#takeNamed()) {
        if (!(yield* take(waiter))) continue;
        taken++;
        this.#remove(waiter);
        yield { type: 'entry-done', id: waiter.id };
      }
      // Where nothing was taken nothing was explained either: offered once more, it would come to the same.
      if (taken === 0) this.#named.clear();
    }
    if (this.#waiters.size === 0) this.#firstDue = undefined;
  }

  /** In the order of arrival. */
  get waiters(): Iterable<Waiter> {
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
    this.#firstDue = undefined;
    for (const waiter of this.#waiters) {
      if (waiter.due <= now && (now - waiter.since >= longestMs || !goesOn(waiter))) {
        expired.push(waiter);
        continue;
      }
      if (waiter.due <= now) waiter.due = laterBy(now, stepMs);
      this.#firstDue = earliest(this.#firstDue ?? waiter.due, waiter.due);
    }
    for (const waiter of expired) this.#remove(waiter);
    return expired;
  }

  /** Those that wait for what became known, in the order of arrival. */
  #takeNamed(): readonly Waiter[] {
    const waiters = new Set([...this.#named].flatMap((name) => [...(this.#byName.get(name) ?? [])]));
    this.#named.clear();
    return [...waiters].sort((one, other) => one.order - other.order);
  }

  #remove(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    for (const name of waiter.names) {
      const others = this.#byName.get(name);
      others?.delete(waiter);
      if (others?.size === 0) this.#byName.delete(name);
    }
  }
}

/** Sites that may still say who takes part in the call of a queue event: its own, and the others while a linked half is missing. */
export function sitesOfParties(
  index: ConversationIndex,
  sites: readonly string[],
  { site, call: uuid }: Pick<Queued | Unqueued, 'site' | 'call'>,
): readonly string[] {
  if (sites.length < 2) return [site];
  const conversation = index.ofCall(callKey(site, uuid));
  const call = conversation && callIn(conversation, site, uuid);
  const isHalf =
    call !== undefined &&
    call.links.length > 0 &&
    call.links.every((link) => index.linked(link).every((other) => other === call.key));
  return isHalf ? [site, ...sites.filter((other) => other !== site)] : [site];
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
  { sites, waitMs }: ModelSettings,
  input: Queued | Unqueued,
  place: StreamPlace,
  context: Pick<StepContext, 'now' | 'caughtUp'>,
): boolean {
  const conversation = index.ofCall(callKey(input.site, input.call));
  const call = conversation && callIn(conversation, input.site, input.call);
  if (call === undefined || call.endedAt !== undefined) return false;
  const awaited = sitesOfParties(index, sites, input);
  const haveCaughtUp = awaited.every((site) => context.caughtUp(site, 'calls', input.at, place));
  if (call.seen + waitMs <= context.now && haveCaughtUp) return false;
  // The parties follow the creation of a call, and its links come before them.
  if (sites.length < 2 || call.links.length === 0) return call.parties.length === 0 && call.left === 0;
  return awaited.length > 1;
}
