/** Keeps the agents' states in step with a switch: what its telephones do is what Stat Server tells. */
import type { Party, SipSwitch } from '../sip-server/index.ts';
import type { AgentStates } from './agent-states.ts';
import type { BaseAction, DnCondition, PhoneCall } from './conditions.ts';

/** Follows until the result is called. Agents without an employee ID, or not known, are left out. */
export function followSwitch(states: AgentStates, on: SipSwitch): () => void {
  const atDn = new Map<string, string>();
  const follow = (dn: string) => {
    const session = on.sessions.get(dn);
    const before = atDn.get(dn);
    if (before !== undefined && before !== session?.employeeId) {
      atDn.delete(dn);
      if (states.has(before)) states.logout(before, dn);
    }
    if (session?.employeeId === undefined || !states.has(session.employeeId)) return;
    atDn.set(dn, session.employeeId);
    const condition: DnCondition = {
      dn,
      switchName: on.name,
      base: { action: baseActions[session.status], since: session.since, reasons: session.reasons },
      calls: callsAt(on, dn),
    };
    states.set(session.employeeId, session.agentId, condition);
  };
  for (const dn of on.sessions.keys()) follow(dn);
  return on.onDnChange(follow);
}

const baseActions = {
  Ready: 'WaitForNextCall',
  NotReady: 'NotReadyForNextCall',
  AfterCallWork: 'AfterCallWork',
} as const satisfies Record<string, BaseAction>;

function callsAt(on: SipSwitch, dn: string): PhoneCall[] {
  const calls: PhoneCall[] = [];
  for (const call of on.callsAt(dn)) {
    for (const party of call.parties) {
      const state = party.dn === dn ? phoneState(party) : undefined;
      if (state === undefined) continue;
      const type = party.supervises === undefined ? call.callType : 'Unknown';
      calls.push({
        connId: call.connId,
        type,
        state,
        since: party.stateSince,
        connectedSince: party.connectedSince,
      });
    }
  }
  return calls;
}

function phoneState(party: Readonly<Party>): PhoneCall['state'] | undefined {
  switch (party.state) {
    case 'Dialing':
    case 'Initiated':
      return 'Dialing';
    case 'Alerting':
      return 'Ringing';
    case 'Connected':
    case 'Held':
      return party.state;
    default:
      return undefined;
  }
}
