/** All open conversations together: finds the one an event belongs to, and lets events wait for their call. */

import type { Cause } from '@exec/engage-link/wire';
import type { Connection, EngageInput } from '../intake/inputs.ts';
import { connectionOf } from '../intake/inputs.ts';
import type { CallsFound, Item, QueuesFound, Snapshot } from '../intake/items.ts';
import { Agents, type DnShifts } from './agents.ts';
import type { Change } from './changes.ts';
import { isWaiting, nextDue } from './deadlines.ts';
import { DueTimes } from './due-times.ts';
import { mergeInto } from './merge.ts';
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

export class Switchboard {
  readonly agents = new Agents();
  readonly #options: SwitchboardOptions;
  readonly #conversations = new Map<string, Conversation>();
  readonly #byCall = new Map<CallKey, string>();
  readonly #byConn = new Map<string, CallKey>();
  /** Link between sites → the calls that have named it. */
  readonly #byLink = new Map<string, Set<CallKey>>();
  readonly #due = new DueTimes();
  readonly #heard = new Map<string, number>();
  readonly #unsettled = new Set<string>();
  readonly #waiting: Waiting;
  readonly #named = new Map<string, Set<CallKey>>();
  #effects: Effect[] = [];
  #now = 0;

  constructor(options: SwitchboardOptions) {
    this.#options = options;
    this.#waiting = new Waiting(options.settings.waitMs);
  }

  get size(): number {
    return this.#conversations.size;
  }

  /** Conversations that are not over. */
  get open(): number {
    let count = 0;
    for (const conversation of this.#conversations.values()) if (conversation.overAt === undefined) count++;
    return count;
  }

  /** Stream time at which something is due, undefined when nothing is. */
  get nextDue(): number | undefined {
    const times = [this.#due.first, this.#waiting.firstDue].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  conversation(key: string): Conversation | undefined {
    return this.#conversations.get(key);
  }

  /** What an earlier holder left. */
  load(conversations: Iterable<Conversation>, agents: Iterable<DnShifts>): void {
    for (const conversation of conversations) this.#keep(conversation);
    this.agents.load(agents);
  }

  /**
   * Takes an item that was stored at `now` (stream time, ms). `id` names it; it is given back by
   * {@link takeSettled} when nothing waits for it any more.
   */
  accept(item: Item, now: number, id: string): void {
    this.advance(now);
    this.#now = Math.max(this.#now, now);
    switch (item.kind) {
      case 'calls-found':
        this.#callsFound(item);
        break;
      case 'queues-found':
        this.#queuesFound(item);
        break;
      case 'agents-found':
        for (const { dn, agentId } of item.dns)
          this.agents.found({ ...sinceOf(item, this.#now), dn, agentId });
        break;
      default: {
        const connection = connectionOf(item.kind);
        if (this.#route(item)) {
          if (item.kind === 'call-created' || item.kind === 'party-added') this.#retryWaiting();
        } else {
          const dropped = this.#waiting.add(id, item, this.#now);
          if (dropped) this.#odd('unknown-call');
          this.#hear(item.site, connection, item.at);
          return;
        }
        this.#hear(item.site, connection, item.at);
      }
    }
    this.#waiting.settled.push(id);
  }

  /** Part of a call was lost: what has been told of it is closed, the rest is not told. `now`: stream time, ms. */
  drop(site: string, call: string, now: number): void {
    this.#now = Math.max(this.#now, now);
    const conversation = this.#ofCall(callKey(site, call));
    if (conversation !== undefined && conversation.overAt === undefined)
      this.#step(conversation, { kind: 'gone', at: this.#now * 1000 });
  }

  /** Lets time pass: ends the waits that are over at `now` (stream time, ms). */
  advance(now: number): void {
    for (const expired of this.#waiting.takeExpired(now)) {
      this.#now = Math.max(this.#now, expired.due);
      if (!this.#routeAtLast(expired.input)) this.#odd('unknown-call');
    }
    for (let key = this.#due.take(now); key !== undefined; key = this.#due.take(now)) {
      const conversation = this.#conversations.get(key);
      if (conversation === undefined) continue;
      this.#now = Math.max(
        this.#now,
        Math.min(now, nextDue(conversation, this.#options.settings.lostMs) ?? now),
      );
      const lost =
        conversation.overAt === undefined &&
        conversation.touchedAt + this.#options.settings.lostMs <= this.#now;
      this.#step(conversation, lost ? { kind: 'gone', at: this.#now * 1000 } : { kind: 'settle' });
    }
  }

  /** Looks again at conversations that wait for another connection; once for a batch of items is enough. */
  settle(): void {
    for (const key of [...this.#unsettled]) {
      const conversation = this.#conversations.get(key);
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
      default: {
        const key = callKey(input.site, input.call);
        if (this.#ofCall(key) === undefined) return false;
        const other = otherCall(input);
        if (other !== undefined) this.#bringTogether(callKey(input.site, other), key, input);
        if (input.kind === 'party-added' && input.ref !== undefined) this.#followParty(key, input.ref, input);
        const conversation = this.#ofCall(key);
        if (conversation !== undefined) this.#step(conversation, input);
        if (input.kind === 'call-data' && input.links !== undefined) this.#link(key, input.links, input.at);
        return true;
      }
    }
  }

  /** The wait is over: what can be done without the call is done. */
  #routeAtLast(input: EngageInput): boolean {
    if (this.#route(input)) return true;
    if (input.kind === 'queued' && this.#world().facts.queue(input.site, input.queue) !== undefined) {
      this.#keepStep(begin(input, this.#world()));
      return true;
    }
    if (input.kind !== 'disposition' && input.kind !== 'mute') return false;
    const conversation = this.#ofExtension(input);
    if (conversation === undefined) return false;
    this.#step(conversation, input);
    return true;
  }

  #created(input: Extract<EngageInput, { kind: 'call-created' }>): void {
    const key = callKey(input.site, input.call);
    const main =
      (input.origCall === undefined ? undefined : this.#ofCall(callKey(input.site, input.origCall))) ??
      (input.origConnId === undefined ? undefined : this.#ofConn(input.site, input.origConnId));
    const conversation = this.#ofCall(key) ?? main;
    if (conversation === undefined) this.#keepStep(begin(input, this.#world()));
    else this.#step(conversation, input);
    if (input.links !== undefined) this.#link(key, input.links, input.at);
  }

  #step(conversation: Conversation, input: ConversationInput): void {
    this.#keepStep(next(conversation, input, this.#world()));
  }

  #keepStep(step: Step): void {
    for (const oddity of step.odd) this.#odd(oddity);
    if (step.done) this.#forget(step.state);
    else this.#keep(step.state);
    this.#effects.push({ conversation: step.state, changes: step.changes, forgotten: step.done });
  }

  #keep(conversation: Conversation): void {
    const { key } = conversation;
    this.#conversations.set(key, conversation);
    for (const call of conversation.calls) {
      this.#byCall.set(call.key, key);
      for (const connId of call.connIds) this.#byConn.set(`${call.site}/${connId}`, call.key);
      for (const link of call.links) this.#linked(link).add(call.key);
    }
    this.#due.set(key, nextDue(conversation, this.#options.settings.lostMs));
    if (isWaiting(conversation)) this.#unsettled.add(key);
    else this.#unsettled.delete(key);
  }

  #forget(conversation: Conversation): void {
    const { key } = conversation;
    this.#conversations.delete(key);
    this.#due.set(key, undefined);
    this.#unsettled.delete(key);
    for (const call of conversation.calls) {
      if (this.#byCall.get(call.key) !== key) continue;
      this.#byCall.delete(call.key);
      for (const connId of call.connIds) this.#byConn.delete(`${call.site}/${connId}`);
      for (const link of call.links) {
        this.#byLink.get(link)?.delete(call.key);
        if (this.#byLink.get(link)?.size === 0) this.#byLink.delete(link);
      }
    }
  }

  #link(key: CallKey, links: readonly string[], at: number): void {
    for (const link of links)
      for (const other of [...this.#linked(link)]) if (other !== key) this.#bringLinked(key, other, at);
  }

  #linked(link: string): Set<CallKey> {
    const calls = this.#byLink.get(link) ?? new Set<CallKey>();
    this.#byLink.set(link, calls);
    return calls;
  }

  /** A party that another conversation knows takes part here: the two belong together. */
  #followParty(key: CallKey, party: string, why: Joining): void {
    const here = this.#ofCall(key);
    if (here === undefined || hasParty(here, party)) return;
    for (const conversation of this.#conversations.values())
      if (conversation !== here && conversation.overAt === undefined && hasParty(conversation, party)) {
        this.#join(here, conversation, why);
        return;
      }
  }

  #bringTogether(intoCall: CallKey, fromCall: CallKey, why: Joining): void {
    const into = this.#ofCall(intoCall);
    const from = this.#ofCall(fromCall);
    if (into !== undefined && from !== undefined && into !== from) this.#join(into, from, why);
  }

  /** Of two halves of a call the earlier one is the conversation. */
  #bringLinked(one: CallKey, two: CallKey, at: number): void {
    const [first, second] = [this.#ofCall(one), this.#ofCall(two)];
    if (first === undefined || second === undefined || first === second) return;
    if ((first.calls[0]?.at ?? 0) <= (second.calls[0]?.at ?? 0)) this.#join(first, second, { at });
    else this.#join(second, first, { at });
  }

  /** Only one that was told: it goes on. */
  #join(into: Conversation, from: Conversation, why: Joining): void {
    const [target, source] = !into.open && from.open ? [from, into] : [into, from];
    const how = why.cause === 'Conference' ? 'TransferConference' : 'Transfer';
    const merged = mergeInto(target, source, why.at, how);
    this.#forget(source);
    if (merged.source !== undefined) {
      this.#keep(merged.source);
      this.#effects.push({ conversation: merged.source, changes: merged.sourceChanges, forgotten: false });
    } else this.#effects.push({ conversation: source, changes: [], forgotten: true });
    this.#keep(merged.target);
    this.#effects.push({ conversation: merged.target, changes: merged.targetChanges, forgotten: false });
    this.#step(merged.target, { kind: 'settle' });
  }

  #callsFound(item: CallsFound): void {
    const named = this.#named.get(item.session) ?? new Set<CallKey>();
    this.#named.set(item.session, named);
    const at = this.#now * 1000;
    for (const { created, parties } of item.calls) {
      const key = callKey(created.site, created.call);
      named.add(key);
      if (this.#ofCall(key) === undefined) this.#created(created);
      const conversation = this.#ofCall(key);
      if (conversation !== undefined)
        this.#step(conversation, { kind: 'call-found', site: item.site, at, created, parties });
    }
    this.#retryWaiting();
    if (!item.complete) return;
    this.#named.delete(item.session);
    for (const conversation of [...this.#conversations.values()])
      for (const call of conversation.calls)
        if (
          call.site === item.site &&
          call.endedAt === undefined &&
          call.seen < item.since &&
          !named.has(call.key)
        )
          this.#missing(call.key, at);
  }

  #missing(key: CallKey, at: number): void {
    const conversation = this.#ofCall(key);
    const call = conversation?.calls.find((candidate) => candidate.key === key);
    if (conversation === undefined || call === undefined) return;
    this.#step(conversation, { kind: 'call-missing', site: call.site, call: call.uuid, at });
  }

  #queuesFound(item: QueuesFound): void {
    const at = this.#now * 1000;
    for (const { queue, calls } of item.queues) {
      for (const call of calls) {
        const conversation = this.#ofCall(callKey(item.site, call));
        if (conversation !== undefined)
          this.#step(conversation, { kind: 'queue-found', site: item.site, at, queue, call, present: true });
      }
    }
    const waitingIn = new Map(item.queues.map(({ queue, calls }) => [queue, new Set<string>(calls)]));
    for (const conversation of [...this.#conversations.values()])
      for (const leg of conversation.legs) {
        const calls = leg.kind === 'queue' && leg.site === item.site ? waitingIn.get(leg.dn) : undefined;
        if (calls === undefined || leg.endedAt !== undefined || leg.seen >= item.since) continue;
        const call = conversation.calls.find((candidate) => candidate.key === leg.home);
        const current = this.#conversations.get(conversation.key);
        if (call === undefined || current === undefined || calls.has(call.uuid)) continue;
        this.#step(current, {
          kind: 'queue-found',
          site: item.site,
          at,
          queue: leg.dn,
          call: call.uuid,
          present: false,
        });
      }
  }

  #retryWaiting(): void {
    if (this.#waiting.size === 0) return;
    this.#waiting.retry((input) => this.#route(input));
  }

  #hear(site: string, connection: Connection, at: number): void {
    const key = `${site} ${connection}`;
    if ((this.#heard.get(key) ?? -1) < at) this.#heard.set(key, at);
  }

  #ofCall(key: CallKey): Conversation | undefined {
    const conversation = this.#byCall.get(key);
    return conversation === undefined ? undefined : this.#conversations.get(conversation);
  }

  #ofConn(site: string, connId: string): Conversation | undefined {
    const call = this.#byConn.get(`${site}/${connId}`);
    return call === undefined ? undefined : this.#ofCall(call);
  }

  /** By call, else by connection, else the newest conversation in which the DN had an agent's leg. */
  #ofExtension(input: Extract<EngageInput, { kind: 'disposition' | 'mute' }>): Conversation | undefined {
    if (input.call !== undefined) return this.#ofCall(callKey(input.site, input.call));
    if (input.connId !== undefined) return this.#ofConn(input.site, input.connId);
    let newest: Conversation | undefined;
    let newestAt = -1;
    for (const conversation of this.#conversations.values())
      for (const leg of conversation.legs)
        if (leg.kind === 'user' && leg.dn === input.dn && leg.site === input.site && leg.at > newestAt) {
          newest = conversation;
          newestAt = leg.at;
        }
    return newest;
  }

  #odd(oddity: Oddity): void {
    this.#options.onOdd?.(oddity);
  }
}

/** When and why two conversations become one. */
interface Joining {
  readonly at: number;
  readonly cause?: Cause | undefined;
}

function sinceOf(item: Snapshot, now: number) {
  return { site: item.site, since: item.since, at: now * 1000, now };
}

/** The call that an event names besides its own. */
function otherCall(input: EngageInput): string | undefined {
  if (input.kind === 'party-moved') return input.newCall;
  return input.kind === 'call-deleted' ? input.into : undefined;
}

function hasParty(conversation: Conversation, party: string): boolean {
  return conversation.calls.some((call) => call.parties.some((candidate) => candidate.id === party));
}
