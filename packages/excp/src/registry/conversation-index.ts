/** All conversations that are known, found by call, by connection, by the links between sites, by party and by DN. */
import type { EngageMicros, StreamMs } from '@exec/common/instants';
import { type Need, needsOf, nextDue } from '../conversation/deadlines.ts';
import { conversationOf, type EndedText, endedText } from '../conversation/ended.ts';
import { wasThere } from '../conversation/legs.ts';
import { type Call, type CallKey, type Conversation, callKey } from '../conversation/state.ts';
import type { ModelSettings } from '../conversation/step-context.ts';
import type { DispositionSet, Muted } from '../events/engage-events.ts';
import { DeadlineQueue } from './deadline-queue.ts';

/** Forgotten calls that are remembered by name: hours of a large site. */
const pastMax = 50_000;

export class ConversationIndex {
  readonly #settings: ModelSettings;
  /** What is over is text: it is read when somebody asks for it. */
  readonly #conversations = new Map<string, Conversation | EndedText>();
  /** Of calls whose name is not that of their conversation. */
  readonly #byCall = new Map<CallKey, string>();
  readonly #byConn = new Connections();
  readonly #links = new Links();
  readonly #places = new Places();
  readonly #due = new DeadlineQueue();
  /** What conversations wait for that a connection may still tell. */
  readonly #needs = new Map<string, readonly Need[]>();
  /** Calls of conversations that were forgotten, oldest first: what still comes for them must not begin a new one. */
  readonly #past = new Set<CallKey>();
  #open = 0;

  /** `settings`: how long a conversation may live. */
  constructor(settings: ModelSettings) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#conversations.size;
  }

  /** Conversations that are not over. */
  get open(): number {
    return this.#open;
  }

  /** Stream time at which the first conversation is due, undefined when none ever is. */
  get firstDue(): StreamMs | undefined {
    return this.#due.first;
  }

  /** All, as they are kept. */
  kept(): Iterable<readonly [key: string, Conversation | EndedText]> {
    return this.#conversations;
  }

  /** All in which a call or a leg may last. */
  lasting(): Conversation[] {
    return [...this.#conversations.values()].filter((one) => typeof one !== 'string');
  }

  get(key: string): Conversation | undefined {
    const kept = this.#conversations.get(key);
    return typeof kept === 'string' ? conversationOf({ key, text: kept }) : kept;
  }

  ofCall(key: CallKey): Conversation | undefined {
    const conversation = this.get(this.#byCall.get(key) ?? key);
    return conversation?.calls.some((call) => call.key === key) === true ? conversation : undefined;
  }

  ofConn(site: string, connId: string): Conversation | undefined {
    const call = this.#byConn.get(site, connId);
    return call === undefined ? undefined : this.ofCall(call);
  }

  /** Calls that have named a link. */
  linked(link: string): CallKey[] {
    return this.#links.of(link);
  }

  /** Conversations in which something waits for what another connection may tell, with what they wait for. */
  needs(): [key: string, needs: readonly Need[]][] {
    return [...this.#needs];
  }

  /** Takes out the next conversation that is due at `now`. */
  takeDue(now: StreamMs): Conversation | undefined {
    for (let key = this.#due.take(now); key !== undefined; key = this.#due.take(now)) {
      const conversation = this.get(key);
      if (conversation !== undefined) return conversation;
    }
    return undefined;
  }

  /** Stores a conversation, new or changed. `text`: of one that is over, where it is known. */
  keep(conversation: Conversation, text: EndedText | undefined = endedText(conversation)): void {
    const { key } = conversation;
    const before = this.get(key);
    this.#places.replace(before, conversation);
    this.#count(before, -1);
    this.#count(conversation, 1);
    this.#conversations.set(key, text ?? conversation);
    for (const call of before?.calls ?? []) this.#byConn.remove(call);
    for (const call of conversation.calls) {
      if (call.key === key) this.#byCall.delete(key);
      else this.#byCall.set(call.key, key);
      this.#byConn.add(call);
      this.#links.add(call);
    }
    this.#due.set(key, nextDue(conversation, this.#settings));
    const needs = needsOf(conversation, this.#settings);
    if (needs.length > 0) this.#needs.set(key, needs);
    else this.#needs.delete(key);
  }

  forget(conversation: Conversation): void {
    const { key } = conversation;
    const before = this.get(key);
    this.#count(before, -1);
    this.#places.replace(before, undefined);
    this.#due.set(key, undefined);
    this.#needs.delete(key);
    for (const call of conversation.calls) {
      if ((this.#byCall.get(call.key) ?? call.key) !== key) continue;
      this.#byCall.delete(call.key);
      this.#byConn.remove(call);
      this.#links.remove(call.key);
    }
    this.#conversations.delete(key);
  }

  /** Forgets a conversation in which nothing can happen any more. */
  close(conversation: Conversation): void {
    this.forget(conversation);
    for (const call of conversation.calls) this.addPast(call.key);
  }

  /** What still comes for a call is left out. */
  addPast(call: CallKey): void {
    this.#past.add(call);
    for (const oldest of this.#past) {
      if (this.#past.size <= pastMax) break;
      this.#past.delete(oldest);
    }
  }

  isPast(call: CallKey): boolean {
    return this.#past.has(call);
  }

  /** Of what an agent did at a DN: by call, else by connection, else by the DN alone. */
  ofExtension(input: DispositionSet | Muted): Conversation | undefined {
    const { site, call, connId, dn } = input;
    if (call !== undefined) return this.ofCall(callKey(site, call));
    if (connId !== undefined) return this.ofConn(site, connId);
    return input.kind === 'mute' ? this.ofAgentAt(site, dn, input.at) : this.lastOfAgent(site, dn);
  }

  /** The open conversation that has a party. */
  withParty(party: string, except: Conversation): Conversation | undefined {
    for (const conversation of this.#named(this.#places.ofParty(party)))
      if (conversation !== except && conversation.overAt === undefined && hasParty(conversation, party))
        return conversation;
    return undefined;
  }

  /** The conversation in which a DN had its newest agent's leg; one that has ended goes before one that lasts. */
  lastOfAgent(site: string, dn: string): Conversation | undefined {
    let newest: Conversation | undefined;
    let newestAt = Number.NEGATIVE_INFINITY;
    for (const conversation of this.#named(this.#places.ofAgent(site, dn)))
      for (const leg of conversation.legs) {
        if (leg.kind !== 'user' || leg.dn !== dn || leg.site !== site) continue;
        // An end that is held back is one.
        const at = leg.endedAt ?? leg.leaving?.at ?? leg.at - 1e16;
        if (at <= newestAt) continue;
        newest = conversation;
        newestAt = at;
      }
    return newest;
  }

  /** The conversation in which a DN had an agent's leg at an event time. */
  ofAgentAt(site: string, dn: string, at: EngageMicros): Conversation | undefined {
    return this.#named(this.#places.ofAgent(site, dn)).find(({ legs }) =>
      legs.some((leg) => leg.kind === 'user' && leg.dn === dn && leg.site === site && wasThere(leg, at)),
    );
  }

  #named(keys: Iterable<string>): Conversation[] {
    return [...keys].flatMap((key) => this.get(key) ?? []);
  }

  #count(conversation: Conversation | undefined, by: 1 | -1): void {
    if (conversation !== undefined && conversation.overAt === undefined) this.#open += by;
  }
}

export function hasParty(conversation: Conversation, party: string): boolean {
  return conversation.calls.some((call) => call.parties.some((candidate) => candidate.id === party));
}

/** The call of that site and CallUUID in a conversation. */
export function callIn(conversation: Conversation, site: string, uuid: string) {
  const key = callKey(site, uuid);
  return conversation.calls.find((call) => call.key === key);
}

/** Which call has a ConnID, at which site. */
class Connections {
  readonly #bySite = new Map<string, Map<string, CallKey>>();

  get(site: string, connId: string): CallKey | undefined {
    return this.#bySite.get(site)?.get(connId);
  }

  add({ key, site, connIds }: Call): void {
    if (connIds.length === 0) return;
    const known = this.#bySite.get(site) ?? new Map<string, CallKey>();
    this.#bySite.set(site, known);
    for (const connId of connIds) known.set(connId, key);
  }

  /** But for those that another call has by now. */
  remove({ key, site, connIds }: Call): void {
    const known = this.#bySite.get(site);
    for (const connId of connIds) if (known?.get(connId) === key) known.delete(connId);
  }
}

/** Which calls have named which links, until they are forgotten: also those of which nothing else is kept. */
class Links {
  readonly #byLink = new Map<string, Set<CallKey>>();
  readonly #byCall = new Map<CallKey, Set<string>>();

  of(link: string): CallKey[] {
    return [...(this.#byLink.get(link) ?? [])];
  }

  add({ key, links }: Call): void {
    for (const link of links) {
      this.#byLink.set(link, (this.#byLink.get(link) ?? new Set<CallKey>()).add(key));
      this.#byCall.set(key, (this.#byCall.get(key) ?? new Set<string>()).add(link));
    }
  }

  remove(call: CallKey): void {
    for (const link of this.#byCall.get(call) ?? []) {
      const calls = this.#byLink.get(link);
      calls?.delete(call);
      if (calls?.size === 0) this.#byLink.delete(link);
    }
    this.#byCall.delete(call);
  }
}

/** In which conversations a party or a DN takes part: found without looking through all of them. */
class Places {
  readonly #byParty = new Map<string, Set<string>>();
  readonly #byAgent = new Map<string, Set<string>>();

  /** One state of a conversation takes the place of the other; undefined: there is none. */
  replace(before: Conversation | undefined, after: Conversation | undefined): void {
    exchange(this.#byParty, before, after, partiesOf);
    exchange(this.#byAgent, before, after, agentsOf);
  }

  /** Keys of the conversations that have a party, in the order in which it came to them. */
  ofParty(party: string): Iterable<string> {
    return this.#byParty.get(party) ?? [];
  }

  /** Keys of the conversations in which an agent's leg is, or was, at a DN. */
  ofAgent(site: string, dn: string): Iterable<string> {
    return this.#byAgent.get(`${site}/${dn}`) ?? [];
  }
}

function exchange(
  index: Map<string, Set<string>>,
  before: Conversation | undefined,
  after: Conversation | undefined,
  namesOf: (conversation: Conversation) => readonly string[],
): void {
  const key = (after ?? before)?.key ?? '';
  const old = before === undefined ? [] : namesOf(before);
  const now = after === undefined ? [] : namesOf(after);
  // Most steps leave both as they were.
  if (old.length === now.length && old.every((name, place) => name === now[place])) return;
  const kept = new Set(now);
  for (const name of old) {
    if (kept.has(name)) continue;
    const keys = index.get(name);
    keys?.delete(key);
    if (keys?.size === 0) index.delete(name);
  }
  for (const name of kept) {
    const keys = index.get(name);
    if (keys === undefined) index.set(name, new Set([key]));
    else keys.add(key);
  }
}

function partiesOf({ calls }: Conversation): string[] {
  return calls.flatMap((call) => call.parties.map((party) => party.id));
}

function agentsOf({ legs }: Conversation): string[] {
  return legs.filter((leg) => leg.kind === 'user').map((leg) => `${leg.site}/${leg.dn}`);
}
