/** The sites of a contact centre as the Engage side plays them: who works there, with what. */
import type { ContactCentre, Expectation } from '@exec/simulators/config-db';
import type { EngageConfigInput } from '@exec/simulators/scenarios';

export type Site = Required<EngageConfigInput['sites'][0]>;

export interface Sites {
  /** The one with the most agents first. */
  readonly sites: [Site] | [Site, Site];
  /** Agents of the first site who can work; those of the second all can. */
  readonly working: number;
}

/**
 * The agents and queues that are mapped work; the other telephones are there but silent. Agents without a telephone or a
 * login stand last at the first site: Stat Server knows them, but they have no day.
 */
export function sitesOf(centre: ContactCentre, expected: Expectation): Sites {
  const mapped = new Set(expected.users.map(({ employeeId }) => employeeId));
  const atWork = centre.agentsAtWork().filter(({ employeeId }) => mapped.has(employeeId));
  const siteOf = (name: string) => {
    const agents = atWork.flatMap(({ employeeId, logins, extension }) => {
      const login = logins.find((one) => one.switch === name);
      if (extension?.switch !== name || login === undefined) return [];
      return [{ employeeId, loginCode: login.code, dn: extension.number }];
    });
    const used = new Set(agents.map(({ dn }) => dn));
    return {
      switch: name,
      agents,
      queues: expected.queues.filter((queue) => queue.switch === name).map(({ number }) => number),
      extensions: expected.numbers
        .filter(({ switch: on, number }) => on === name && !used.has(number))
        .map(({ number }) => number),
    };
  };
  const sites = [...new Set(expected.queues.map((queue) => queue.switch))]
    .map(siteOf)
    .sort((left, right) => right.agents.length - left.agents.length);
  const [first, second] = sites;
  if (first === undefined) throw new Error('the contact centre has no switch with a queue');
  const equipped = new Set(sites.flatMap(({ agents }) => agents.map(({ employeeId }) => employeeId)));
  const idle = [...mapped]
    .filter((employeeId) => !equipped.has(employeeId))
    .map((employeeId) => ({ employeeId, loginCode: `none-${employeeId}`, dn: `none-${employeeId}` }));
  const all = { ...first, agents: [...first.agents, ...idle] };
  return {
    sites: second === undefined ? [all] : [all, second],
    working: first.agents.length,
  };
}
