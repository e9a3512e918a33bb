/** Supervisors who listen to a call, coach the agent or speak to all; mute and deafened parties (t-library 8.8, 8.9). */
import { ExecError } from '@exec/common/errors';
import { addParty, deleteParty, setFlags } from './call-events.ts';
import { tellParticipants } from './participants.ts';
import type { SwitchState } from './switch-state.ts';
import type { Call, PartyFlag, SupervisorMode } from './types.ts';

const flagsOf: Record<SupervisorMode, readonly PartyFlag[]> = {
  mute: ['Audit', 'NoTalk'],
  coach: ['Audit'],
  open: [],
};

export interface Supervision {
  readonly supervisor: string;
  /** The agent who is listened to. */
  readonly agent: string;
  readonly mode: SupervisorMode;
}

export function supervisorJoin(state: SwitchState, call: Call, o: Supervision): void {
  state.party(call, o.agent);
  const party = addParty(state, call, {
    dn: o.supervisor,
    type: 'Extension',
    state: 'Connected',
    flags: flagsOf[o.mode],
  });
  party.supervises = { dn: o.agent, mode: o.mode };
  tellParticipants(state, call);
}

/** The mode is told by the flags alone: a user event carries it only when the supervisor comes (t-library 8.9). */
export function supervisorMode(state: SwitchState, call: Call, dn: string, mode: SupervisorMode): void {
  const party = state.party(call, dn);
  if (party.supervises === undefined)
    throw new ExecError('simulator.impossible', `${dn} supervises nobody in call ${call.uuid}`);
  party.supervises.mode = mode;
  setFlags(state, call, party, flagsOf[mode]);
}

export function supervisorLeave(state: SwitchState, call: Call, dn: string): void {
  const party = state.party(call, dn);
  deleteParty(state, call, party, { cause: 'Normal', by: party });
  tellParticipants(state, call);
}

/** Neither hears nor is heard, on command of the conference's owner. */
export function deafen(state: SwitchState, call: Call, dn: string, deaf: boolean): void {
  setFlags(state, call, state.party(call, dn), deaf ? ['NoListen', 'NoTalk'] : []);
  tellParticipants(state, call);
}

/** The agent's own mute key. */
export function mute(state: SwitchState, call: Call, dn: string, muted: boolean): void {
  state.party(call, dn);
  state.emit('extensions', dn, muted ? 'EventMuteOn' : 'EventMuteOff', {
    ConnID: call.connId,
    CallUUID: call.uuid,
  });
}
