/** What snapshots tell, applied to the conversations: calls that were missed are taken over, what has gone is ended. */

import { discoveredAt, type EngageMicros, laterBy } from '@exec/common/instants';
import { callKey } from '../conversation/state.ts';
import type { CallCreated, PartyAdded } from '../events/engage-events.ts';
import type { CallsFound } from '../events/snapshots.ts';
import type { ConversationIndex } from './conversation-index.ts';
import { type Effects, entriesDone } from './effects.ts';
import { guarded } from './guard.ts';
import { awaitsMain, mainsFirst } from './main-call.ts';
import { namedCalls, type PendingSnapshot, type PendingSnapshots } from './pending-snapshots.ts';
import type { Router } from './router.ts';
import { missingCalls, ofUnknownCalls, queueDifferences } from './snapshot-diff.ts';
import type { Steps } from './steps.ts';

export interface SnapshotsOptions {
  readonly index: ConversationIndex;
  readonly pending: PendingSnapshots;
  readonly steps: Steps;
  readonly router: Router;
  readonly waitMs: number;
}

export class Snapshots {
  readonly #options: SnapshotsOptions;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  /**
   * Their events come from now on.
   *
   * @rule A call that a snapshot names and nobody knows is taken over at once if it is old; a young one may be on its way.
   * @scenario found-at-start, found-on-hold
   * @test registry/main-call.test.ts: when the main call comes in a later part of the resync
   * @param at time of discovery
   */
  *adoptOld(item: CallsFound, at: EngageMicros): Effects {
    const { index, waitMs } = this.#options;
    for (const { created, parties } of mainsFirst(item.calls)) {
      // A younger one may still be on its way, and so may the main call of a consultation.
      const young = created.at > discoveredAt(laterBy(item.since, -waitMs));
      if (index.ofCall(callKey(created.site, created.call)) !== undefined) yield* this.#link(created, at);
      else if (!young && !awaitsMain(index, created)) yield* this.#adopt(item, created, parties, at);
    }
  }

  /**
   * @rule A snapshot is compared with what is known when late events have had their time; a queue's calls that nobody
   *   knows are waited for a little longer.
   * @scenario ended-in-gap, changed-in-gap, found-in-queue
   */
  *compare(snapshot: PendingSnapshot): Effects {
    const { index, pending, steps } = this.#options;
    const { item, at, ids } = snapshot;
    if (item.kind === 'queues-found') {
      for (const { call, input } of queueDifferences(index, item, at)) yield* steps.stepOf(call, input);
      const rest = ofUnknownCalls(index, item);
      if (rest === undefined || !pending.putOff(snapshot, rest)) yield* entriesDone(ids);
      return;
    }
    for (const { created, parties } of mainsFirst(item.calls)) yield* this.#adopt(item, created, parties, at);
    const named = namedCalls(item, callKey);
    for (const { call, input } of missingCalls(index, item, named, at)) yield* steps.stepOf(call, input);
    yield* entriesDone(ids);
  }

  /**
   * @rule With which calls of other sites a known call is linked may have been said in a gap: a snapshot says it again.
   * @test registry/registry.test.ts: of a known call, by a snapshot
   */
  *#link({ site, call, links }: CallCreated, at: EngageMicros): Effects {
    if (links !== undefined)
      yield* this.#options.router.route({ kind: 'call-data', site, call, at, links }, undefined);
  }

  *#adopt(item: CallsFound, created: CallCreated, parties: readonly PartyAdded[], at: EngageMicros): Effects {
    const { index, steps } = this.#options;
    const key = callKey(created.site, created.call);
    if (index.isPast(key)) return;
    yield* guarded(
      () => this.#takeOver(item, created, parties, at),
      () => steps.loseCall(key),
    );
  }

  *#takeOver(
    item: CallsFound,
    created: CallCreated,
    parties: readonly PartyAdded[],
    at: EngageMicros,
  ): Effects {
    const { site, since, reliable } = item;
    const { index, steps, router } = this.#options;
    const key = callKey(created.site, created.call);
    if (index.ofCall(key) === undefined) yield* router.created(created);
    yield* steps.stepOf(key, { kind: 'call-found', site, since, reliable, at, created, parties });
  }
}
