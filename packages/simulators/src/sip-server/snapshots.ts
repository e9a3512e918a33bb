/** What a client is told about what is there already: the snapshot of an address, the live calls. */
import type { CallUuid } from '@exec/common/ids';
import { addedAttributes, createdAttributes } from './call-events.ts';
import { isRouting } from './participants.ts';
import type { SwitchState } from './switch-state.ts';
import type { EventTime, Frame, Party } from './types.ts';

export interface AddressSnapshot {
  readonly agentId: string | undefined;
  /** `conn-<n>`, `call-<n>`, `party-<n>`, `ps-<n>`; for a telephone also `AgentStatus`. */
  readonly extensions: Readonly<Record<string, string>>;
}

/** Undefined: the switch has no such number. */
export function snapshotOf(state: SwitchState, dn: string): AddressSnapshot | undefined {
  const type = state.dns.get(dn);
  if (type === undefined) return undefined;
  const extensions: Record<string, string> = {};
  const entries = type === 'VirtualQueue' ? waitingAt(state, dn) : partiesAt(state, dn);
  entries.forEach((entry, index) => {
    extensions[`conn-${index}`] = entry.connId;
    extensions[`call-${index}`] = entry.call;
    if (entry.party !== undefined) extensions[`party-${index}`] = entry.party.uuid;
    extensions[`ps-${index}`] = entry.state;
  });
  const session = state.sessions.get(dn);
  if (type === 'Extension' || type === 'ACDPosition') extensions.AgentStatus = session?.status ?? 'LoggedOut';
  return { agentId: session?.agentId, extensions };
}

interface Entry {
  readonly connId: string;
  readonly call: CallUuid;
  readonly party: Party | undefined;
  readonly state: string;
}

function partiesAt(state: SwitchState, dn: string): Entry[] {
  const entries: Entry[] = [];
  for (const call of state.callsAt(dn)) {
    for (const party of call.parties) {
      if (party.dn === dn) entries.push({ connId: call.connId, call: call.uuid, party, state: party.state });
    }
  }
  return entries;
}

/** A virtual queue holds no party of its own: the routing point's party waits for it. */
function waitingAt(state: SwitchState, queue: string): Entry[] {
  const entries: Entry[] = [];
  for (const stay of state.stays.values()) {
    if (stay.queue !== queue) continue;
    const call = state.call(stay.call);
    entries.push({
      connId: call.connId,
      call: call.uuid,
      party: call.parties.find(isRouting),
      state: 'Queued',
    });
  }
  return entries;
}

/** The call and its parties as they are now, with the times of the events that brought them; none if it ended. */
export function resyncFrames(state: SwitchState, uuid: CallUuid): Frame[] {
  const call = state.calls.get(uuid);
  if (call === undefined) return [];
  return [
    resynced('EventCallCreated', createdAttributes(call), call.createdAt),
    ...call.parties.map((party) =>
      resynced('EventCallPartyAdded', addedAttributes(call, party), party.addedAt),
    ),
  ];
}

function resynced(message: string, attributes: object, time: EventTime): Frame {
  const known = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    message,
    attributes: {
      ...Object.fromEntries(known),
      Extensions: { Resync: 1 },
      TimeinSecs: time.seconds,
      TimeinuSecs: time.microseconds,
    },
  };
}
