/** Who works at which DN, and since when: from log-ins, log-outs and snapshots. */
import type { EmployeeId } from '@exec/common/ids';
import type { AgentLogin, AgentLogout } from '../intake/inputs.ts';
import type { Occupant } from './world.ts';

/** One change at a DN; nobody when there is no agent. */
export interface Shift {
  /** Event time, microseconds. */
  readonly at: number;
  readonly agentId?: string | undefined;
  readonly employeeId?: EmployeeId | undefined;
}

export interface DnShifts {
  readonly site: string;
  readonly dn: string;
  /** Stream time at which the newest became known. */
  readonly seen: number;
  /** Newest last. */
  readonly shifts: readonly Shift[];
}

/** Earlier changes are needed for events that arrive late, seconds not hours. */
const shiftsKept = 4;

export class Agents {
  readonly #dns = new Map<string, DnShifts>();
  #changed = new Map<string, DnShifts>();

  load(all: Iterable<DnShifts>): void {
    for (const dn of all) this.#dns.set(dnKey(dn.site, dn.dn), dn);
  }

  told(input: AgentLogin | AgentLogout, now: number): void {
    const shift: Shift =
      input.kind === 'agent-login'
        ? { at: input.at, agentId: input.agentId, employeeId: input.employeeId }
        : { at: input.at };
    this.#add(input.site, input.dn, shift, now);
  }

  /**
   * The state of a DN when it was registered. What live events told since the registration was asked for (`since`,
   * stream time) is newer.
   */
  found(o: {
    site: string;
    dn: string;
    agentId?: string | undefined;
    at: number;
    since: number;
    now: number;
  }): void {
    const known = this.#dns.get(dnKey(o.site, o.dn));
    if (known !== undefined && known.seen >= o.since) return;
    const last = known?.shifts.at(-1);
    if (known !== undefined && last?.agentId === o.agentId) return;
    this.#add(o.site, o.dn, { at: o.at, agentId: o.agentId }, o.now);
  }

  occupant(site: string, dn: string, at: number): Occupant {
    const known = this.#dns.get(dnKey(site, dn));
    if (known === undefined) return { kind: 'unknown' };
    // What is known first also holds for the time before it: an agent found at the DN had logged in earlier.
    const shift = known.shifts.findLast((candidate) => candidate.at <= at) ?? known.shifts[0];
    if (shift?.agentId === undefined) return { kind: 'nobody' };
    return { kind: 'agent', agentId: shift.agentId, employeeId: shift.employeeId };
  }

  /** What changed since the last call, by key. */
  takeChanged(): ReadonlyMap<string, DnShifts> {
    const changed = this.#changed;
    this.#changed = new Map();
    return changed;
  }

  get size(): number {
    return this.#dns.size;
  }

  #add(site: string, dn: string, shift: Shift, now: number): void {
    const key = dnKey(site, dn);
    const before = this.#dns.get(key)?.shifts ?? [];
    const shifts = [...before.filter((other) => other.at !== shift.at), shift]
      .sort((a, b) => a.at - b.at)
      .slice(-shiftsKept);
    const entry: DnShifts = { site, dn, seen: now, shifts };
    this.#dns.set(key, entry);
    this.#changed.set(key, entry);
  }
}

export function dnKey(site: string, dn: string): string {
  return `${site}/${dn}`;
}
