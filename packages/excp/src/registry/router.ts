/** Which conversation an event belongs to, and what it does there. */
import type { CallUuid } from '@exec/common/ids';
import { knowsLegOf } from '../conversation/next.ts';
import { callKey } from '../conversation/state.ts';
import type { ModelSettings, StepContext } from '../conversation/step-context.ts';
import type { Instance, StreamPlace } from '../events/connection-clocks.ts';
import { type CallCreated, connectionOf, type EngageEvent } from '../events/engage-events.ts';
import type { Agents } from './agents.ts';
import { type ConversationIndex, hasParty } from './conversation-index.ts';
import { awaitsParties } from './early-events.ts';
import type { Effects } from './effects.ts';
import { awaitsMain, mainOf } from './main-call.ts';
import type { PendingSnapshots } from './pending-snapshots.ts';
import type { Steps } from './steps.ts';

export interface RouterOptions {
  readonly settings: ModelSettings;
  readonly index: ConversationIndex;
  readonly agents: Agents;
  readonly pending: Pick<PendingSnapshots, 'isEmpty' | 'tellsMoreOf'>;
  readonly steps: Steps;
  readonly context: () => StepContext;
}

/** Events of a call and its parties, from the connection for calls. */
type OfCall = Exclude<
  EngageEvent,
  { kind: `agent-${string}` | 'call-created' | 'disposition' | 'mute' | 'queued' | 'diverted' | 'abandoned' }
>;

export class Router {
  readonly #options: RouterOptions;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  /**
   * @rule An event of a call goes to the conversation of that call, and waits while the call is not known; an event of a
   *   telephone without a call goes to the conversation in which its agent had a leg.
   * @scenario mute, disposition-by-conn-id, disposition-by-telephone
   * @test registry/registry.test.ts: nothing while an event waits for its call; both when the call comes
   * @param place of the event in the stream; undefined: it has waited
   * @param by the instance that received it
   * @returns whether it is dealt with; else it has to wait
   */
  *route(input: EngageEvent, place: StreamPlace | undefined, by?: Instance): Effects<boolean> {
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
        if (place !== undefined && this.awaitsComparison(input, by)) return false;
        return yield* steps.stepOf(callKey(input.site, input.call), input);
      default:
        if (place !== undefined && this.awaitsComparison(input, by)) return false;
        return yield* this.#ofCall(input);
    }
  }

  /**
   * @rule An event that a connection tells after its snapshot waits until the snapshot is compared, where it says
   *   something of the conversation that is not known; the end of a call waits for the snapshots of all instances.
   * @scenario found-at-start, changed-in-gap
   * @test registry/not-compared.test.ts
   */
  awaitsComparison(input: EngageEvent, by: Instance): boolean {
    const { index, pending, context } = this.#options;
    const connection = connectionOf(input.kind);
    if (pending.isEmpty || connection === 'extensions') return false;
    const supposed = { connection, by: input.kind === 'call-deleted' ? ('all' as const) : by };
    return callsOf(input).some((call) =>
      pending.tellsMoreOf(index.ofCall(callKey(input.site, call)), supposed, context().lookups),
    );
  }

  /**
   * The wait is over.
   *
   * @rule An event whose call is not heard of in time does what it can alone: a mapped queue begins a conversation, a
   *   consultation is one of its own, a disposition goes to the agent's last call; the rest is counted as unknown.
   * @test registry/main-call.test.ts: when nobody ever names its main call it is told alone
   * @test registry/registry.test.ts: that an event waited in vain, when its time is over and its connection has told everything
   * @returns whether anything could be done
   */
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

  /**
   * Begins a call.
   *
   * @rule A consultation belongs to the conversation of its main call, and a call to that of its half on another site,
   *   whichever of the two is heard of first.
   * @scenario consult-completed, two-sites-routed, two-sites-queued
   * @test registry/main-call.test.ts: when a queue told of it before anything else did
   */
  *created(input: CallCreated): Effects {
    const { index, steps } = this.#options;
    const key = callKey(input.site, input.call);
    const main = mainOf(index, input);
    const own = index.ofCall(key);
    // A queue may have named it before anything said what it is.
    if (own !== undefined && main !== undefined && own.key !== main.key) yield* steps.join(main, own, input);
    const conversation = index.ofCall(key) ?? main;
    if (conversation === undefined) yield* steps.begin(input);
    else yield* steps.step(conversation, input);
    yield* steps.link(key, input.links, input.at);
  }

  *#ofCall(input: OfCall): Effects<boolean> {
    const { index, steps } = this.#options;
    const key = callKey(input.site, input.call);
    const here = index.ofCall(key);
    if (here === undefined) return false;
    if (input.kind === 'party-moved')
      yield* steps.bringTogether(callKey(input.site, input.newCall), key, input);
    else if (input.kind === 'call-deleted' && input.into !== undefined)
      yield* steps.bringTogether(callKey(input.site, input.into), key, input);
    else if (input.kind === 'party-added') {
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

/** Calls that a snapshot has to have named before the event: its own, and the one that it leads to. */
function callsOf(input: EngageEvent): readonly CallUuid[] {
  switch (input.kind) {
    case 'party-moved':
      return [input.call, input.newCall];
    case 'call-deleted':
      return input.into === undefined ? [input.call] : [input.call, input.into];
    case 'call-data':
    case 'party-added':
    case 'party-state':
    case 'party-deleted':
    case 'diverted':
    case 'abandoned':
      return [input.call];
    default:
      return [];
  }
}
