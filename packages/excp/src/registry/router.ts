/** Which conversation an event belongs to, and what it does there. */
import { knowsLegOf } from '../conversation/next.ts';
import { callKey } from '../conversation/state.ts';
import type { ModelSettings, StepContext } from '../conversation/step-context.ts';
import type { StreamPlace } from '../events/connection-clocks.ts';
import type { CallCreated, EngageEvent } from '../events/engage-events.ts';
import type { Agents } from './agents.ts';
import { type ConversationIndex, hasParty } from './conversation-index.ts';
import type { EarlyEvents } from './early-events.ts';
import { awaitsParties } from './early-queue-events.ts';
import type { Effects } from './effects.ts';
import { awaitsMain, mainOf } from './main-call.ts';
import type { Steps } from './steps.ts';

export interface RouterOptions {
  readonly settings: ModelSettings;
  readonly index: ConversationIndex;
  readonly agents: Agents;
  readonly steps: Steps;
  /** What becomes known here may explain what waits. */
  readonly early: Pick<EarlyEvents, 'lookAgain'>;
  readonly context: () => StepContext;
}

/** Events of a call and its parties, told by the connection that tells of calls. */
type OfCall = Exclude<
  EngageEvent,
  { kind: `agent-${string}` | 'call-created' | 'disposition' | 'mute' | 'queued' | 'diverted' | 'abandoned' }
>;

export class Router {
  readonly #options: RouterOptions;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  /** Answers false when the event has to wait for its call. `place`: of the event in the stream; undefined: it has waited. */
  *route(input: EngageEvent, place: StreamPlace | undefined): Effects<boolean> {
    const { index, agents, steps, settings, context } = this.#options;
    switch (input.kind) {
      case 'agent-login':
      case 'agent-logout':
        yield* agents.event(input, context().now);
        return true;
      case 'call-created':
        if (awaitsMain(index, input)) return false;
        yield* this.created(input);
        return true;
      case 'mute': {
        const conversation = index.ofExtension(input);
        if (conversation === undefined || !knowsLegOf(conversation, input)) return false;
        yield* steps.step(conversation, input);
        return true;
      }
      case 'disposition': {
        const conversation = index.ofExtension(input);
        if (conversation === undefined) return false;
        if (!conversation.legs.some((leg) => leg.dn === input.dn && leg.site === input.site)) return false;
        yield* steps.step(conversation, input);
        return true;
      }
      case 'queued':
      case 'diverted':
      case 'abandoned':
        if (place !== undefined && awaitsParties(index, settings, input, place, context())) return false;
        return yield* steps.stepOf(callKey(input.site, input.call), input);
      default:
        return yield* this.#ofCall(input);
    }
  }

  /** The wait is over: what can be done without the call is done. Answers whether anything could be. */
  *routeAtLast(input: EngageEvent): Effects<boolean> {
    const { index, steps, context } = this.#options;
    if (yield* this.route(input, undefined)) return true;
    if (input.kind === 'call-created') {
      yield* this.created(input);
      return true;
    }
    if (input.kind === 'queued' && context().lookups.queue(input.site, input.queue) !== undefined) {
      if (!(yield* steps.stepOf(callKey(input.site, input.call), input))) yield* steps.begin(input);
      return true;
    }
    if (input.kind !== 'disposition' && input.kind !== 'mute') return false;
    const conversation = index.ofExtension(input);
    if (conversation === undefined) return false;
    yield* steps.step(conversation, input);
    return true;
  }

  /** Begins a call, in the conversation that it belongs to. */
  *created(input: CallCreated): Effects {
    const { index, steps, early } = this.#options;
    const key = callKey(input.site, input.call);
    const main = mainOf(index, input);
    const own = index.ofCall(key);
    // A queue may have told of it before anything told what it is.
    if (own !== undefined && main !== undefined && own !== main) yield* steps.join(main, own, input);
    const conversation = index.ofCall(key) ?? main;
    if (conversation === undefined) yield* steps.begin(input);
    else yield* steps.step(conversation, input);
    early.lookAgain();
    yield* steps.link(key, input.links, input.at);
  }

  *#ofCall(input: OfCall): Effects<boolean> {
    const { index, steps, early } = this.#options;
    const key = callKey(input.site, input.call);
    const here = index.ofCall(key);
    if (here === undefined) return false;
    if (input.kind === 'party-moved')
      yield* steps.bringTogether(callKey(input.site, input.newCall), key, input);
    else if (input.kind === 'call-deleted' && input.into !== undefined)
      yield* steps.bringTogether(callKey(input.site, input.into), key, input);
    else if (input.kind === 'party-added') {
      early.lookAgain();
      // A party that another conversation knows goes on here: the two belong together.
      const other =
        input.ref === undefined || hasParty(here, input.ref) ? undefined : index.withParty(input.ref, here);
      if (other !== undefined) yield* steps.join(here, other, input);
    }
    yield* steps.stepOf(key, input);
    if (input.kind === 'call-data') yield* steps.link(key, input.links, input.at);
    return true;
  }
}
