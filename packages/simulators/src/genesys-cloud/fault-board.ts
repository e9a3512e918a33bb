/** The faults that are set: which one hits the next request or event, tokens revoked, outages. */
import type { Clock, Timer } from '@exec/common/clock';
import type { EventKind } from './events/kinds.ts';
import type { Fault, FaultControl, FaultRule, InjectedFault } from './faults.ts';
import type { TokenStore } from './oauth/tokens.ts';

export type EventErrorFault = Extract<Fault, { kind: 'event-errors' }>;
export type RequestFault = Exclude<Fault, EventErrorFault>;

/** The operation name of the login in fault rules and records. */
export const loginOperation = 'postOauthToken';

class SetFault implements InjectedFault {
  readonly id: number;
  readonly rule: FaultRule;
  #hits = 0;
  #passed = 0;
  readonly #remove: (id: number) => void;

  constructor(id: number, rule: FaultRule, remove: (id: number) => void) {
    this.id = id;
    this.rule = rule;
    this.#remove = remove;
  }

  get hits(): number {
    return this.#hits;
  }

  cancel(): void {
    this.#remove(this.id);
  }

  fits(operationId: string, clientId: string | undefined): boolean {
    const { operation, clientId: wanted, fault } = this.rule;
    if (wanted !== undefined && wanted !== clientId) return false;
    if (fault.kind === 'login-refused' || fault.kind === 'login-throttled')
      return operationId === loginOperation;
    if (operation === undefined || operation === '*') return operationId !== loginOperation;
    return typeof operation === 'string' ? operation === operationId : operation.includes(operationId);
  }

  /** Whether it hits this time; ends itself when it has hit often enough. */
  strike(): boolean {
    if (this.#passed < (this.rule.after ?? 0)) {
      this.#passed++;
      return false;
    }
    this.#hits++;
    if (this.#hits >= (this.rule.times ?? 1)) this.cancel();
    return true;
  }
}

export class FaultBoard implements FaultControl {
  readonly #faults = new Map<number, SetFault>();
  readonly #tokens: TokenStore;
  readonly #clock: Clock;
  readonly #cutConnections: () => void;
  #lastId = 0;
  #outage: { readonly timer: Timer | undefined } | undefined;

  constructor(o: {
    readonly tokens: TokenStore;
    readonly clock: Clock;
    readonly cutConnections: () => void;
  }) {
    this.#tokens = o.tokens;
    this.#clock = o.clock;
    this.#cutConnections = o.cutConnections;
  }

  inject(rule: FaultRule): InjectedFault {
    const fault = new SetFault(++this.#lastId, rule, (id) => void this.#faults.delete(id));
    this.#faults.set(fault.id, fault);
    return fault;
  }

  get active(): readonly InjectedFault[] {
    return [...this.#faults.values()];
  }

  revokeTokens(clientId?: string): number {
    return this.#tokens.revoke(clientId);
  }

  get outageActive(): boolean {
    return this.#outage !== undefined;
  }

  outage(durationMs?: number): () => void {
    this.#outage?.timer?.cancel();
    const timer = durationMs === undefined ? undefined : this.#clock.setTimer(durationMs, () => stop());
    const outage = { timer };
    const stop = () => {
      timer?.cancel();
      if (this.#outage === outage) this.#outage = undefined;
    };
    this.#outage = outage;
    this.#cutConnections();
    return stop;
  }

  clear(): void {
    this.#faults.clear();
    this.#outage?.timer?.cancel();
    this.#outage = undefined;
  }

  /**
   * The fault that hits this request: the first that was set and fits. `events`: how many there are in its body, which
   * is not known when it arrives; faults that ask for a number hit only then, and only they.
   */
  forRequest(operationId: string, clientId: string | undefined, events?: number): RequestFault | undefined {
    for (const fault of this.#faults.values()) {
      const { fault: what, minEvents } = fault.rule;
      if (what.kind === 'event-errors' || !fault.fits(operationId, clientId)) continue;
      if ((minEvents === undefined) !== (events === undefined) || (events ?? 0) < (minEvents ?? 0)) continue;
      if (fault.strike()) return what;
    }
    return undefined;
  }

  /** The fault that hits this event. */
  forEvent(
    operationId: string,
    clientId: string,
    event: { readonly kind: EventKind; readonly eventId: string; readonly subject: string },
  ): EventErrorFault | undefined {
    for (const fault of this.#faults.values()) {
      const what = fault.rule.fault;
      if (what.kind !== 'event-errors' || !fault.fits(operationId, clientId)) continue;
      const match = what.match ?? {};
      if (match.kinds !== undefined && !match.kinds.includes(event.kind)) continue;
      if (match.eventIds !== undefined && !match.eventIds.includes(event.eventId)) continue;
      if (match.subjects !== undefined && !match.subjects.includes(event.subject)) continue;
      if (fault.strike()) return what;
    }
    return undefined;
  }
}
