import { describe, expect, it } from 'vitest';
import { SipSwitch } from '../sip-server/index.ts';
import { AgentStates } from './agent-states.ts';
import { followSwitch } from './follow-switch.ts';

function office() {
  const now = () => 1_700_000_000_000;
  const on = new SipSwitch({ name: 'X', now, seed: 'follow' });
  const states = new AgentStates({ now });
  for (const [index, employeeId] of ['E1', 'E2', 'E3'].entries()) {
    states.addAgent(employeeId);
    on.addDn(`500${index + 1}`, 'Extension');
  }
  on.login('5001', { agentId: '7001', employeeId: 'E1' });
  const stop = followSwitch(states, on);
  on.login('5002', { agentId: '7002', employeeId: 'E2' });
  on.login('5003', { agentId: '7003', employeeId: 'E3' });
  for (const dn of ['5001', '5002', '5003']) on.ready(dn);
  const status = (employeeId: string) => states.value(employeeId, 'DNStatus')?.Status;
  return { on, states, stop, status };
}

describe('a followed switch', () => {
  it('shows its agents from the start, with login code, number and reasons', () => {
    const { on, states, status } = office();
    expect(status('E1')).toBe('WaitForNextCall');
    on.notReady('5001', { ReasonCode: 'Meal' });
    expect(states.value('E1', 'DNAction')).toMatchObject({
      LoginId: '7001',
      Place: { DnStatuses: [{ DN: '5001', SwitchId: 'X', Actions: [{ Reasons: { ReasonCode: 'Meal' } }] }] },
    });
    on.logout('5001');
    expect(status('E1')).toBe('LoggedOut');
  });

  it('shows a consulted call as what it is at each moment to each agent', () => {
    const { on, status } = office();
    const main = on.inboundCall({ ani: '1', dnis: '2', extension: '5001' });
    expect(status('E1')).toBe('CallRinging');
    on.answer(main, '5001');
    expect(status('E1')).toBe('CallInbound');
    const second = on.consult(main, '5001', '5002');
    expect([status('E1'), status('E2')]).toEqual(['CallOnHold', 'CallRinging']);
    on.answer(second, '5002');
    expect([status('E1'), status('E2')]).toEqual(['CallConsult', 'CallConsult']);
    on.completeTransfer(main, second, '5001');
    expect([status('E1'), status('E2')]).toEqual(['WaitForNextCall', 'CallInbound']);
    on.release(main, '1');
    expect(status('E2')).toBe('WaitForNextCall');
  });

  it('shows dialling, outbound and internal calls, and a supervisor as in a call of unknown type', () => {
    const { on, status } = office();
    const out = on.dial('5001', '+99901');
    expect(status('E1')).toBe('CallDialing');
    on.answer(out, '+99901');
    expect(status('E1')).toBe('CallOutbound');
    on.supervisorJoin(out, { supervisor: '5003', agent: '5001', mode: 'mute' });
    expect(status('E3')).toBe('CallUnknown');
    on.release(out, '+99901');
    expect([status('E1'), status('E3')]).toEqual(['WaitForNextCall', 'WaitForNextCall']);
    const internal = on.dial('5001', '5002');
    on.answer(internal, '5002');
    expect([status('E1'), status('E2')]).toEqual(['CallInternal', 'CallInternal']);
  });

  it('shows another agent at the same number after a change', () => {
    const { on, status } = office();
    on.logout('5001');
    on.logout('5002');
    on.login('5001', { agentId: '7002', employeeId: 'E2' });
    expect([status('E1'), status('E2')]).toEqual(['LoggedOut', 'NotReadyForNextCall']);
  });

  it('leaves out who is not known, and ends when it is told to', () => {
    const { on, states, stop, status } = office();
    on.logout('5003');
    on.login('5003', { agentId: '7009', employeeId: 'E9' });
    expect(states.has('E9')).toBe(false);
    stop();
    on.notReady('5001');
    expect(status('E1')).toBe('WaitForNextCall');
  });
});
