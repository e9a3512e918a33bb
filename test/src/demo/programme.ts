/** Which scripted calls are played beside the day: as many as the contact centre has agents for. */
import { needsTwoSites, type Scenario, scenarios, wrapupCodes } from '@exec/simulators/scenarios';

/** Longer ones would keep people waiting. */
const usualLongestMs = 34_000;

export interface Programme {
  readonly names: readonly string[];
  /** Agents of the first site that the scripts need. */
  readonly agents: number;
}

/** What a site has for scripts. */
export interface Free {
  readonly agents: number;
  /** Mapped queues. */
  readonly queues: number;
}

/**
 * `first` and `second`: what is free at each site, without the second one no script that needs it; `order`: which script
 * is considered first, as they stand in the library unless given; `longestMs`: none that lasts longer.
 */
export function programmeFor({
  first,
  second,
  order = (playable) => playable,
  longestMs = usualLongestMs,
}: {
  readonly first: Free;
  readonly second?: Free;
  readonly order?: (playable: readonly Scenario[]) => readonly Scenario[];
  readonly longestMs?: number;
}): Programme {
  const names: string[] = [];
  const sites = [first, ...(second === undefined ? [] : [second])].map((free) => ({
    ...{ free, agents: 0, queueRoles: new Set<string>() },
  }));
  const playable = scenarios.filter(
    (one) =>
      !one.solo &&
      one.settings === undefined &&
      one.lasts <= longestMs &&
      (second !== undefined || !needsTwoSites(one)),
  );
  for (const scenario of order(playable)) {
    const needed = sites.map((site, index) => {
      const queues = rolesAt(scenario.cast.queues, index === 1);
      return {
        agents: site.agents + rolesAt(scenario.cast.agents, index === 1).length,
        queueRoles: new Set([...site.queueRoles, ...queues]),
      };
    });
    const fits = sites.every(({ free }, index) => {
      const { agents = 0, queueRoles } = needed[index] ?? {};
      return agents <= free.agents && (queueRoles?.size ?? 0) <= free.queues;
    });
    if (!fits) continue;
    for (const [index, site] of sites.entries()) Object.assign(site, needed[index]);
    names.push(scenario.name);
  }
  return { names, agents: sites[0]?.agents ?? 0 };
}

function rolesAt(
  roles: Readonly<Record<string, { readonly mapped?: boolean; readonly otherSite?: boolean }>> = {},
  otherSite: boolean,
): string[] {
  return Object.entries(roles).flatMap(([role, one]) =>
    one.mapped !== false && (one.otherSite ?? false) === otherSite ? [role] : [],
  );
}

/** The scripts' own names of wrap-up codes, as names of codes that the contact centre has. */
export function codesOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    wrapupCodes.flatMap((script, index) => {
      const name = names[index];
      return name === undefined ? [] : [[script, name] as const];
    }),
  );
}
