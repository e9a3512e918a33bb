/** The user events by which a SIP Server tells agents who takes part in their call (t-library: LCTParty keys). */
import type { SwitchState } from './switch-state.ts';
import type { Call, Party } from './types.ts';

/** In the talk, also while held; neither ringing nor waiting. */
export function talking(party: Party): boolean {
  return party.state === 'Connected' || party.state === 'Held';
}

/** A supervisor who cannot be heard by all is listed apart, never among the participants. */
export function listensOnly(party: Party): boolean {
  return party.supervises !== undefined && party.supervises.mode !== 'open';
}

/** Sends the full list to the agents in the call, or only to `recipients`. */
export function tellParticipants(state: SwitchState, call: Call, recipients?: readonly Party[]): void {
  const extensions = participantList(state, call);
  for (const party of recipients ?? call.parties) {
    if (party.type !== 'Extension' || !talking(party) || !state.sessions.has(party.dn)) continue;
    state.emit('extensions', party.dn, 'EventUserEvent', {
      ConnID: call.connId,
      CallUUID: call.uuid,
      Extensions: extensions,
    });
  }
}

function participantList(state: SwitchState, call: Call): Record<string, string | number> {
  const list: Record<string, string | number> = {};
  const voices = call.parties.filter((party) => talking(party) && !listensOnly(party) && !isRouting(party));
  voices.forEach((party, index) => {
    list[`LCTParty${index}`] = party.dn;
    list[`LCTParty${index}_location`] = party.location ?? state.name;
    if (party.flags.includes('NoListen') && party.flags.includes('NoTalk'))
      list[`LCTParty${index}_state`] = 'ListenDisconnectedHeld';
  });
  list.LCTPartiesLength = voices.length;
  const supervisors = call.parties.filter((party) => talking(party) && listensOnly(party));
  supervisors.forEach((party, index) => {
    list[`LCTSupervisor${index}`] = party.dn;
    list[`LCTSupervisor${index}_location`] = state.name;
    list[`LCTSupervisor${index}_mode`] = party.supervises?.mode ?? 'mute';
    list[`LCTSupervisor${index}_monitoredDN`] = party.supervises?.dn ?? '';
  });
  if (supervisors.length > 0) list.LCTSupervisorLength = supervisors.length;
  return list;
}

/** Places where a call waits; nobody who talks. */
export function isRouting(party: Party): boolean {
  return party.type === 'RoutingPoint' || party.type === 'Queue';
}
