/** Gives the roles of a scenario to people: made up for the production, or of a contact centre that is there. */
import { ExecError } from '@exec/common/errors';
import type { CastAgent, CastQueue } from './cast.ts';
import type { Performance, Scenario } from './scenario.ts';

/** Mapped agents and queues of one site; unmapped ones are made up. */
export interface SitePeople {
  readonly agents: readonly {
    readonly employeeId: string;
    readonly loginCode: string;
    readonly dn: string;
  }[];
  readonly queues: readonly string[];
}

export interface CastingOptions {
  /** A contact centre that is there already, whose people play; default: people of the production's own. */
  readonly people?: readonly [SitePeople, SitePeople?];
  /** The site's own names of the wrap-up codes that scripts use. */
  readonly codes?: Readonly<Record<string, string>>;
}

/** Agents that one performance may have. */
const agentsMax = 10;

export class Casting {
  readonly #o: CastingOptions;
  readonly #sites: readonly [string, string];
  /** How many agents of each site have a role. */
  readonly #taken: [number, number] = [0, 0];
  /** Queue roles of each site, which all performances share. */
  readonly #queues = new Map<string, CastQueue>();

  constructor(o: CastingOptions, sites: readonly [string, string]) {
    this.#o = o;
    this.#sites = sites;
  }

  /** @throws {ExecError} simulator.impossible when the contact centre has too few agents or queues. */
  cast(scenario: Scenario, index: number): Performance {
    const agents = new Map<string, CastAgent>();
    for (const [role, { mapped = true, otherSite = false }] of Object.entries(scenario.cast.agents ?? {})) {
      const madeUp = 10_000 + index * agentsMax + agents.size;
      const person = mapped ? this.#person(otherSite) : undefined;
      agents.set(role, {
        ...(person ?? { employeeId: `S${madeUp}`, loginCode: `7${madeUp}`, dn: `5${madeUp}` }),
        site: this.#sites[otherSite ? 1 : 0],
        mapped,
      });
    }
    const queues = new Map<string, CastQueue>();
    for (const [role, { mapped = true, otherSite = false }] of Object.entries(scenario.cast.queues ?? {}))
      queues.set(role, this.#queue(role, mapped, otherSite));
    return { scenario, index, agents, queues, codes: this.#o.codes ?? {} };
  }

  #person(otherSite: boolean): SitePeople['agents'][number] | undefined {
    const { people } = this.#o;
    if (people === undefined) return undefined;
    const site = otherSite ? 1 : 0;
    const person = people[site]?.agents[this.#taken[site]];
    if (person === undefined) throw tooFew('agents', this.#sites[site]);
    this.#taken[site] += 1;
    return person;
  }

  #queue(role: string, mapped: boolean, otherSite: boolean): CastQueue {
    const key = `${role} ${mapped} ${otherSite}`;
    const known = this.#queues.get(key);
    if (known !== undefined) return known;
    const site = otherSite ? 1 : 0;
    const taken = [...this.#queues.values()].filter((one) => one.mapped && one.site === this.#sites[site]);
    const number =
      this.#o.people === undefined || !mapped
        ? `VQ_${role.charAt(0).toUpperCase()}${role.slice(1)}`
        : this.#o.people[site]?.queues[taken.length];
    if (number === undefined) throw tooFew('queues', this.#sites[site]);
    const queue = { number, site: this.#sites[site], mapped };
    this.#queues.set(key, queue);
    return queue;
  }
}

function tooFew(what: string, site: string): ExecError {
  return new ExecError('simulator.impossible', `${site} has too few ${what} for these scenarios`);
}
