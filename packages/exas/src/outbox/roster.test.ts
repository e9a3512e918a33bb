import type { AgentMapping } from '@exec/common/id-map';
import { asId, type CloudUserId, type Dbid, type EmployeeId } from '@exec/common/ids';
import { engageSeconds, monotonicMs, wallMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import { defaultReasons, defaultTable } from '../state/table.ts';
import type { AgentTree, StatusName } from '../statistics/tree.ts';
import { halfKinds, Outbox } from './outbox.ts';
import { Roster } from './roster.ts';

const id = asId<EmployeeId>('E1');

function mapping(user: string, employeeId = id): AgentMapping {
  return {
    employeeId,
    dbid: asId<Dbid>(1),
    userId: asId<CloudUserId>(user),
    email: 'e1@contact.example',
    state: 'active',
    supervisor: false,
    logins: [],
  };
}

function setUp() {
  const outbox = new Outbox();
  const roster = new Roster({
    outbox,
    translation: { table: defaultTable, reasons: defaultReasons },
    now: () => wallMs(100_000),
  });
  const tell = (status: StatusName, seconds: number) => {
    const since = engageSeconds(seconds);
    const tree: AgentTree = { status, since, detailed: true, actions: [{ action: status, since }] };
    for (const kind of ['status', 'reasons'] as const)
      roster.input(id, { type: 'tree', kind, tree, at: monotonicMs(seconds) });
  };
  const send = () =>
    halfKinds.flatMap((kind) =>
      outbox.take(kind, 100, monotonicMs(0)).map((event) => {
        outbox.accepted(event);
        return event.value;
      }),
    );
  return { outbox, roster, tell, send };
}

describe('the roster', () => {
  it('shows everybody again as before when Engage comes back after they were set Offline', () => {
    const { roster, tell, send } = setUp();
    roster.follow([mapping('u1')]);
    tell('WaitForNextCall', 10);
    expect(send()).toEqual(['OnQueue', 'Idle']);
    roster.setAllOffline();
    expect(send()).toEqual(['Offline', 'OffQueue']);
    roster.disconnected();
    tell('WaitForNextCall', 10);
    expect(send()).toEqual(['OnQueue', 'Idle']);
  });

  it('injects the present state for another user of the same employee', () => {
    const { roster, tell, send } = setUp();
    roster.follow([mapping('u1')]);
    tell('WaitForNextCall', 10);
    send();
    roster.follow([mapping('u2')]);
    expect(send()).toEqual(['OnQueue', 'Idle']);
  });

  it('forgets who left the mapping', () => {
    const { roster, outbox, tell } = setUp();
    roster.follow([mapping('u1')]);
    tell('WaitForNextCall', 10);
    expect(roster.follow([])).toEqual([id]);
    expect([outbox.size, roster.size, outbox.pendingAgents]).toEqual([0, 0, 0]);
  });

  it('sends nothing with an old time when Redis has lost what was injected before', () => {
    const { roster, outbox, tell } = setUp();
    roster.reload([mapping('u1')], new Map(), wallMs(100_000));
    tell('WaitForNextCall', 10);
    expect(outbox.agent(id)?.wanted?.at).toBe(100_001);
  });

  it('knows nothing any more of who left, but injects no time before the last of theirs when they come back', () => {
    const { roster, outbox, tell, send } = setUp();
    const stored = {
      userId: asId<CloudUserId>('u1'),
      lastAt: wallMs(5_000),
      presence: { value: 'OnQueue', at: wallMs(5_000) },
      routingStatus: { value: 'Idle', at: wallMs(5_000) },
    };
    roster.reload([mapping('u1')], new Map([[id, stored]]), wallMs(0));
    tell('NotReadyForNextCall', 50);
    expect(send()).toEqual(['Busy', 'OffQueue']);
    expect(roster.follow([])).toEqual([id]);
    expect(roster.floor).toBe(50_000);
    roster.follow([mapping('u1')]);
    // The Stat Server tells a state that began before.
    tell('WaitForNextCall', 10);
    expect(outbox.agent(id)?.wanted?.at).toBe(50_001);
    expect(send()).toEqual(['OnQueue', 'Idle']);
  });

  it('injects no time before the last of whom is stored and has left the mapping meanwhile', () => {
    const { roster, outbox, tell } = setUp();
    const userId = asId<CloudUserId>('u1');
    const gone = asId<EmployeeId>('E0');
    const stored = new Map([[gone, { userId, lastAt: wallMs(40_000) }]]);
    // The same person with a new employee ID.
    expect(roster.reload([mapping('u1')], stored, wallMs(1_000))).toEqual([gone]);
    expect(roster.floor).toBe(40_000);
    tell('WaitForNextCall', 10);
    expect(outbox.agent(id)?.wanted?.at).toBe(40_001);
  });

  it('takes nobody for gone before the mapping was read', () => {
    const { roster, send, tell } = setUp();
    const stored = {
      userId: asId<CloudUserId>('u1'),
      lastAt: wallMs(5_000),
      presence: { value: 'OnQueue', at: wallMs(5_000) },
      routingStatus: { value: 'Idle', at: wallMs(5_000) },
    };
    expect(roster.reload([], new Map([[id, stored]]), wallMs(0))).toEqual([]);
    expect(roster.follow([mapping('u1')])).toEqual([]);
    tell('WaitForNextCall', 5);
    expect(send()).toEqual([]);
  });

  it.each([
    ['in the running term', true],
    ['since the term before', false],
  ])('injects no time before the last of another employee who had the same user: %s', (_, running) => {
    const { roster, outbox, tell } = setUp();
    const other = asId<EmployeeId>('E2');
    const stored = new Map(
      [id, other].map((one, at) => {
        const userId = asId<CloudUserId>(`u${at + 1}`);
        return [one, { userId, lastAt: wallMs(20_000 + at * 10_000) }] as const;
      }),
    );
    const before = [mapping('u1'), mapping('u2', other)];
    const after = [mapping('u2'), mapping('u1', other)];
    roster.reload(running ? before : after, stored, wallMs(0));
    if (running) roster.follow(after);
    expect(roster.floor).toBe(30_000);
    tell('WaitForNextCall', 10);
    expect(outbox.agent(id)?.wanted?.at).toBe(30_001);
  });

  it('keeps a ring without answer across a restart', () => {
    const { roster, tell, send } = setUp();
    const stored = {
      userId: asId<CloudUserId>('u1'),
      lastAt: wallMs(30_000),
      presence: { value: 'OnQueue', at: wallMs(30_000) },
      routingStatus: { value: 'NotResponding', at: wallMs(30_000) },
      situation: { kind: 'ringNoAnswer' as const, since: engageSeconds(30) },
    };
    roster.reload([mapping('u1')], new Map([[id, stored]]), wallMs(0));
    tell('NotReadyForNextCall', 30);
    expect(send()).toEqual([]);
    tell('NotReadyForNextCall', 40);
    expect(send()).toEqual(['Busy', 'OffQueue']);
  });

  it('knows who is stale, and nothing of who is not there', () => {
    const { roster, tell } = setUp();
    roster.follow([mapping('u1')]);
    expect([roster.stale, roster.isStale(id), roster.situation(id)]).toEqual([0, false, undefined]);
    tell('NotMonitored', 10);
    expect([roster.stale, roster.isStale(id), roster.situation(id)?.kind]).toEqual([1, true, 'unknown']);
    const other = asId<EmployeeId>('E9');
    expect([roster.isStale(other), roster.situation(other)]).toEqual([false, undefined]);
    expect(roster.input(other, { type: 'time', at: monotonicMs(0) })).toBe(false);
  });

  it('says whether a notification changed the state', () => {
    const { roster } = setUp();
    roster.follow([mapping('u1')]);
    expect(roster.input(id, { type: 'time', at: monotonicMs(0) })).toBe(false);
    roster.input(id, { type: 'unavailable', kind: 'reasons', at: monotonicMs(0) });
    const since = engageSeconds(10);
    const tree: AgentTree = {
      status: 'WaitForNextCall',
      since,
      detailed: true,
      actions: [{ action: 'WaitForNextCall', since }],
    };
    expect(roster.input(id, { type: 'tree', kind: 'status', tree, at: monotonicMs(1) })).toBe(true);
    expect(roster.input(id, { type: 'tree', kind: 'status', tree, at: monotonicMs(2) })).toBe(false);
  });

  it('does not send again what a user has whose mapping is read once more', () => {
    const { roster, tell, send } = setUp();
    roster.follow([mapping('u1')]);
    tell('WaitForNextCall', 10);
    send();
    expect(roster.follow([mapping('u1')])).toEqual([]);
    expect(send()).toEqual([]);
  });

  it('forgets a half of a pair when the server is gone: it does not complete with the next server', () => {
    const { roster, outbox } = setUp();
    roster.follow([mapping('u1')]);
    const since = engageSeconds(10);
    const tree: AgentTree = {
      status: 'WaitForNextCall',
      since,
      detailed: true,
      actions: [{ action: 'WaitForNextCall', since }],
    };
    roster.input(id, { type: 'tree', kind: 'status', tree, at: monotonicMs(1) });
    roster.disconnected();
    roster.input(id, { type: 'tree', kind: 'reasons', tree, at: monotonicMs(2) });
    expect(outbox.agent(id)?.wanted).toBeUndefined();
  });

  it('starts anew from what is stored when another instance was active in between', () => {
    const { roster, outbox, tell, send } = setUp();
    roster.follow([mapping('u1')]);
    tell('WaitForNextCall', 10);
    send();
    roster.reload([mapping('u1')], new Map(), wallMs(0));
    // Nothing of it is known to be accepted any more.
    expect(send()).toEqual(['OnQueue', 'Idle']);
    roster.clear();
    expect([roster.size, outbox.size]).toEqual([0, 0]);
  });
});
