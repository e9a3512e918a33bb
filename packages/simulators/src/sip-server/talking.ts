/** What happens in a call with two sides: answer, hold, release, no answer, busy (t-library 8.1–8.5). */
import { ExecError } from '@exec/common/errors';
import { addParty, type Because, deleteCall, deleteParty, setState } from './call-events.ts';
import { isRouting, listensOnly, talking, tellParticipants } from './participants.ts';
import { abandonQueues, completeDelivery, leaveRoutingPoint, toRoutingPoint } from './queues.ts';
import type { SwitchState } from './switch-state.ts';
import type { Call, Party } from './types.ts';

export function answer(state: SwitchState, call: Call, dn: string): void {
  const party = state.party(call, dn);
  if (party.state !== 'Alerting')
    throw new ExecError('simulator.impossible', `${dn} does not ring in call ${call.uuid}`);
  setState(state, call, party, 'Connected');
  completeDelivery(state, call, dn);
  for (const other of call.parties) {
    if (other.state === 'Dialing') setState(state, call, other, 'Connected');
  }
  // In a consultation only the consulted agent is told; the other knows whom he called (t-library 8.6).
  tellParticipants(state, call, call.callType === 'Consult' ? [party] : undefined);
}

export function hold(state: SwitchState, call: Call, dn: string): void {
  setState(state, call, inState(state, call, dn, 'Connected'), 'Held');
}

export function retrieve(state: SwitchState, call: Call, dn: string): void {
  setState(state, call, inState(state, call, dn, 'Held'), 'Connected');
}

/** One party hangs up; when fewer than two sides remain, the call ends. */
export function release(state: SwitchState, call: Call, dn: string): void {
  const party = state.party(call, dn);
  const waits = call.parties.some((other) => isRouting(other)) || ringing(call, party).length > 0;
  const sides = call.parties.filter((other) => other !== party && talking(other) && !listensOnly(other));
  if (waits && sides.length === 0 && party.state !== 'Dialing') {
    abandon(state, call, party);
    return;
  }
  deleteParty(state, call, party, { cause: 'Normal', by: party });
  afterPartyLeft(state, call, { cause: 'Normal', by: party });
}

/** The caller gives up while waiting or while a telephone rings: who rings leaves first (t-library 8.2). */
export function abandon(state: SwitchState, call: Call, caller: Party): void {
  const because: Because = { cause: 'Abandoned', by: caller };
  for (const party of ringing(call, caller)) deleteParty(state, call, party, because);
  deleteParty(state, call, caller, because);
  for (const party of [...call.parties]) deleteParty(state, call, party, because);
  abandonQueues(state, call);
  deleteCall(state, call, { cause: 'Abandoned' });
}

/** Ends the call when nobody is left to talk to; else tells the others who remains. */
export function afterPartyLeft(state: SwitchState, call: Call, because: Because): void {
  const sides = call.parties.filter((party) => !listensOnly(party) && !isRouting(party));
  if (sides.length >= 2 || (sides.length === 1 && call.parties.some(isRouting))) {
    tellParticipants(state, call);
    return;
  }
  for (const party of [...call.parties]) deleteParty(state, call, party, because);
  abandonQueues(state, call);
  deleteCall(state, call, { cause: because.cause });
}

/** Nobody answers in time: the telephone stops ringing and the call goes back to routing, or to `to`. */
export function redirectNoAnswer(state: SwitchState, call: Call, dn: string, to: string | undefined): void {
  const party = inState(state, call, dn, 'Alerting');
  if (call.delivery?.dn === dn) call.delivery = undefined;
  deleteParty(state, call, party, { cause: to === undefined ? 'NoAnswer' : 'Redirect' });
  if (to !== undefined)
    addParty(state, call, { dn: to, type: state.dns.has(to) ? 'Extension' : 'External', state: 'Alerting' });
  else if (!call.parties.some(isRouting)) toRoutingPoint(state, call);
}

/** The called side is busy, fails, rejects or does not answer; the caller gets the call ended. */
export function fail(
  state: SwitchState,
  call: Call,
  dn: string,
  cause: 'Busy' | 'NoAnswer' | 'Reject',
): void {
  const party = state.party(call, dn);
  setState(state, call, party, cause === 'Busy' ? 'Busy' : 'Failed', { cause });
  deleteParty(state, call, party, { cause });
  afterPartyLeft(state, call, { cause, by: party });
}

/** The switch drops the call at once: no party leaves by an event of its own. */
export function drop(state: SwitchState, call: Call): void {
  for (const stay of [...state.stays.values()]) if (stay.call === call.uuid) state.stays.delete(stay.vqId);
  deleteCall(state, call, { cause: 'Empty' });
}

/** From the IVR on to the routing point. */
export function leaveIvr(state: SwitchState, call: Call, routingPoint: string): void {
  const ivr = call.parties.find((party) => party.type === 'IVR');
  if (ivr === undefined) throw new ExecError('simulator.impossible', `no IVR is in call ${call.uuid}`);
  deleteParty(state, call, ivr, { cause: 'Normal', by: ivr });
  route(state, call, routingPoint);
}

export function route(state: SwitchState, call: Call, routingPoint: string): void {
  state.requireDn(routingPoint, 'RoutingPoint');
  leaveRoutingPoint(state, call);
  call.routingPoint = routingPoint;
  toRoutingPoint(state, call);
}

function ringing(call: Call, except: Party): Party[] {
  return call.parties.filter((party) => party !== except && party.state === 'Alerting');
}

function inState(state: SwitchState, call: Call, dn: string, expected: Party['state']): Party {
  const party = state.party(call, dn);
  if (party.state !== expected)
    throw new ExecError('simulator.impossible', `${dn} is ${party.state}, not ${expected}, in ${call.uuid}`);
  return party;
}
