/** An agent's state as Stat Server reports it, reduced to what the rules look at. */
import type { EngageSeconds } from '@exec/common/instants';
import { statusNames } from '@exec/engage-link/wire';

export { statusNames };
/** Statuses and durable actions that Engage Link has; any other name is no data. */
export type StatusName = (typeof statusNames)[number];

/** A durable action in progress on one DN. */
export interface AgentAction {
  readonly action: StatusName;
  readonly since: EngageSeconds;
  readonly connectionId?: string;
  /** The reason as text, already picked from the key-value list. */
  readonly reason?: string;
}

export interface AgentTree {
  readonly status: StatusName;
  /** Begin of `status`. */
  readonly since: EngageSeconds;
  /** All actions of all DNs; from a tree without actions, the status of each DN stands in for them. */
  readonly actions: readonly AgentAction[];
  /** Whether `actions` are real ones (subject DNAction) or stand-ins (subject DNStatus). */
  readonly detailed: boolean;
}

/** A text that is equal for trees which mean the same; repeated notifications are recognised by it. */
export function treeSignature(tree: AgentTree): string {
  const actions = tree.actions
    .map(
      ({ action, since, connectionId = '', reason = '' }) => `${action}@${since}/${connectionId}/${reason}`,
    )
    .sort();
  return `${tree.status}@${tree.since}[${actions.join(',')}]`;
}
