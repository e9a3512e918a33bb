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
    roster.follow([mapping('u1')], new Map());
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
    roster.follow([mapping('u1')], new Map());
    tell('WaitForNextCall', 10);
    send();
    roster.follow([mapping('u2')], new Map());
    expect(send()).toEqual(['OnQueue', 'Idle']);
  });

  it('forgets who left the mapping', () => {
    const { roster, outbox, tell } = setUp();
    roster.follow([mapping('u1')], new Map());
    tell('WaitForNextCall', 10);
    expect(roster.follow([], new Map())).toEqual([id]);
    expect([outbox.size, roster.size, outbox.pendingAgents]).toEqual([0, 0, 0]);
  });

  it('sends nothing with an old time when Redis has lost what was injected before', () => {
    const { roster, outbox, tell } = setUp();
    roster.reload([mapping('u1')], new Map(), wallMs(100_000));
    tell('WaitForNextCall', 10);
    expect(outbox.agent(id)?.wanted?.at).toBe(100_001);
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
    roster.follow([mapping('u1')], new Map([[id, stored]]));
    tell('NotReadyForNextCall', 30);
    expect(send()).toEqual([]);
    tell('NotReadyForNextCall', 40);
    expect(send()).toEqual(['Busy', 'OffQueue']);
  });
});
