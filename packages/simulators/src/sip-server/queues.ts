/** Virtual queues and the routing point behind them: waiting, being delivered, moving on (t-library 8.1–8.3). */
import { addParty, changeUserData, deleteParty, targetType } from './call-events.ts';
import { isRouting } from './participants.ts';
import type { SwitchState } from './switch-state.ts';
import type { Call, KeyValueList, Party, QueueStay } from './types.ts';

export interface QueueOptions {
  /** Skill and least level that the call asks for; told in the attached data. */
  readonly skills?: Readonly<Record<string, number>> | undefined;
}

/** The call waits in one more virtual queue; it returns to its routing point when that had been left. */
export function queue(state: SwitchState, call: Call, vq: string, o: QueueOptions): QueueStay {
  state.requireDn(vq, 'VirtualQueue');
  if (call.routingPoint !== undefined && !call.parties.some(isRouting)) toRoutingPoint(state, call);
  const attached: Record<string, KeyValueList | string> = { RStrategyName: 'Default' };
  if (o.skills !== undefined) attached.RRequestedSkills = o.skills;
  if (Object.entries(attached).some(([key, value]) => call.userData[key] !== value))
    changeUserData(state, call, { ...call.userData, ...attached });
  const stay: QueueStay = { vqId: state.ids.vqId(), queue: vq, call: call.uuid };
  state.stays.set(stay.vqId, stay);
  tellQueue(state, 'EventQueued', call, stay);
  return stay;
}

export function toRoutingPoint(state: SwitchState, call: Call): void {
  const number = call.routingPoint;
  if (number !== undefined) addParty(state, call, { dn: number, type: 'RoutingPoint', state: 'Queued' });
}

export function staysOf(state: SwitchState, call: Call): QueueStay[] {
  return [...state.stays.values()].filter((stay) => stay.call === call.uuid);
}

export interface Delivery {
  /** The queue that chose the target; absent when no queue did. */
  readonly queue?: string | undefined;
  /** Switch of a target at another site. */
  readonly location?: string | undefined;
  /** See {@link SwitchBehaviour}, for this delivery only. */
  readonly divertOnRinging?: boolean | undefined;
}

/** The target's telephone rings. */
export function deliver(state: SwitchState, call: Call, dn: string, o: Delivery): void {
  const type = targetType(state, { dn, location: o.location });
  const vq = o.queue;
  addParty(state, call, { dn, type, state: 'Alerting', location: o.location }, { cause: 'Route' });
  if (!(o.divertOnRinging ?? state.behaviour.divertOnRinging)) {
    call.delivery = { dn, queue: vq };
    return;
  }
  leaveQueues(state, call, vq, dn);
}

/** The agent answered a call that was kept in the queue until then. */
export function completeDelivery(state: SwitchState, call: Call, dn: string): void {
  if (call.delivery?.dn !== dn) return;
  const vq = call.delivery.queue;
  call.delivery = undefined;
  leaveQueues(state, call, vq, dn);
}

/** Another queue or the strategy took the call away from this queue: no target is told. */
export function divertWithoutTarget(state: SwitchState, call: Call, vq: string): void {
  for (const stay of staysOf(state, call).filter((one) => one.queue === vq))
    divert(state, call, stay, undefined);
}

/** The caller is gone. */
export function abandonQueues(state: SwitchState, call: Call): void {
  for (const stay of staysOf(state, call)) {
    state.stays.delete(stay.vqId);
    tellQueue(state, 'EventAbandoned', call, stay);
  }
}

function leaveQueues(state: SwitchState, call: Call, vq: string | undefined, dn: string): void {
  leaveRoutingPoint(state, call);
  const stays = staysOf(state, call);
  for (const stay of stays) divert(state, call, stay, stay.queue === vq ? dn : undefined);
}

export function leaveRoutingPoint(state: SwitchState, call: Call): void {
  for (const party of call.parties.filter(isRouting)) deleteParty(state, call, party, { cause: 'Route' });
}

function divert(state: SwitchState, call: Call, stay: QueueStay, to: string | undefined): void {
  state.stays.delete(stay.vqId);
  tellQueue(state, 'EventDiverted', call, stay, { ThirdPartyDN: to, CallState: 'Ok' });
}

function tellQueue(
  state: SwitchState,
  message: string,
  call: Call,
  stay: QueueStay,
  more: object = {},
): void {
  state.emit('queues', stay.queue, message, {
    ThisQueue: stay.queue,
    CallUUID: call.uuid,
    ConnID: call.connId,
    CallType: call.callType,
    ANI: call.ani,
    DNIS: call.dnis,
    OtherDN: caller(call)?.dn,
    UserData: Object.keys(call.userData).length === 0 ? undefined : call.userData,
    Extensions: { VQID: stay.vqId },
    ...more,
  });
}

function caller(call: Call): Party | undefined {
  return call.parties.find((party) => !isRouting(party));
}
