/** All open conversations together: finds the one an event belongs to, and lets events wait for their call. */
import type { Cause } from '@exec/engage-link/wire';
import {
  type CallCreated,
  type Connection,
  connectionOf,
  type EngageInput,
  type PartyAdded,
} from '../intake/inputs.ts';
import type { CallsFound, Item } from '../intake/items.ts';
import { Agents, type DnShifts } from './agents.ts';
import type { Change } from './changes.ts';
import { type Comparison, Comparisons, namedCalls } from './comparisons.ts';
import { nextDue } from './deadlines.ts';
import { missingCalls, ofUnknownCalls, queueDifferences } from './differences.ts';
import { callIn, Directory, hasParty } from './directory.ts';
import { isClosed, mergeInto, shareParty } from './merge.ts';
import { begin, type ConversationInput, next, type Step } from './next.ts';
import { type CallKey, type Conversation, callKey } from './state.ts';
import { Waiting } from './waiting.ts';
import type { Facts, ModelSettings, Oddity, World } from './world.ts';

/** What one step did to one conversation, in order. */
export interface Effect {
  readonly conversation: Conversation;
  readonly changes: readonly Change[];
  /** Nothing of it is kept. */
  readonly forgotten: boolean;
}

export interface SwitchboardOptions {
  readonly settings: ModelSettings;
  /** The newest mapping; asked at each step. */
  readonly facts: () => Facts;
  /** Told of everything that was not as expected. */
  readonly onOdd?: (oddity: Oddity) => void;
}

/** When and why two conversations become one. */
interface Joining {
  readonly at: number;
  readonly cause?: Cause | undefined;
}

type QueueEvent = Extract<EngageInput, { kind: 'queued' | 'diverted' | 'abandoned' }>;

export class Switchboard {
  readonly agents = new Agents();
  readonly #options: SwitchboardOptions;
  readonly #directory: Directory;
  readonly #waiting: Waiting;
  /** Newest event time by site and connection. */
  readonly #heard = new Map<string, number>();
  readonly #comparisons: Comparisons;
  #effects: Effect[] = [];
  #now = 0;
  /** Something became known that waiting events may have waited for. */
  #retry = false;

  constructor(options: SwitchboardOptions) {
    this.#options = options;
    this.#waiting = new Waiting(options.settings.waitMs);
    this.#comparisons = new Comparisons(options.settings.waitMs);
    this.#directory = new Directory(options.settings.lostMs);
  }

  get size(): number {
    return this.#directory.size;
  }

  /** Conversations that are not over. */
  get open(): number {
    return this.#directory.open;
  }

  /** Stream time at which something is due, undefined when nothing is. */
  get nextDue(): number | undefined {
    const parts = [this.#directory, this.#waiting, this.#comparisons];
    const times = parts.map((part) => part.firstDue).filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  conversation(key: string): Conversation | undefined {
    return this.#directory.get(key);
  }

  /** What an earlier holder left. */
  load(conversations: Iterable<Conversation>, agents: Iterable<DnShifts>): void {
    for (const conversation of conversations) this.#directory.keep(conversation);
    this.agents.load(agents);
  }

  /**
   * Takes an item that was stored at `now` (stream time, ms). `id` names it; it is given back by
   * {@link takeSettled} when nothing waits for it any more.
   */
  accept(item: Item, now: number, id: string): void {
    this.advance(now);
    this.#now = Math.max(this.#now, now);
    const at = this.#now * 1000;
    if ('call' in item && item.call !== undefined && this.#directory.isPast(callKey(item.site, item.call))) {
      this.#odd('call-ended');
      this.#waiting.settled.push(id);
      return;
    }
    switch (item.kind) {
      case 'calls-found':
        this.#adoptOld(item);
        this.#waiting.settled.push(...this.#comparisons.add(item, id, this.#now));
        if (this.#retry) this.#retryWaiting();
        return;
      case 'queues-found':
        this.#comparisons.add(item, id, this.#now);
        return;
      case 'agents-found':
        for (const { dn, agentId } of item.dns)
          this.agents.found({ site: item.site, since: item.since, at, now: this.#now, dn, agentId });
        break;
      default: {
        const done = this.#route(item);
        this.#hear(item.site, connectionOf(item.kind), item.at);
        if (!done) {
          if (this.#waiting.add(id, item, this.#now)) this.#odd('unknown-call');
          return;
        }
      }
    }
    if (this.#retry) this.#retryWaiting();
    this.#waiting.settled.push(id);
  }

  /** Part of a call was lost: what has been told of it is closed, the rest is not told. `now`: stream time, ms. */
  drop(site: string, call: string, now: number): void {
    this.#now = Math.max(this.#now, now);
    const conversation = this.#directory.ofCall(callKey(site, call));
    if (conversation !== undefined && conversation.overAt === undefined)
      this.#step(conversation, { kind: 'gone', at: this.#now * 1000 });
  }

  /** Lets time pass: ends the waits that are over at `now` (stream time, ms). */
  advance(now: number): void {
    for (const expired of this.#waiting.takeExpired(now)) {
      this.#now = Math.max(this.#now, expired.due);
      if (!this.#routeAtLast(expired.input)) this.#odd('unknown-call');
    }
    for (let due = this.#comparisons.takeDue(now); due !== undefined; due = this.#comparisons.takeDue(now)) {
      this.#now = Math.max(this.#now, Math.min(now, due.due));
      this.#compare(due);
    }
    const { lostMs } = this.#options.settings;
    for (let due = this.#directory.takeDue(now); due !== undefined; due = this.#directory.takeDue(now)) {
      this.#now = Math.max(this.#now, Math.min(now, nextDue(due, lostMs) ?? now));
      const lost = due.overAt === undefined && due.touchedAt + lostMs <= this.#now;
      this.#step(due, lost ? { kind: 'gone', at: this.#now * 1000 } : { kind: 'settle' });
    }
    if (this.#retry) this.#retryWaiting();
  }

  /** Looks again at conversations that wait for another connection; once for a batch of items is enough. */
  settle(): void {
    for (const key of this.#directory.unsettled()) {
      const conversation = this.#directory.get(key);
      if (conversation !== undefined) this.#step(conversation, { kind: 'settle' });
    }
  }

  takeEffects(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** Names of the items that are dealt with. */
  takeSettled(): string[] {
    return this.#waiting.takeSettled();
  }

  /** Answers false when the event has to wait for its call. */
  #route(input: EngageInput): boolean {
    switch (input.kind) {
      case 'agent-login':
      case 'agent-logout':
        this.agents.told(input, this.#now);
        return true;
      case 'call-created':
        this.#created(input);
        return true;
      case 'disposition':
      case 'mute': {
        const conversation = this.#ofExtension(input);
        if (conversation === undefined) return false;
        if (!conversation.legs.some((leg) => leg.dn === input.dn && leg.site === input.site)) return false;
        this.#step(conversation, input);
        return true;
      }
      case 'queued':
      case 'diverted':
      case 'abandoned':
        return this.#awaitsParties(input) ? false : this.#stepOf(callKey(input.site, input.call), input);
      default:
        return this.#ofMonitoring(input);
    }
  }

  #ofMonitoring(
    input: Exclude<
      EngageInput,
      QueueEvent | { kind: `agent-${string}` | 'call-created' | 'disposition' | 'mute' }
    >,
  ): boolean {
    const key = callKey(input.site, input.call);
    const here = this.#directory.ofCall(key);
    if (here === undefined) return false;
    if (input.kind === 'party-moved') this.#bringTogether(callKey(input.site, input.newCall), key, input);
    else if (input.kind === 'call-deleted' && input.into !== undefined)
      this.#bringTogether(callKey(input.site, input.into), key, input);
    else if (input.kind === 'party-added') {
      this.#retry = true;
      // A party that another conversation knows goes on here: the two belong together.
      const other =
        input.ref === undefined || hasParty(here, input.ref)
          ? undefined
          : this.#directory.withParty(input.ref, here);
      if (other !== undefined) this.#join(here, other, input);
    }
    this.#stepOf(key, input);
    if (input.kind === 'call-data') this.#link(key, input.links, input.at);
    return true;
  }

  /**
   * The call is known, but not yet who takes part in it, or its half on another site: a queue that has been left
   * meanwhile must neither begin and end it alone, nor open it as a call of its own.
   */
  #awaitsParties(input: QueueEvent): boolean {
    const { severalSites, waitMs } = this.#options.settings;
    const conversation = this.#directory.ofCall(callKey(input.site, input.call));
    const call = conversation && callIn(conversation, input.site, input.call);
    if (call === undefined || call.seen + waitMs <= this.#now) return false;
    // The parties follow the creation of a call, and its links come before them.
    if (!severalSites || call.links.length === 0) return call.parties.length === 0 && call.left === 0;
    return call.links.every((link) => this.#directory.linked(link).every((other) => other === call.key));
  }

  /** The wait is over: what can be done without the call is done. */
  #routeAtLast(input: EngageInput): boolean {
    if (this.#route(input)) return true;
    if (input.kind === 'queued' && this.#world().facts.queue(input.site, input.queue) !== undefined) {
      if (!this.#stepOf(callKey(input.site, input.call), input)) this.#keepStep(begin(input, this.#world()));
      return true;
    }
    if (input.kind !== 'disposition' && input.kind !== 'mute') return false;
    const conversation = this.#ofExtension(input);
    if (conversation === undefined) return false;
    this.#step(conversation, input);
    return true;
  }

  #created(input: Extract<EngageInput, { kind: 'call-created' }>): void {
    const { site, origCall, origConnId } = input;
    const key = callKey(site, input.call);
    const main =
      (origCall === undefined ? undefined : this.#directory.ofCall(callKey(site, origCall))) ??
      (origConnId === undefined ? undefined : this.#directory.ofConn(site, origConnId));
    const conversation = this.#directory.ofCall(key) ?? main;
    if (conversation === undefined) this.#keepStep(begin(input, this.#world()));
    else this.#step(conversation, input);
    this.#retry = true;
    this.#link(key, input.links, input.at);
  }

  #stepOf(call: CallKey, input: ConversationInput): boolean {
    const conversation = this.#directory.ofCall(call);
    if (conversation === undefined) return false;
    this.#step(conversation, input);
    return true;
  }

  #step(conversation: Conversation, input: ConversationInput): void {
    this.#keepStep(next(conversation, input, this.#world()));
  }

  #keepStep(step: Step): void {
    for (const oddity of step.odd) this.#odd(oddity);
    if (step.done) this.#directory.close(step.state);
    else this.#directory.keep(step.state);
    this.#effects.push({ conversation: step.state, changes: step.changes, forgotten: step.done });
  }

  #link(key: CallKey, links: readonly string[] | undefined, at: number): void {
    for (const link of links ?? [])
      for (const other of this.#directory.linked(link)) if (other !== key) this.#bringLinked(key, other, at);
  }

  #bringTogether(intoCall: CallKey, fromCall: CallKey, why: Joining): void {
    const into = this.#directory.ofCall(intoCall);
    const from = this.#directory.ofCall(fromCall);
    if (into !== undefined && from !== undefined && into !== from) this.#join(into, from, why);
  }

  /** Of two halves of a call the earlier one is the conversation. */
  #bringLinked(one: CallKey, two: CallKey, at: number): void {
    const [first, second] = [this.#directory.ofCall(one), this.#directory.ofCall(two)];
    if (first === undefined || second === undefined || first === second) return;
    if ((first.calls[0]?.at ?? 0) <= (second.calls[0]?.at ?? 0)) this.#join(first, second, { at });
    else this.#join(second, first, { at });
  }

  /** Where only one of the two was told, it is the one that goes on. */
  #join(into: Conversation, from: Conversation, why: Joining): void {
    if (isClosed(into) && isClosed(from)) return;
    const swap = isClosed(into) || (!into.told && from.told && !isClosed(from));
    const [target, source] = swap ? [from, into] : [into, from];
    const unsaid = why.cause === undefined || why.cause === 'Empty';
    const joins = why.cause === 'Conference' || (unsaid && shareParty(into, from));
    const how = joins ? 'TransferConference' : 'Transfer';
    const merged = mergeInto(target, source, why.at, how);
    this.#directory.forget(source);
    if (merged.source === undefined)
      this.#effects.push({ conversation: source, changes: [], forgotten: true });
    else {
      this.#directory.keep(merged.source);
      this.#effects.push({ conversation: merged.source, changes: merged.sourceChanges, forgotten: false });
    }
    this.#directory.keep(merged.target);
    this.#step(merged.target, { kind: 'settle' });
    this.#retry = true;
  }

  /** Calls that were missed: their events come from now on. */
  #adoptOld(item: CallsFound): void {
    for (const { created, parties } of item.calls) {
      const key = callKey(created.site, created.call);
      // A younger one may still be on its way.
      const young = created.at > (item.since - this.#options.settings.waitMs) * 1000;
      if (!young && this.#directory.ofCall(key) === undefined)
        this.#adopt(item, created, parties, this.#now * 1000);
    }
  }

  #adopt(item: CallsFound, created: CallCreated, parties: readonly PartyAdded[], at: number): void {
    const { site, since } = item;
    const key = callKey(created.site, created.call);
    if (this.#directory.isPast(key)) return;
    if (this.#directory.ofCall(key) === undefined) this.#created(created);
    this.#stepOf(key, { kind: 'call-found', site, since, at, created, parties });
  }

  #compare(comparison: Comparison): void {
    const { item, at, ids } = comparison;
    if (item.kind === 'queues-found') {
      for (const { call, input } of queueDifferences(this.#directory, item, at)) this.#stepOf(call, input);
      const rest = ofUnknownCalls(this.#directory, item);
      if (rest === undefined || !this.#comparisons.putOff(comparison, rest))
        this.#waiting.settled.push(...ids);
      return;
    }
    this.#waiting.settled.push(...ids);
    for (const { created, parties } of item.calls) this.#adopt(item, created, parties, at);
    const named = namedCalls(item, callKey);
    for (const { call, input } of missingCalls(this.#directory, item, named, at)) this.#stepOf(call, input);
  }

  #retryWaiting(): void {
    this.#retry = false;
    if (this.#waiting.size > 0) this.#waiting.retry((input) => this.#route(input));
  }

  #hear(site: string, connection: Connection, at: number): void {
    const key = `${site} ${connection}`;
    if ((this.#heard.get(key) ?? -1) < at) this.#heard.set(key, at);
  }

  /** By call, else by connection, else by the DN alone. */
  #ofExtension(input: Extract<EngageInput, { kind: 'disposition' | 'mute' }>): Conversation | undefined {
    const { site, call, connId, dn } = input;
    if (call !== undefined) return this.#directory.ofCall(callKey(site, call));
    if (connId !== undefined) return this.#directory.ofConn(site, connId);
    return this.#directory.lastOfAgent(site, dn);
  }

  #world(): World {
    const { settings, facts } = this.#options;
    return {
      now: this.#now,
      facts: facts(),
      settings,
      occupant: (site, dn, at) => this.agents.occupant(site, dn, at),
      caughtUp: (site, connection, at) => (this.#heard.get(`${site} ${connection}`) ?? -1) > at,
    };
  }

  #odd(oddity: Oddity): void {
    this.#options.onOdd?.(oddity);
  }
}
