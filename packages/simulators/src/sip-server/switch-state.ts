/** What a switch remembers, and the two ways others learn of changes: events for clients, touched DNs. */
import { ExecError } from '@exec/common/errors';
import type { CallUuid } from '@exec/common/ids';
import { IdSource } from './ids.ts';
import type {
  AgentSession,
  Call,
  DnType,
  EventTime,
  Party,
  QueueStay,
  SwitchEvent,
  SwitchStream,
} from './types.ts';

/** How parties get into another call: as a new party there, or by EventCallPartyMoved. */
export type TransferStyle = 'add' | 'move';

export interface SwitchBehaviour {
  /** False: the call stays on the routing point, and in its queues, until the agent answers. */
  readonly divertOnRinging: boolean;
  readonly transferStyle: TransferStyle;
}

/** Ended calls whose ConnID is still needed, for a disposition set after release. */
const endedCallsMax = 10_000;

export class SwitchState {
  readonly name: string;
  readonly behaviour: SwitchBehaviour;
  readonly ids: IdSource;
  readonly dns = new Map<string, DnType>();
  readonly sessions = new Map<string, AgentSession>();
  readonly calls = new Map<CallUuid, Call>();
  readonly stays = new Map<string, QueueStay>();
  readonly #now: () => number;
  readonly #listeners = new Set<(event: SwitchEvent) => void>();
  readonly #dnListeners = new Set<(dn: string) => void>();
  readonly #ended = new Map<CallUuid, string>();
  readonly #touched = new Set<string>();
  /** Live calls by the numbers of their parties; a number may be in a call twice. */
  readonly #callsAt = new Map<string, Call[]>();
  #depth = 0;
  #lastMicros = 0;

  constructor(name: string, now: () => number, seed: string, behaviour: SwitchBehaviour) {
    this.name = name;
    this.behaviour = behaviour;
    this.ids = new IdSource(seed);
    this.#now = now;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#now();
  }

  onEvent(listener: (event: SwitchEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  onDnChange(listener: (dn: string) => void): () => void {
    this.#dnListeners.add(listener);
    return () => void this.#dnListeners.delete(listener);
  }

  /** Runs one verb; who follows the DNs sees only its outcome, not the steps between. */
  verb<Result>(run: () => Result): Result {
    this.#depth += 1;
    try {
      return run();
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#tellTouched();
    }
  }

  touch(dn: string): void {
    this.#touched.add(dn);
  }

  /**
   * Tells the clients. No two events have the same time: a copy of an event is known by its content, and two
   * events of one party may differ in nothing else.
   */
  emit(stream: SwitchStream, dn: string | undefined, message: string, attributes: object): EventTime {
    const time = this.#tick();
    const frame = {
      message,
      attributes: {
        ...(dn === undefined ? {} : { ThisDN: dn }),
        ...present(attributes),
        TimeinSecs: time.seconds,
        TimeinuSecs: time.microseconds,
      },
    };
    const event: SwitchEvent = { site: this.name, stream, ...(dn === undefined ? {} : { dn }), frame, time };
    for (const listener of this.#listeners) listener(event);
    return time;
  }

  /** Throws `simulator.impossible` when the call is not alive. */
  call(uuid: CallUuid): Call {
    const call = this.calls.get(uuid);
    if (call === undefined) throw new ExecError('simulator.impossible', `there is no live call ${uuid}`);
    return call;
  }

  /** The newest party of a number in a call; throws `simulator.impossible` when there is none. */
  party(call: Call, dn: string): Party {
    const party = this.findParty(call, dn);
    if (party === undefined)
      throw new ExecError('simulator.impossible', `${dn} is no party of call ${call.uuid}`);
    return party;
  }

  findParty(call: Call, dn: string): Party | undefined {
    return call.parties.findLast((party) => party.dn === dn);
  }

  /** Throws `simulator.impossible` when the number is not of the switch, or of another type. */
  requireDn(number: string, ...types: DnType[]): void {
    const type = this.dns.get(number);
    if (type === undefined || (types.length > 0 && !types.includes(type)))
      throw new ExecError(
        'simulator.impossible',
        `${number} is no ${types.join(' or ') || 'DN'} of ${this.name}`,
      );
  }

  enter(call: Call, party: Party): void {
    call.parties.push(party);
    const calls = this.#callsAt.get(party.dn);
    if (calls === undefined) this.#callsAt.set(party.dn, [call]);
    else calls.push(call);
    this.touch(party.dn);
  }

  leave(call: Call, party: Party): void {
    call.parties = call.parties.filter((other) => other !== party);
    const calls = this.#callsAt.get(party.dn) ?? [];
    const index = calls.indexOf(call);
    if (index >= 0) calls.splice(index, 1);
    if (calls.length === 0) this.#callsAt.delete(party.dn);
    this.touch(party.dn);
  }

  /** Live calls with a party of this number. */
  callsAt(dn: string): ReadonlySet<Call> {
    return new Set(this.#callsAt.get(dn));
  }

  rememberEnded(call: Call): void {
    this.#ended.set(call.uuid, call.connId);
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= endedCallsMax) break;
      this.#ended.delete(oldest);
    }
  }

  /** ConnID of a live or recently ended call. */
  connIdOf(uuid: CallUuid): string | undefined {
    return this.calls.get(uuid)?.connId ?? this.#ended.get(uuid);
  }

  #tick(): EventTime {
    this.#lastMicros = Math.max(this.#lastMicros + 1, Math.floor(this.#now() * 1000));
    return { seconds: Math.floor(this.#lastMicros / 1e6), microseconds: this.#lastMicros % 1e6 };
  }

  #tellTouched(): void {
    const touched = [...this.#touched];
    this.#touched.clear();
    for (const dn of touched) for (const listener of this.#dnListeners) listener(dn);
  }
}

/** Leaves out what is undefined: an absent attribute is absent from the line. */
function present(attributes: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
