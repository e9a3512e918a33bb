/** Where a script's names become numbers: the switches it plays on, its agents, queues, callers and calls. */
import { ExecError } from '@exec/common/errors';
import type { CallUuid } from '@exec/common/ids';
import type { SipSwitch } from '../../sip-server/index.ts';
import type { CastAgent, CastQueue, People } from './cast.ts';

export interface StageHooks {
  /** The consumer's connections are cut (false) or possible again (true). */
  readonly watching?: (on: boolean) => void;
}

/** Numbers that all performances share. */
export const routingPointNumber = '8000';
/** Of the second site only. */
export const farRoutingPointNumber = '8900';
export const ivrNumber = '9000';
export const serviceNumber = '+18005550100';

export class Stage {
  readonly people: People;
  readonly #switches: ReadonlyMap<string, SipSwitch>;
  readonly #hooks: StageHooks;
  readonly #calls = new Map<string, { readonly uuid: CallUuid; readonly site: string }>();
  readonly #callers = new Map<string, string>();

  constructor(people: People, switches: ReadonlyMap<string, SipSwitch>, hooks: StageHooks = {}) {
    this.people = people;
    this.#switches = switches;
    this.#hooks = hooks;
  }

  /** The first site, or the second one. */
  site(other = false): SipSwitch {
    const found = [...this.#switches.values()][other ? 1 : 0];
    return found ?? missing(other ? 'second site' : 'site');
  }

  agent(role: string): CastAgent {
    return this.people.agents.get(role) ?? missing(`agent ${role}`);
  }

  /** The switch at which an agent works. */
  switchOf(role: string): SipSwitch {
    return this.#switches.get(this.agent(role).site) ?? missing(`switch of ${role}`);
  }

  queue(role: string): CastQueue {
    return this.people.queues.get(role) ?? missing(`queue ${role}`);
  }

  /** The value that an agent of this site chooses where the script says `name`. */
  code(name: string): string {
    return this.people.codes[name] ?? name;
  }

  isAgent(role: string): boolean {
    return this.people.agents.has(role);
  }

  /** Number of an agent's telephone, or of somebody outside: the same person keeps the same number. */
  number(role: string): string {
    const agent = this.people.agents.get(role);
    if (agent !== undefined) return agent.dn;
    if (role === 'ivr') return ivrNumber;
    const known = this.#callers.get(role) ?? outsideNumber(this.people.index, this.#callers.size);
    this.#callers.set(role, known);
    return known;
  }

  /** Gives a call the name under which later steps speak of it. */
  name(label: string, uuid: CallUuid, on: SipSwitch): void {
    this.#calls.set(label, { uuid, site: on.name });
  }

  call(label: string): CallUuid {
    return this.#calls.get(label)?.uuid ?? missing(`call ${label}`);
  }

  switchWith(label: string): SipSwitch {
    const site = this.#calls.get(label)?.site;
    return (site === undefined ? undefined : this.#switches.get(site)) ?? missing(`switch of call ${label}`);
  }

  get calls(): ReadonlyMap<string, CallUuid> {
    return new Map([...this.#calls].map(([label, call]) => [label, call.uuid]));
  }

  watching(on: boolean): void {
    this.#hooks.watching?.(on);
  }
}

/** Ten people outside for each performance; numbers of no country. */
function outsideNumber(performance: number, person: number): string {
  return `+999${String(performance * 10 + person).padStart(8, '0')}`;
}

function missing(what: string): never {
  throw new ExecError('simulator.impossible', `the scenario has no ${what}`);
}
