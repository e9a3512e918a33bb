import { parseStatEvent } from '@exec/engage-link/wire';
import { describe, expect, it } from 'vitest';
import { type AgentChange, AgentStates } from './agent-states.ts';

const start = 1_700_000_000_000;

function agents(o: { waitsDuringCalls?: boolean } = {}) {
  const clock = { now: start };
  const states = new AgentStates({ now: () => clock.now, ...o });
  states.addAgent('E1');
  const changes: AgentChange[] = [];
  states.onChange((change) => changes.push(change));
  const login = (dn = '5001', switchName = 'X') => states.login('E1', { dn, switchName, loginId: '7001' });
  return { clock, states, changes, login };
}

function names(states: AgentStates): (string | undefined)[] {
  const value = states.value('E1', 'DNAction');
  return [
    value?.Status,
    ...(value?.Place?.DnStatuses.flatMap((dn) => (dn.Actions ?? []).map((one) => one.Action)) ?? []),
  ];
}

describe('the value of an agent', () => {
  it('has no place while logged out', () => {
    const { states } = agents();
    expect(states.value('E1', 'DNAction')).toEqual({
      AgentId: 'E1',
      LoginId: '',
      Status: 'LoggedOut',
      Time: start / 1000,
      Place: null,
    });
    expect(states.value('E2', 'DNAction')).toBeUndefined();
  });

  it('has the form of the wire, with actions only in depth DNAction', () => {
    const { states, login } = agents();
    login();
    states.notReady('E1', { ReasonCode: 'Break' });
    const value = states.value('E1', 'DNAction');
    expect(value).toEqual({
      AgentId: 'E1',
      LoginId: '7001',
      Status: 'NotReadyForNextCall',
      Time: start / 1000,
      Place: {
        PlaceId: 'Place_5001',
        DnStatuses: [
          {
            DN: '5001',
            SwitchId: 'X',
            Status: 'NotReadyForNextCall',
            Time: start / 1000,
            Actions: [
              { Action: 'NotReadyForNextCall', Time: start / 1000, Reasons: { ReasonCode: 'Break' } },
            ],
          },
        ],
      },
    });
    expect(states.value('E1', 'DNStatus')?.Place?.DnStatuses[0]).not.toHaveProperty('Actions');
    const parsed = parseStatEvent({
      message: 'EventInfo',
      attributes: { ReferenceID: 1, ObjectValue: value },
    });
    expect(parsed).toMatchObject({ kind: 'message', unknownNames: [] });
  });

  it('follows a call through ringing, talk, hold and consultation', () => {
    const { states, login } = agents();
    login();
    states.ready('E1');
    expect(names(states)).toEqual(['WaitForNextCall', 'WaitForNextCall']);
    states.call('E1', { connId: '1', type: 'Inbound', state: 'Ringing' });
    expect(names(states)).toEqual(['CallRinging', 'CallRinging']);
    states.call('E1', { connId: '1', type: 'Inbound', state: 'Connected' });
    expect(names(states)).toEqual(['CallInbound', 'CallInbound']);
    states.call('E1', { connId: '1', type: 'Inbound', state: 'Held' });
    states.call('E1', { connId: '2', type: 'Consult', state: 'Dialing' });
    expect(names(states)).toEqual(['CallOnHold', 'CallInbound', 'CallOnHold', 'CallDialing']);
    states.call('E1', { connId: '2', type: 'Consult', state: 'Connected' });
    expect(names(states)).toEqual(['CallConsult', 'CallInbound', 'CallOnHold', 'CallConsult']);
    states.endCall('E1', '2');
    states.endCall('E1', '1');
    states.afterCallWork('E1');
    expect(names(states)).toEqual(['AfterCallWork', 'AfterCallWork']);
  });

  it('keeps not ready beside a call, and waiting only where the server is set so', () => {
    const one = agents();
    one.login();
    one.states.call('E1', { connId: '1', type: 'Outbound', state: 'Connected' });
    expect(names(one.states)).toEqual(['CallOutbound', 'NotReadyForNextCall', 'CallOutbound']);
    const other = agents({ waitsDuringCalls: true });
    other.login();
    other.states.ready('E1');
    other.states.call('E1', { connId: '1', type: 'Inbound', state: 'Connected' });
    expect(names(other.states)).toEqual(['CallInbound', 'WaitForNextCall', 'CallInbound']);
  });

  it('dates a status from when it became the highest, an action from its own begin', () => {
    const { clock, states, login } = agents();
    login();
    clock.now += 10_000;
    states.call('E1', { connId: '1', type: 'Internal', state: 'Connected' });
    clock.now += 10_000;
    states.endCall('E1', '1');
    const value = states.value('E1', 'DNAction');
    expect([value?.Status, value?.Time]).toEqual(['NotReadyForNextCall', start / 1000 + 20]);
    expect(value?.Place?.DnStatuses[0]?.Actions?.[0]?.Time).toBe(start / 1000);
  });

  it('of several numbers is the highest of all', () => {
    const { states, login } = agents();
    login();
    states.ready('E1');
    states.login('E1', { dn: 'chat', switchName: 'Media', loginId: '7001' });
    expect(states.value('E1', 'DNStatus')?.Status).toBe('NotReadyForNextCall');
    states.call('E1', { connId: '1', type: 'Inbound', state: 'Connected' }, '5001');
    expect(states.value('E1', 'DNStatus')?.Place?.DnStatuses.map((dn) => dn.Status)).toEqual([
      'CallInbound',
      'NotReadyForNextCall',
    ]);
    states.logout('E1', '5001');
    expect(states.value('E1', 'DNStatus')?.Status).toBe('NotReadyForNextCall');
    states.logout('E1');
    expect(states.value('E1', 'DNStatus')).toMatchObject({ Status: 'LoggedOut', Place: null });
  });

  it('says when the switch is not watched, and comes back as it was', () => {
    const { states, login, changes } = agents();
    login();
    states.ready('E1');
    changes.length = 0;
    states.watch('X', 'NotMonitored');
    expect(names(states)).toEqual(['NotMonitored', 'NotMonitored']);
    states.watch('X', 'Monitored');
    states.watch('X', 'watched');
    expect(names(states)).toEqual(['WaitForNextCall', 'WaitForNextCall']);
    expect(changes).toHaveLength(3);
  });

  it('has the states in which nothing is known of a log-in, and the actions that are no calls', () => {
    const { states, login } = agents();
    login();
    states.base('E1', 'LoggedIn');
    expect(names(states)).toEqual(['LoggedIn', 'LoggedIn']);
    states.base('E1', 'OnHook');
    states.extra('E1', 'OffHook', true);
    expect(names(states)).toEqual(['OffHook', 'OnHook', 'OffHook']);
    states.extra('E1', 'OffHook', false);
    states.extra('E1', 'ASM_Engaged', true);
    expect(names(states)[0]).toBe('ASM_Engaged');
  });

  it('may be anything at all on command', () => {
    const { states, login } = agents();
    login();
    const unknownStatus = { AgentId: 'E1', Status: 'Unknown' as const, Time: 1, Place: null };
    states.override('E1', unknownStatus);
    expect(states.value('E1', 'DNAction')).toEqual(unknownStatus);
    states.override('E1', undefined);
    expect(states.value('E1', 'DNAction')?.Status).toBe('NotReadyForNextCall');
  });
});

describe('a change', () => {
  it('of the reason within a status is one of the actions only', () => {
    const { states, login, changes } = agents();
    login();
    states.notReady('E1', { ReasonCode: 'Break' });
    changes.length = 0;
    states.notReady('E1', { ReasonCode: 'Meal' });
    expect(changes).toEqual([{ employeeId: 'E1', status: false, actions: true }]);
    const action = states.value('E1', 'DNAction')?.Place?.DnStatuses[0]?.Actions?.[0];
    expect(action).toEqual({
      Action: 'NotReadyForNextCall',
      Time: start / 1000,
      Reasons: { ReasonCode: 'Meal' },
    });
  });

  it('that changes nothing is not told, unless it is to be repeated', () => {
    const { states, login, changes } = agents();
    login();
    changes.length = 0;
    states.notReady('E1');
    states.addAgent('E1');
    expect(changes).toEqual([]);
    states.repeat('E1');
    expect(changes).toEqual([{ employeeId: 'E1', status: true, actions: true }]);
  });

  it('of an agent or number that is not there is impossible', () => {
    const { states } = agents();
    expect(() => states.ready('E2')).toThrow(/does not know agent E2/);
    expect(() => states.ready('E1')).toThrow(/not logged in/);
    states.removeAgent('E1');
    expect(states.has('E1')).toBe(false);
    expect(() => states.logout('E1')).toThrow(/does not know/);
  });
});
