/** The number of agents is bounded, whatever the mapping holds: who is watched stays, and who comes beyond is left out. */
import type { AgentMapping } from '@exec/common/id-map';
import type { EmployeeId } from '@exec/common/ids';

/** Agents that one EXAS watches: more than twice those of the largest site, within the memory of its container. */
export const agentsMost = 50_000;

/** Who of a list is watched. `isWatched`: who is now, and goes before those who are new. */
export function withinBound(
  agents: readonly AgentMapping[],
  isWatched: (employeeId: EmployeeId) => boolean,
  most = agentsMost,
): readonly AgentMapping[] {
  if (agents.length <= most) return agents;
  const watched = agents.filter(({ employeeId }) => isWatched(employeeId));
  const others = agents.filter(({ employeeId }) => !isWatched(employeeId));
  return [...watched, ...others].slice(0, most);
}
