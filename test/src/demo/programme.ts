/** Which scripted calls the demo plays beside the day: as many as the contact centre has agents for. */
import { type Scenario, scenarios, wrapupCodes } from '@exec/simulators/scenarios';

/** Longer ones would keep people waiting. */
const longestMs = 34_000;

export interface Programme {
  readonly names: readonly string[];
  /** Agents of the first site that the scripts need. */
  readonly agents: number;
}

/** `agents`: how many of the first site are free for scripts; `queues`: mapped queues of the first site. */
export function programmeFor({
  agents,
  queues,
}: {
  readonly agents: number;
  readonly queues: number;
}): Programme {
  const names: string[] = [];
  const queueRoles = new Set<string>();
  let taken = 0;
  for (const scenario of scenarios.filter(isPlayable)) {
    const needed = Object.values(scenario.cast.agents ?? {}).filter(({ mapped }) => mapped !== false).length;
    const roles = Object.entries(scenario.cast.queues ?? {}).flatMap(([role, { mapped }]) =>
      mapped === false ? [] : [role],
    );
    const all = new Set([...queueRoles, ...roles]);
    if (taken + needed > agents || all.size > queues) continue;
    taken += needed;
    for (const role of roles) queueRoles.add(role);
    names.push(scenario.name);
  }
  return { names, agents: taken };
}

function isPlayable({ solo, settings, lasts, cast }: Scenario): boolean {
  const people = [...Object.values(cast.agents ?? {}), ...Object.values(cast.queues ?? {})];
  return (
    !solo &&
    settings === undefined &&
    lasts <= longestMs &&
    people.every(({ otherSite }) => otherSite !== true)
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
