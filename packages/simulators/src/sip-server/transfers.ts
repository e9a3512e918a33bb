/** Consultations, transfers, conferences and merges (t-library 8.6–8.8). */
import { ExecError } from '@exec/common/errors';
import {
  addParty,
  type Because,
  createCall,
  deleteCall,
  deleteParty,
  moveParty,
  setState,
  targetType,
} from './call-events.ts';
import { tellParticipants } from './participants.ts';
import { abandonQueues, staysOf, toRoutingPoint } from './queues.ts';
import type { SwitchState, TransferStyle } from './switch-state.ts';
import type { Call, Party } from './types.ts';

/** The agent holds the call and calls a colleague or an outside number about it. */
export function consult(state: SwitchState, main: Call, by: string, to: string): Call {
  const second = beginConsult(state, main, by, to);
  addParty(state, second, { dn: to, type: state.dns.has(to) ? 'Extension' : 'External', state: 'Alerting' });
  return second;
}

/** The agent holds the call and calls a routing point; the script queues the second call. */
export function consultQueue(state: SwitchState, main: Call, by: string, routingPoint: string): Call {
  state.requireDn(routingPoint, 'RoutingPoint');
  const second = beginConsult(state, main, by, routingPoint);
  second.routingPoint = routingPoint;
  toRoutingPoint(state, second);
  return second;
}

function beginConsult(state: SwitchState, main: Call, by: string, to: string): Call {
  const agent = state.party(main, by);
  if (agent.state !== 'Held') setState(state, main, agent, 'Held');
  const second = createCall(state, {
    callType: 'Consult',
    ani: by,
    dialedNumber: to,
    orig: main,
    userData: main.userData,
  });
  addParty(state, second, { dn: by, type: 'Extension', state: 'Dialing' });
  return second;
}

/** The agent leaves both calls; who was consulted, or waits to be, continues in the first one. */
export function completeTransfer(
  state: SwitchState,
  main: Call,
  second: Call,
  by: string,
  style: TransferStyle,
): void {
  const agent = state.party(main, by);
  const because: Because = { cause: 'Transfer', by: agent };
  const { inSecond, others } = sidesOf(state, second, by);
  deleteParty(state, main, agent, because);
  bringOver(state, second, main, others, { ...because, style });
  deleteParty(state, second, inSecond, because);
  endMerged(state, second, main, others, because);
  tellParticipants(state, main);
}

/** The agent ends the consultation and takes the first call back. */
export function reconnect(state: SwitchState, main: Call, second: Call, by: string): void {
  const { inSecond, others } = sidesOf(state, second, by);
  const because: Because = { cause: 'Normal', by: inSecond };
  for (const party of others) deleteParty(state, second, party, because);
  deleteParty(state, second, inSecond, because);
  abandonQueues(state, second);
  deleteCall(state, second, { cause: 'Normal' });
  setState(state, main, state.party(main, by), 'Connected');
}

/**
 * Everybody of the second call joins the first. The parties of the second call end with it, without events of
 * their own. Also merges two calls of an agent that were no consultation.
 */
export function conference(
  state: SwitchState,
  main: Call,
  second: Call,
  by: string,
  style: TransferStyle,
): void {
  const agent = state.party(main, by);
  const because: Because = { cause: 'Conference', by: agent };
  const { others } = sidesOf(state, second, by);
  bringOver(state, second, main, others, { ...because, style });
  for (const party of main.parties) {
    if (party.state === 'Held' && !talksElsewhere(state, party, [main, second]))
      setState(state, main, party, 'Connected');
  }
  deleteCall(state, second, { cause: 'Conference', into: main });
  tellParticipants(state, main);
}

/** Who asks somebody else about the call has put it on hold himself, and takes it back himself. */
function talksElsewhere(state: SwitchState, { dn }: Party, joined: readonly Call[]): boolean {
  return [...state.calls.values()].some(
    (other) =>
      !joined.includes(other) && other.parties.some((party) => party.dn === dn && party.state !== 'Held'),
  );
}

/** The agent sends the call on and is out of it at once. */
export function singleStepTransfer(
  state: SwitchState,
  call: Call,
  by: string,
  to: { readonly dn: string; readonly location?: string | undefined },
): void {
  const agent = state.party(call, by);
  const because: Because = { cause: 'SingleStepTransfer', by: agent };
  const type = targetType(state, to);
  addParty(state, call, { dn: to.dn, type, state: 'Alerting', location: to.location }, because);
  deleteParty(state, call, agent, because);
}

/** The agent sends the call to a routing point; the script queues it there. */
export function transferToRoutingPoint(
  state: SwitchState,
  call: Call,
  by: string,
  routingPoint: string,
): void {
  state.requireDn(routingPoint, 'RoutingPoint');
  const agent = state.party(call, by);
  const because: Because = { cause: 'SingleStepTransfer', by: agent };
  call.routingPoint = routingPoint;
  addParty(state, call, { dn: routingPoint, type: 'RoutingPoint', state: 'Queued' }, because);
  deleteParty(state, call, agent, because);
}

/** One party continues in another call, told as a move. */
export function move(state: SwitchState, from: Call, to: Call, dn: string): void {
  moveParty(state, from, to, state.party(from, dn), { cause: 'Transfer' });
  for (const stay of staysOf(state, from)) stay.call = to.uuid;
}

function bringOver(
  state: SwitchState,
  from: Call,
  to: Call,
  parties: readonly Party[],
  because: Because & { readonly style: TransferStyle },
): void {
  to.routingPoint = from.routingPoint ?? to.routingPoint;
  to.delivery = from.delivery ?? to.delivery;
  for (const stay of staysOf(state, from)) stay.call = to.uuid;
  for (const party of parties) {
    if (because.style === 'move') {
      moveParty(state, from, to, party, because);
      continue;
    }
    const { dn, type, flags, location } = party;
    const again = addParty(
      state,
      to,
      { dn, type, state: party.state, flags, location },
      { ...because, refParty: party.uuid },
    );
    again.supervises = party.supervises;
  }
}

function endMerged(
  state: SwitchState,
  second: Call,
  main: Call,
  others: readonly Party[],
  because: Because,
): void {
  for (const party of others) {
    if (second.parties.includes(party)) deleteParty(state, second, party, because);
  }
  deleteCall(state, second, { cause: 'Transfer', into: main });
}

function sidesOf(state: SwitchState, second: Call, by: string): { inSecond: Party; others: Party[] } {
  const inSecond = state.party(second, by);
  const others = second.parties.filter((party) => party !== inSecond);
  if (others.length === 0)
    throw new ExecError('simulator.impossible', `${by} is alone in call ${second.uuid}`);
  return { inSecond, others };
}
