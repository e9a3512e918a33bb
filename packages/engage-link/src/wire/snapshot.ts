/** The snapshot of an address that EventRegistered carries in its Extensions: read and written. */
import type { CallUuid, PartyUuid } from '@exec/common/ids';
import { agentStatuses, type PartyState, partyStates, type SnapshotAgentStatus } from './sip-names.ts';
import { type KeyValueList, textOf } from './values.ts';

/** A call that was on the address when it was registered. */
export interface SnapshotCall {
  readonly connId?: string;
  readonly callUuid?: CallUuid;
  readonly partyUuid?: PartyUuid;
  readonly partyState?: PartyState;
}

export interface AddressSnapshot {
  readonly calls: readonly SnapshotCall[];
  /** Only for a DN; undefined when absent or not one of the four names. */
  readonly agentStatus?: SnapshotAgentStatus;
}

/** Calls that one address may have; a list beyond it is cut. */
const MAX_CALLS = 1_000;

/** Reads `conn-<n>`, `call-<n>`, `party-<n>`, `ps-<n>` (n from 0, ended by the first n without any) and `AgentStatus`. */
export function readSnapshot(extensions: KeyValueList): AddressSnapshot {
  const calls: SnapshotCall[] = [];
  for (let n = 0; n < MAX_CALLS; n++) {
    const connId = textOf(extensions, `conn-${n}`);
    const callUuid = textOf(extensions, `call-${n}`) as CallUuid | undefined;
    const partyUuid = textOf(extensions, `party-${n}`) as PartyUuid | undefined;
    const state = textOf(extensions, `ps-${n}`);
    if (connId === undefined && callUuid === undefined && partyUuid === undefined) break;
    calls.push({
      ...(connId === undefined ? {} : { connId }),
      ...(callUuid === undefined ? {} : { callUuid }),
      ...(partyUuid === undefined ? {} : { partyUuid }),
      ...(state === undefined ? {} : { partyState: partyStates.find((name) => name === state) ?? 'Unknown' }),
    });
  }
  const status = textOf(extensions, 'AgentStatus');
  const agentStatus = agentStatuses.find((name) => name === status);
  return agentStatus === undefined ? { calls } : { calls, agentStatus };
}

/** The Extensions that say the same; for servers. */
export function writeSnapshot(snapshot: AddressSnapshot): KeyValueList {
  const extensions: Record<string, string> = {};
  snapshot.calls.forEach((call, n) => {
    if (call.connId !== undefined) extensions[`conn-${n}`] = call.connId;
    if (call.callUuid !== undefined) extensions[`call-${n}`] = call.callUuid;
    if (call.partyUuid !== undefined) extensions[`party-${n}`] = call.partyUuid;
    if (call.partyState !== undefined) extensions[`ps-${n}`] = call.partyState;
  });
  if (snapshot.agentStatus !== undefined) extensions.AgentStatus = snapshot.agentStatus;
  return extensions;
}
