/** Judges the order of what one connection told: pure, over the frames as they came. */
import type { Frame } from '@exec/engage-link/wire';

export interface OrderJudge {
  /** What is out of order in this frame, if anything is. */
  take(frame: Frame): string | undefined;
}

interface Call {
  readonly parties: Set<string>;
  /** Of the newest event, in microseconds. */
  time: number;
}

const callEvents = new Set([
  'EventCallCreated',
  'EventCallDataChanged',
  'EventCallPartyAdded',
  'EventCallPartyState',
  'EventCallPartyMoved',
  'EventCallPartyDeleted',
  'EventCallDeleted',
]);

/** Calls, their parties and their times on one monitoring connection. */
export class CallOrder implements OrderJudge {
  readonly #calls = new Map<string, Call>();
  readonly #ended = new Set<string>();
  /** Calls that were live before and may not have been named: nothing can be said of them. */
  readonly #unreliable: () => boolean;

  constructor(unreliable: () => boolean = () => false) {
    this.#unreliable = unreliable;
  }

  /** Calls that are live now. */
  get live(): ReadonlyMap<string, unknown> {
    return this.#calls;
  }

  take({ message, attributes }: Frame): string | undefined {
    if (!callEvents.has(message)) return undefined;
    const uuid = textOf(attributes.CallUUID);
    if (uuid === undefined) return undefined;
    if (message === 'EventCallCreated') return this.#created(uuid, attributes);
    const call = this.#calls.get(uuid);
    if (call === undefined) {
      if (this.#ended.has(uuid)) return `${message} after EventCallDeleted`;
      return this.#unreliable() ? undefined : `${message} before EventCallCreated`;
    }
    return this.#happened(message, attributes, uuid, call);
  }

  #created(uuid: string, attributes: Frame['attributes']): string | undefined {
    const resync = isResync(attributes);
    const known = this.#calls.get(uuid);
    this.#ended.delete(uuid);
    this.#calls.set(uuid, { parties: new Set(), time: timeOf(attributes) ?? 0 });
    return known !== undefined && !resync ? 'EventCallCreated for a call that is live' : undefined;
  }

  #happened(message: string, attributes: Frame['attributes'], uuid: string, call: Call): string | undefined {
    const party = textOf(attributes.PartyUUID) ?? '';
    const late = this.#late(message, attributes, call);
    switch (message) {
      case 'EventCallPartyAdded':
        if (call.parties.has(party)) return 'EventCallPartyAdded for a party that is in the call';
        call.parties.add(party);
        return late;
      case 'EventCallPartyState':
        return call.parties.has(party) ? late : 'EventCallPartyState before EventCallPartyAdded';
      case 'EventCallPartyMoved':
        if (!call.parties.delete(party)) return 'EventCallPartyMoved for a party that is not in the call';
        this.#calls.get(textOf(attributes.NewCallUUID) ?? '')?.parties.add(party);
        return late;
      case 'EventCallPartyDeleted':
        return call.parties.delete(party) ? late : 'EventCallPartyDeleted before EventCallPartyAdded';
      case 'EventCallDeleted':
        // Who is still in it goes with it: the switch may drop a call without a word about its parties.
        this.#calls.delete(uuid);
        this.#ended.add(uuid);
        return late;
      default:
        return late;
    }
  }

  /** Within one call what happened first is told first. */
  #late(message: string, attributes: Frame['attributes'], call: Call): string | undefined {
    const time = timeOf(attributes);
    if (time === undefined || isResync(attributes)) return undefined;
    if (time < call.time) return `${message} with a time before that of the event before it`;
    call.time = time;
    return undefined;
  }
}

/** Stays in virtual queues on one connection. */
export class QueueOrder implements OrderJudge {
  readonly #stays = new Set<string>();
  readonly #over = new Set<string>();
  /** Calls that were waiting when the queue was registered, by queue. */
  readonly #found = new Map<string, Set<string>>();

  take({ message, attributes }: Frame): string | undefined {
    const queue = textOf(attributes.ThisDN) ?? '';
    const call = textOf(attributes.CallUUID) ?? '';
    if (message === 'EventRegistered') {
      const extensions = Object.entries(listOf(attributes.Extensions));
      this.#found.set(
        queue,
        new Set(extensions.filter(([key]) => /^call-\d+$/.test(key)).map(([, value]) => String(value))),
      );
      return undefined;
    }
    // A call that waits may become part of another one meanwhile: the stay is the same.
    const stay = `${queue} ${String(listOf(attributes.Extensions).VQID)}`;
    if (message === 'EventQueued') {
      if (this.#stays.has(stay)) return 'EventQueued twice for one stay';
      this.#stays.add(stay);
      return undefined;
    }
    if (message !== 'EventDiverted' && message !== 'EventAbandoned') return undefined;
    if (this.#over.has(stay)) return `${message} for a stay that is over`;
    this.#over.add(stay);
    if (this.#stays.delete(stay) || this.#found.get(queue)?.delete(call) === true) return undefined;
    return `${message} before EventQueued`;
  }
}

/** Agents at their telephones on one connection. */
export class AgentOrder implements OrderJudge {
  readonly #loggedIn = new Map<string, boolean>();

  take({ message, attributes }: Frame): string | undefined {
    const dn = textOf(attributes.ThisDN) ?? '';
    switch (message) {
      case 'EventRegistered': {
        const status = textOf(listOf(attributes.Extensions).AgentStatus);
        if (status !== undefined) this.#loggedIn.set(dn, status !== 'LoggedOut');
        return undefined;
      }
      case 'EventAgentLogin':
        this.#loggedIn.set(dn, true);
        return undefined;
      case 'EventAgentLogout':
      case 'EventAgentReady':
      case 'EventAgentNotReady': {
        const there = this.#loggedIn.get(dn);
        if (message === 'EventAgentLogout') this.#loggedIn.set(dn, false);
        return there === false ? `${message} where nobody is logged in` : undefined;
      }
      default:
        return undefined;
    }
  }
}

export function isResync(attributes: Frame['attributes']): boolean {
  return Number(listOf(attributes.Extensions).Resync) === 1;
}

export function listOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Microseconds since 1970. */
export function timeOf(attributes: Frame['attributes']): number | undefined {
  const { TimeinSecs, TimeinuSecs } = attributes;
  if (typeof TimeinSecs !== 'number') return undefined;
  return TimeinSecs * 1e6 + (typeof TimeinuSecs === 'number' ? TimeinuSecs : 0);
}
