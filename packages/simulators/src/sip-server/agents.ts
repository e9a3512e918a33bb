/** Agents at their telephones: log-in, ready, not ready, after-call work, log-out. */
import { ExecError } from '@exec/common/errors';
import type { SwitchState } from './switch-state.ts';
import type { AgentSession, KeyValueList } from './types.ts';

export interface AgentLogin {
  /** Login code of this switch. */
  readonly agentId: string;
  /** Sent as Extensions.EmployeeID, as some switches do, when `tellEmployeeId` is set. */
  readonly employeeId?: string | undefined;
  readonly tellEmployeeId?: boolean;
}

export function login(state: SwitchState, dn: string, agent: AgentLogin): void {
  state.requireDn(dn, 'Extension', 'ACDPosition');
  const other = state.sessions.get(dn);
  if (other !== undefined)
    throw new ExecError('simulator.impossible', `agent ${other.agentId} is logged in at ${dn} already`);
  state.sessions.set(dn, {
    dn,
    agentId: agent.agentId,
    employeeId: agent.employeeId,
    status: 'NotReady',
    reasons: {},
    since: state.now(),
  });
  const employee = agent.tellEmployeeId === true ? agent.employeeId : undefined;
  state.emit('extensions', dn, 'EventAgentLogin', {
    AgentID: agent.agentId,
    AgentWorkMode: 'Unknown',
    Extensions: employee === undefined ? undefined : { EmployeeID: employee },
  });
  state.touch(dn);
}

export function logout(state: SwitchState, dn: string): void {
  const session = sessionAt(state, dn);
  state.sessions.delete(dn);
  state.emit('extensions', dn, 'EventAgentLogout', { AgentID: session.agentId });
  state.touch(dn);
}

export function ready(state: SwitchState, dn: string): void {
  const session = change(state, dn, 'Ready', {});
  state.emit('extensions', dn, 'EventAgentReady', { AgentID: session.agentId, AgentWorkMode: 'ManualIn' });
}

export function notReady(state: SwitchState, dn: string, reasons: KeyValueList): void {
  const session = change(state, dn, 'NotReady', reasons);
  state.emit('extensions', dn, 'EventAgentNotReady', {
    AgentID: session.agentId,
    AgentWorkMode: 'AuxWork',
    Reasons: Object.keys(reasons).length === 0 ? undefined : reasons,
  });
}

export function afterCallWork(state: SwitchState, dn: string, reasons: KeyValueList): void {
  const session = change(state, dn, 'AfterCallWork', reasons);
  state.emit('extensions', dn, 'EventAgentNotReady', {
    AgentID: session.agentId,
    AgentWorkMode: 'AfterCallWork',
    Reasons: Object.keys(reasons).length === 0 ? undefined : reasons,
  });
}

function change(
  state: SwitchState,
  dn: string,
  status: AgentSession['status'],
  reasons: KeyValueList,
): AgentSession {
  const session = sessionAt(state, dn);
  if (session.status !== status) session.since = state.now();
  session.status = status;
  session.reasons = reasons;
  state.touch(dn);
  return session;
}

function sessionAt(state: SwitchState, dn: string): AgentSession {
  const session = state.sessions.get(dn);
  if (session === undefined) throw new ExecError('simulator.impossible', `nobody is logged in at ${dn}`);
  return session;
}
