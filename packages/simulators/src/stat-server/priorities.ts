/** Which action is the status of a number, and which status is the agent's: Stat Server's published priorities. */
import type { AgentAction, StatusName } from '@exec/engage-link/wire';

/**
 * Rising. Source: docs.genesys.com/Documentation/RTME/latest/User/StatusPriorityTables; the two actions of active
 * switching (ASM) stand where their status numbers put them.
 */
export const priorities = [
  'NotMonitored',
  'Monitored',
  'LoggedIn',
  'OnHook',
  'WaitForNextCall',
  'OffHook',
  'CallDialing',
  'CallRinging',
  'NotReadyForNextCall',
  'AfterCallWork',
  'CallOnHold',
  'ASM_Engaged',
  'ASM_Outbound',
  'CallUnknown',
  'CallConsult',
  'CallInternal',
  'CallOutbound',
  'CallInbound',
  'LoggedOut',
] as const satisfies readonly StatusName[];

const rank: ReadonlyMap<StatusName, number> = new Map(priorities.map((name, index) => [name, index]));

/** The status that wins; `OnHook` when nothing is going on. */
export function highest(names: readonly StatusName[]): StatusName {
  let best: StatusName | undefined;
  for (const name of names) {
    if (best === undefined || (rank.get(name) ?? -1) > (rank.get(best) ?? -1)) best = name;
  }
  return best ?? 'OnHook';
}

/** While a call is held, its talk is hidden from the decision. */
export function statusOf(actions: readonly AgentAction[]): StatusName {
  const held = new Set(
    actions.filter((one) => one.Action === 'CallOnHold').map((one) => one.ConnectionId ?? ''),
  );
  const visible = actions.filter(
    (one) => one.Action === 'CallOnHold' || one.ConnectionId === undefined || !held.has(one.ConnectionId),
  );
  return highest(visible.map((one) => one.Action));
}
