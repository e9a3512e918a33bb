/** Who works at which DN, and since when: from log-ins, log-outs and snapshots. */
import type { EngageMicros, StreamMs } from '@exec/common/instants';
import type { Occupant } from '../conversation/step-context.ts';
import type { AgentLogin, AgentLogout } from '../events/engage-events.ts';
import type { DnShifts, Effects, Shift } from './effects.ts';

/** Earlier changes are needed for events that arrive late, seconds not hours. */
const shiftsKept = 4;
/** DNs that are known; of those that were not heard of for longest the oldest goes. */
export const dnsKept = 50_000;

/** Looked at with each change, so that no change takes long. */
const lookedAt = 100;

export class Agents {
  readonly #dns = new Map<string, DnShifts>();
  readonly #vacantMs: number;

  /** @param vacantMs a DN that nobody works at is forgotten when so long nothing was heard of it */
  constructor(vacantMs = Number.POSITIVE_INFINITY) {
    this.#vacantMs = vacantMs;
  }

  get size(): number {
    return this.#dns.size;
  }

  /** Everything that is known, by key; the DN that was not heard of for longest is the first. */
  all(): Iterable<readonly [key: string, shifts: DnShifts]> {
    return this.#dns;
  }

  *load(all: Iterable<DnShifts>): Effects {
    for (const dn of [...all].sort((a, b) => a.seen - b.seen)) yield* this.#keep(dnKey(dn.site, dn.dn), dn);
  }

  *event(input: AgentLogin | AgentLogout, now: StreamMs): Effects {
    const shift: Shift =
      input.kind === 'agent-login'
        ? { at: input.at, agentId: input.agentId, employeeId: input.employeeId }
        : { at: input.at };
    yield* this.#add(input.site, input.dn, shift, now);
  }

  /**
   * The state of a DN when it was registered.
   *
   * @rule A snapshot says who works at a DN, unless an event has said so since it was asked for.
   * @test registry/agents.test.ts: is not taken from a snapshot that is older than an event
   */
  *found(o: {
    site: string;
    dn: string;
    agentId?: string | undefined;
    at: EngageMicros;
    since: StreamMs;
    now: StreamMs;
  }): Effects {
    const known = this.#dns.get(dnKey(o.site, o.dn));
    if (known !== undefined && known.seen >= o.since) return;
    const last = known?.shifts.at(-1);
    if (known !== undefined && last?.agentId === o.agentId) return;
    yield* this.#add(o.site, o.dn, { at: o.at, agentId: o.agentId }, o.now);
  }

  /**
   * @rule Who takes part at a DN is who was logged in there at the time of the event, however late the log-in is heard of.
   * @scenario login-mid-call, login-before-transfer, logout-mid-call
   * @test registry/agents.test.ts: is asked for a time, also when the changes come in another order
   */
  occupant(site: string, dn: string, at: EngageMicros): Occupant {
    const known = this.#dns.get(dnKey(site, dn));
    if (known === undefined) return { kind: 'unknown' };
    // What is known first also holds for the time before it: an agent found at the DN had logged in earlier.
    const shift = known.shifts.findLast((candidate) => candidate.at <= at) ?? known.shifts[0];
    if (shift?.agentId === undefined) return { kind: 'nobody' };
    return { kind: 'agent', agentId: shift.agentId, employeeId: shift.employeeId };
  }

  *#add(site: string, dn: string, shift: Shift, now: StreamMs): Effects {
    const key = dnKey(site, dn);
    const before = this.#dns.get(key)?.shifts ?? [];
    const shifts = [...before.filter((other) => other.at !== shift.at), shift]
      .sort((a, b) => a.at - b.at)
      .slice(-shiftsKept);
    const entry: DnShifts = { site, dn, seen: now, shifts };
    yield { type: 'agent', key, shifts: entry };
    yield* this.#keep(key, entry);
    yield* this.#forgetVacant(now);
  }

  /** Who worked there last is nobody's business any more; whoever logs in is known again. */
  *#forgetVacant(now: StreamMs): Effects {
    let looked = 0;
    for (const [key, { seen, shifts }] of this.#dns) {
      if (++looked > lookedAt || now - seen <= this.#vacantMs) return;
      if (shifts.at(-1)?.agentId !== undefined) continue;
      this.#dns.delete(key);
      yield { type: 'agent', key, shifts: undefined };
    }
  }

  /** The newest stand last. */
  *#keep(key: string, entry: DnShifts): Effects {
    this.#dns.delete(key);
    this.#dns.set(key, entry);
    for (const oldest of this.#dns.keys()) {
      if (this.#dns.size <= dnsKept) return;
      this.#dns.delete(oldest);
      yield { type: 'agent', key: oldest, shifts: undefined };
    }
  }
}

export function dnKey(site: string, dn: string): string {
  return `${site}/${dn}`;
}
