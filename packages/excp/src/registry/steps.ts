/** Carries conversations through their steps, and brings those together that turn out to be one. */
import type { EngageMicros } from '@exec/common/instants';
import type { Cause } from '@exec/engage-link/wire';
import { conversationOf, type Ended } from '../conversation/ended.ts';
import { closeAsLost } from '../conversation/lost.ts';
import { isClosed, mergeInto, shareParty } from '../conversation/merge.ts';
import { begin, type ConversationInput, next, type Step } from '../conversation/next.ts';
import { type CallKey, type Conversation, callKey } from '../conversation/state.ts';
import type { StepContext } from '../conversation/step-context.ts';
import type { CallCreated, Queued } from '../events/engage-events.ts';
import type { ConversationIndex } from './conversation-index.ts';
import type { EarlyEvents } from './early-events.ts';
import { explains } from './early-names.ts';
import type { About, Effects } from './effects.ts';
import { attributed, faultOf, type GivenUp, guarded } from './guard.ts';

/** When and why two conversations become one. */
interface Joining {
  readonly at: EngageMicros;
  readonly cause?: Cause | undefined;
}

export interface StepsOptions {
  readonly index: ConversationIndex;
  readonly context: () => StepContext;
  /** Events may have waited for what becomes known of a conversation. */
  readonly early: Pick<EarlyEvents, 'lookAgain'>;
}

export class Steps {
  readonly #options: StepsOptions;

  constructor(options: StepsOptions) {
    this.#options = options;
  }

  /** What an earlier holder left. */
  *load(stored: Conversation | Ended): Effects {
    const { index } = this.#options;
    const text = 'text' in stored ? stored.text : undefined;
    const conversation = 'text' in stored ? conversationOf(stored) : stored;
    try {
      index.keep(conversation, text);
    } catch (error) {
      index.forget(conversation);
      yield { type: 'conversation', conversation, changes: [], forgotten: true };
      yield faultOf(error, { calls: [], conversation: conversation.key });
    }
  }

  /**
   * @rule A call that begins while the most conversations are open is left out whole, and counted.
   * @test processor/model.test.ts: beyond the most that may be open the newest calls are left out whole, and counted
   */
  *begin(input: CallCreated | Queued): Effects {
    const { index } = this.#options;
    const context = this.#options.context();
    if (index.open < context.settings.openMost) {
      yield* this.#keep(begin(input, context));
      return;
    }
    const call = callKey(input.site, input.call);
    index.addPast(call);
    yield { type: 'call-left-out', call };
  }

  /** Answers whether the call is known. */
  *stepOf(call: CallKey, input: ConversationInput): Effects<boolean> {
    const conversation = this.#options.index.ofCall(call);
    if (conversation === undefined) return false;
    yield* this.step(conversation, input);
    return true;
  }

  *step(conversation: Conversation, input: ConversationInput): Effects {
    const context = this.#options.context();
    yield* guarded(
      () => this.#keep(next(conversation, input, context)),
      () => this.lose(conversation),
    );
  }

  *loseCall(call: CallKey): Effects<GivenUp> {
    const conversation = this.#options.index.ofCall(call);
    if (conversation !== undefined) return yield* this.lose(conversation);
    this.#options.index.addPast(call);
    return { calls: [call] };
  }

  *lose(conversation: Conversation): Effects<GivenUp> {
    yield* this.#keep(closeAsLost(conversation, this.#options.context()));
    return { calls: conversation.calls.map((call) => call.key), conversation: conversation.key };
  }

  /** Gives a conversation up: what was published of it is closed, the rest of its events is left out. */
  *abandon(key: string, error: unknown, about: About | undefined): Effects {
    const conversation = this.#options.index.get(key);
    const calls = conversation === undefined ? [] : conversation.calls.map((call) => call.key);
    if (conversation !== undefined) yield* attributed(about, this.lose(conversation));
    yield { about, ...faultOf(error, { calls, conversation: key }) };
  }

  *#keep({ state, changes, anomalies, done }: Step): Effects {
    const { index, early } = this.#options;
    for (const anomaly of anomalies) yield { type: 'anomaly', anomaly };
    if (done) index.close(state);
    else index.keep(state);
    early.lookAgain(() => explains(state, index));
    yield { type: 'conversation', conversation: state, changes, forgotten: done };
  }

  *link(key: CallKey, links: readonly string[] | undefined, at: EngageMicros): Effects {
    for (const link of links ?? [])
      for (const other of this.#options.index.linked(link))
        if (other !== key) yield* this.#bringLinked(key, other, at);
  }

  *bringTogether(intoCall: CallKey, fromCall: CallKey, why: Joining): Effects {
    const { index } = this.#options;
    const [into, from] = [index.ofCall(intoCall), index.ofCall(fromCall)];
    if (into !== undefined && from !== undefined && into.key !== from.key) yield* this.join(into, from, why);
  }

  /**
   * @rule Of the two halves of a call that goes from one site to another the earlier one is the conversation.
   * @scenario two-sites-routed, two-sites-queued, two-sites-transferred
   */
  *#bringLinked(one: CallKey, two: CallKey, at: EngageMicros): Effects {
    const { index } = this.#options;
    const [first, second] = [index.ofCall(one), index.ofCall(two)];
    if (first === undefined || second === undefined || first.key === second.key) return;
    if ((first.calls[0]?.at ?? 0) <= (second.calls[0]?.at ?? 0)) yield* this.join(first, second, { at });
    else yield* this.join(second, first, { at });
  }

  /**
   * @rule Two conversations become one when a party moves from one to the other, or a call of one ends into the other; the
   *   one that the cloud knows goes on. It is a conference when somebody takes part in both, else a transfer.
   * @scenario merge-of-two-calls, merge-by-move, conference-by-move
   */
  *join(into: Conversation, from: Conversation, why: Joining): Effects {
    if (isClosed(into) && isClosed(from)) return;
    const swap = isClosed(into) || (!into.published && from.published && !isClosed(from));
    const [target, source] = swap ? [from, into] : [into, from];
    const unsaid = why.cause === undefined || why.cause === 'Empty';
    const joins = why.cause === 'Conference' || (unsaid && shareParty(into, from));
    const how = joins ? 'TransferConference' : 'Transfer';
    yield* guarded(
      () => this.#merge(target, source, why.at, how),
      () => this.#loseBoth(source, target),
    );
  }

  *#merge(...[target, source, at, how]: Parameters<typeof mergeInto>): Effects {
    const { index } = this.#options;
    const merged = mergeInto(target, source, at, how);
    index.forget(source);
    if (merged.source === undefined)
      yield { type: 'conversation', conversation: source, changes: [], forgotten: true };
    else {
      index.keep(merged.source);
      const { source: conversation, sourceChanges: changes } = merged;
      yield { type: 'conversation', conversation, changes, forgotten: false };
    }
    index.keep(merged.target);
    yield* this.step(merged.target, { kind: 'look-again' });
  }

  *#loseBoth(source: Conversation, target: Conversation): Effects<GivenUp> {
    const one = yield* this.lose(source);
    const two = yield* this.lose(target);
    return { ...two, calls: [...one.calls, ...two.calls] };
  }
}
