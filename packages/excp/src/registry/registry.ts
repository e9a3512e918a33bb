/**
 * All open conversations together. Each input answers its effects: nothing is kept here for a later call to fetch.
 */

import type { Connection } from '@exec/common/config';
import { discoveredAt, earliest, latest, type StreamMs, streamMs } from '@exec/common/instants';
import { isMet, nextDue, outlived } from '../conversation/deadlines.ts';
import type { Ended, EndedText } from '../conversation/ended.ts';
import type { ConversationInput } from '../conversation/next.ts';
import { type Conversation, callKey } from '../conversation/state.ts';
import type { MappingLookups, ModelSettings, StepContext } from '../conversation/step-context.ts';
import { ConnectionClocks, type Instance, placeOf, type StreamPlace } from '../events/connection-clocks.ts';
import { connectionOf, type EngageEvent } from '../events/engage-events.ts';
import type { CallShed } from '../events/in-stream-entry.ts';
import {
  type AwaitedConnection,
  connectionOfSnapshot,
  isSnapshot,
  type ModelInput,
  sessionOf,
} from '../events/snapshots.ts';
import { Agents } from './agents.ts';
import { Snapshots } from './apply-snapshots.ts';
import { ConversationIndex } from './conversation-index.ts';
import { EarlyEvents, sitesOfParties, type Waiter } from './early-events.ts';
import { type About, type DnShifts, type Effect, type Effects, entriesDone } from './effects.ts';
import { attributed, type GivenUp, guarded } from './guard.ts';
import { Newcomers, type StreamItem } from './newcomers.ts';
import { PendingSnapshots } from './pending-snapshots.ts';
import { Router } from './router.ts';
import { Steps } from './steps.ts';

export interface ConversationRegistryOptions {
  readonly settings: ModelSettings;
  /** The newest mapping; asked at each step. */
  readonly lookups: () => MappingLookups;
  /** The instance that processes. */
  readonly owner?: Instance;
}

export class ConversationRegistry {
  readonly #options: ConversationRegistryOptions;
  readonly #agents: Agents;
  readonly #clocks: ConnectionClocks;
  readonly #index: ConversationIndex;
  readonly #early: EarlyEvents;
  readonly #newcomers: Newcomers;
  readonly #pending: PendingSnapshots;
  readonly #steps: Steps;
  readonly #router: Router;
  readonly #snapshots: Snapshots;
  /** Stream time of the newest that is known, and its place in the stream. */
  #now = streamMs(0);
  #place: StreamPlace = 0;
  /** Somebody may have become known who waits to be decided. */
  #agentsChanged = false;
  /** What connections prove now. */
  readonly #proof: Pick<StepContext, 'caughtUp'> = {
    caughtUp: (site, connection, at, place) => this.#caughtUp(site, connection, at, place, this.#now),
  };

  constructor(options: ConversationRegistryOptions) {
    const { settings, owner } = options;
    const { waitMs } = settings;
    this.#options = options;
    this.#clocks = new ConnectionClocks(waitMs, owner);
    this.#newcomers = new Newcomers(this.#clocks);
    this.#agents = new Agents(settings.vacantMs);
    this.#index = new ConversationIndex(settings);
    this.#early = new EarlyEvents(waitMs);
    this.#pending = new PendingSnapshots(waitMs);
    const [index, early, agents, context] = [this.#index, this.#early, this.#agents, () => this.#context()];
    this.#steps = new Steps({ index, early, context });
    const [pending, steps] = [this.#pending, this.#steps];
    const router = new Router({ settings, index, agents, pending, steps, context });
    this.#router = router;
    this.#snapshots = new Snapshots({ index, pending, steps, router, waitMs });
  }

  /** Stream time of the newest that is known. */
  get now(): StreamMs {
    return this.#now;
  }

  get size(): number {
    return this.#index.size;
  }

  /** Conversations that are not over. */
  get open(): number {
    return this.#index.open;
  }

  /** Stream time at which something is due, undefined when nothing is. */
  get nextDue(): StreamMs | undefined {
    const parts = [this.#index, this.#early, this.#pending, this.#newcomers];
    const [first, ...others] = parts.flatMap((part) => part.firstDue ?? []);
    return first === undefined ? undefined : earliest(first, ...others);
  }

  conversation(key: string): Conversation | undefined {
    return this.#index.get(key);
  }

  /** All, as they are kept: those that are over as text. */
  kept(): Iterable<readonly [key: string, Conversation | EndedText]> {
    return this.#index.kept();
  }

  /** Who works at which DN, by key. */
  agents(): Iterable<readonly [key: string, shifts: DnShifts]> {
    return this.#agents.all();
  }

  /** Connections that something waits for: whether they have more to tell can be asked. */
  awaited(): AwaitedConnection[] {
    const awaited = new Map<string, AwaitedConnection>();
    const add = (site: string, connection: Connection, place: StreamPlace) => {
      if (!this.#clocks.hasAnswered(site, connection, place))
        awaited.set(`${site} ${connection}`, { site, connection, place: this.#place });
    };
    for (const [, needs] of this.#index.needs())
      for (const { site, connection, place } of needs) if (place !== undefined) add(site, connection, place);
    for (const { input, place } of this.#early.waiters)
      for (const site of this.#sitesOf(input)) add(site, 'calls', place);
    for (const { site, connection, place } of this.#newcomers.awaited(this.#now))
      add(site, connection, place);
    return [...awaited.values()];
  }

  /** What an earlier holder left. */
  load(conversations: Iterable<Conversation | Ended>, agents: Iterable<DnShifts>): readonly Effect[] {
    const effects = [
      ...[...conversations].flatMap((conversation) => [...this.#steps.load(conversation)]),
      ...this.#agents.load(agents),
    ];
    // What it waits for began at a place that this holder may never see: an answer has to be to a question after it.
    for (const [, needs] of this.#index.needs())
      for (const { place } of needs) this.#place = Math.max(this.#place, place ?? 0);
    return effects;
  }

  /**
   * Takes an item that arrived at `now`.
   * @param id names it in the effects: once, when nothing waits for it any more
   * @param by the instance that received it
   */
  accept(item: ModelInput, now: StreamMs, id: string, by?: Instance): readonly Effect[] {
    return [...this.#accept(item, now, id, by)];
  }

  /** Part of a call was lost: what has been published of it is closed, the rest is not published. */
  drop(item: CallShed, now: StreamMs, id: string): readonly Effect[] {
    this.#now = latest(this.#now, now);
    return [...this.#attempt({ ids: [id], item }, () => this.#drop(item, id))];
  }

  /** Lets time pass: ends the waits that are over at `now`. */
  advance(now: StreamMs): readonly Effect[] {
    return [...this.#advance(now)];
  }

  /**
   * A connection has sent everything that it had to send when the stream stood at `place`.
   * @param now stream time at which it said so: answers alone must not keep time from passing
   * @param by the instance whose connection it is
   */
  caughtUp({ site, connection, place }: AwaitedConnection, now: StreamMs, by?: Instance): readonly Effect[] {
    this.#clocks.answered(site, connection, by, place, now);
    return [...this.#advance(now)];
  }

  /** Looks again at conversations that wait for another connection; once for a batch of items is enough. */
  reconsider(): readonly Effect[] {
    return [...this.#reconsider()];
  }

  /** Gives a conversation up, because of what its changes made fail. */
  abandon(key: string, error: unknown, about: About | undefined): readonly Effect[] {
    return [...this.#steps.abandon(key, error, about)];
  }

  *#accept(item: ModelInput, now: StreamMs, id: string, by: Instance): Effects {
    yield* this.#advance(now);
    this.#now = latest(this.#now, now);
    const place = placeOf(id);
    this.#place = Math.max(this.#place, place);
    const { site } = item;
    if (isSnapshot(item)) {
      const begun = { session: sessionOf(item), place, now: this.#now };
      this.#clocks.began(site, connectionOfSnapshot(item), by, begun);
    } else this.#clocks.arrived(site, connectionOf(item.kind), by, item.at, this.#now);
    // What another one told later may prove that all has come that happened before what waits.
    yield* this.#takeHeld(this.#now);
    const received = { id, item, by, place };
    if (!this.#newcomers.holds(received, this.#now)) yield* this.#takeOne(received);
  }

  *#takeHeld(now: StreamMs): Effects {
    for (const received of this.#newcomers.take(now)) {
      this.#now = latest(this.#now, now);
      yield* this.#takeOne(received);
    }
  }

  *#takeOne(received: StreamItem): Effects {
    const { id, item } = received;
    yield* this.#attempt({ ids: [id], item }, () => this.#take(received));
  }

  *#take({ id, item, by, place }: StreamItem): Effects {
    const at = discoveredAt(this.#now);
    if ('call' in item && item.call !== undefined && this.#index.isPast(callKey(item.site, item.call))) {
      yield { type: 'anomaly', anomaly: 'call-ended' };
      yield { type: 'entry-done', id };
      return;
    }
    switch (item.kind) {
      case 'calls-found':
        yield* this.#snapshots.adoptOld(item, at);
        yield* entriesDone(this.#pending.add(item, id, this.#now, by));
        yield* this.#retryEarly();
        return;
      case 'queues-found':
        this.#pending.add(item, id, this.#now, by);
        return;
      case 'agents-found':
        this.#agentsChanged = true;
        for (const { dn, agentId } of item.dns)
          yield* this.#agents.found({ site: item.site, since: item.since, at, now: this.#now, dn, agentId });
        break;
      default: {
        if (item.kind === 'agent-login' || item.kind === 'agent-logout') this.#agentsChanged = true;
        const done = yield* this.#router.route(item, place, by);
        this.#clocks.heard(item.site, connectionOf(item.kind), by, item.at, this.#now);
        if (!done && this.#early.add(id, item, this.#now, by)) return;
        if (!done) yield { type: 'anomaly', anomaly: 'unknown-call' };
      }
    }
    yield* this.#retryEarly();
    yield { type: 'entry-done', id };
  }

  *#drop(item: CallShed, id: string): Effects {
    yield { type: 'entry-done', id };
    const conversation = this.#index.ofCall(callKey(item.site, item.call));
    if (conversation !== undefined && conversation.overAt === undefined)
      yield* this.#steps.step(conversation, { kind: 'gone', at: discoveredAt(this.#now) });
  }

  *#advance(now: StreamMs): Effects {
    // Snapshots first: they may explain what waits.
    for (let due = this.#pending.takeDue(now); due !== undefined; due = this.#pending.takeDue(now)) {
      const snapshot = due;
      this.#now = latest(this.#now, earliest(now, due.due));
      yield* this.#attempt(due, () => this.#snapshots.compare(snapshot));
    }
    yield* this.#takeHeld(now);
    yield* this.#retryEarly();
    yield* this.#giveUpEarly(now);
    const { settings } = this.#options;
    for (let due = this.#index.takeDue(now); due !== undefined; due = this.#index.takeDue(now)) {
      this.#now = latest(this.#now, earliest(now, nextDue(due, settings) ?? now));
      const why = outlived(due, settings, this.#now);
      const input: ConversationInput =
        why === undefined ? { kind: 'look-again' } : { kind: 'gone', at: discoveredAt(this.#now), why };
      yield* this.#steps.step(due, input);
    }
    yield* this.#retryEarly();
  }

  *#reconsider(): Effects {
    for (const [key, needs] of this.#index.needs()) {
      const ready = needs.some(
        (need) => isMet(need, this.#proof) || (this.#agentsChanged && need.connection === 'extensions'),
      );
      const conversation = ready ? this.#index.get(key) : undefined;
      if (conversation !== undefined) yield* this.#steps.step(conversation, { kind: 'look-again' });
    }
    this.#agentsChanged = false;
  }

  /** Events that waited for a call, when something became known that they may have waited for. */
  *#retryEarly(): Effects {
    yield* this.#early.retry((waiter) => this.#routeAgain(waiter));
  }

  /** One that makes the model fail does not wait any more. */
  *#routeAgain({ id, place, input, by }: Waiter): Effects<boolean> {
    const about = { ids: [id], item: input };
    const route = guarded(
      () => this.#router.route(input, place, by),
      () => this.#loseCallOf(about),
    );
    return (yield* attributed(about, route)) ?? true;
  }

  /** Events whose wait is over: what can be done without their call is done. */
  *#giveUpEarly(now: StreamMs): Effects {
    const goesOn = (waiter: Waiter) => this.#mayStillBeExplained(waiter, now);
    for (const { id, input, due } of this.#early.takeExpired(now, goesOn)) {
      this.#now = latest(this.#now, due);
      yield* this.#attempt({ ids: [id], item: input }, () => this.#routeAtLast(id, input));
    }
  }

  *#routeAtLast(id: string, input: EngageEvent): Effects {
    if (!(yield* this.#router.routeAtLast(input))) yield { type: 'anomaly', anomaly: 'unknown-call' };
    yield { type: 'entry-done', id };
  }

  /** Deals with an entry; one that makes the model fail is given up with its call. */
  *#attempt(about: About, part: () => Effects): Effects {
    const attempt = guarded(part, () => this.#giveUp(about));
    yield* attributed(about, attempt);
  }

  *#giveUp(about: About): Effects<GivenUp> {
    yield* entriesDone(about.ids);
    return yield* this.#loseCallOf(about);
  }

  *#loseCallOf({ item }: About): Effects<GivenUp> {
    if (!('call' in item) || item.call === undefined) return { calls: [] };
    return yield* this.#steps.loseCall(callKey(item.site, item.call));
  }

  /** What its call is, and who takes part in it, the connection that tells of calls or a snapshot may still say. */
  #mayStillBeExplained({ place, input, by }: Waiter, now: StreamMs): boolean {
    if (this.#router.awaitsComparison(input, by)) return true;
    if (!this.#sitesOf(input).every((site) => this.#caughtUp(site, 'calls', input.at, place, now)))
      return true;
    if (!('call' in input) || input.call === undefined) return false;
    const { site, call } = input;
    const main = input.kind === 'call-created' ? { call: input.origCall, connId: input.origConnId } : {};
    return [{ call }, main].some((named) => this.#pending.mayName(site, named, now));
  }

  #caughtUp(...[site, connection, at, place, now]: Parameters<ConnectionClocks['caughtUp']>): boolean {
    if (this.#newcomers.hides(site, at)) return false;
    return this.#clocks.caughtUp(site, connection, at, place, now);
  }

  /** Sites whose calls may explain an event. */
  #sitesOf(input: EngageEvent): readonly string[] {
    if (input.kind !== 'queued' && input.kind !== 'diverted' && input.kind !== 'abandoned')
      return [input.site];
    return sitesOfParties(this.#index, this.#options.settings.sites, input);
  }

  #context(): StepContext {
    const { settings, lookups } = this.#options;
    return {
      now: this.#now,
      place: this.#place,
      lookups: lookups(),
      settings,
      occupant: (site, dn, at) => this.#agents.occupant(site, dn, at),
      ...this.#proof,
    };
  }
}
