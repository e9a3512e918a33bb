/** From the agent status of the wire to the tree that the rules look at. */
import { engageSeconds } from '@exec/common/instants';
import type { AgentStatus, KeyValueList } from '@exec/engage-link/wire';
import { type AgentAction, type AgentTree, type StatusName, statusNames } from './tree.ts';

/** What is kept of one tree, whatever a Stat Server sends: an agent has a handful of actions. */
const maxActions = 200;
const maxReasonLength = 255;

const known: ReadonlySet<string> = new Set(statusNames);

/** A status name that Engage Link does not have says nothing about the agent: the last state is kept. */
function statusOf(name: string): StatusName {
  return known.has(name) ? (name as StatusName) : 'NotMonitored';
}

/** The key `ReasonCode` counts first, otherwise the only value there is. */
export function reasonOf(reasons: KeyValueList | undefined): string | undefined {
  if (reasons === undefined) return undefined;
  const entries = Object.entries(reasons).filter(([, value]) => typeof value !== 'object');
  const chosen =
    entries.find(([key]) => key === 'ReasonCode') ??
    entries.find(([key]) => key.toLowerCase() === 'reasoncode') ??
    (entries.length === 1 ? entries[0] : undefined);
  const text = chosen === undefined ? '' : String(chosen[1]).trim().slice(0, maxReasonLength);
  return text === '' ? undefined : text;
}

export function toTree(value: AgentStatus): AgentTree {
  const dnStatuses = value.Place?.DnStatuses ?? [];
  const detailed = dnStatuses.some(({ Actions }) => Actions !== undefined) || dnStatuses.length === 0;
  const actions: AgentAction[] = dnStatuses.flatMap(({ Actions, Status, Time }) =>
    Actions === undefined
      ? [{ action: statusOf(Status), since: engageSeconds(Time) }]
      : Actions.map((action) => {
          const reason = reasonOf(action.Reasons);
          return {
            action: statusOf(action.Action),
            since: engageSeconds(action.Time),
            ...(action.ConnectionId === undefined ? {} : { connectionId: action.ConnectionId }),
            ...(reason === undefined ? {} : { reason }),
          };
        }),
  );
  return {
    status: statusOf(value.Status),
    since: engageSeconds(value.Time),
    actions: actions.slice(0, maxActions),
    detailed,
  };
}
