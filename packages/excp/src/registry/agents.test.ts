import { asId, type EmployeeId } from '@exec/common/ids';
import { type EngageMicros, engageMicros, streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import { Agents } from './agents.ts';
import type { Effect, Effects } from './effects.ts';

const login = (at: EngageMicros, agentId: string) =>
  ({
    kind: 'agent-login',
    site: 'X',
    dn: '5001',
    at,
    agentId,
    employeeId: asId<EmployeeId>(`E${agentId}`),
  }) as const;
const logout = (at: EngageMicros) => ({ kind: 'agent-logout', site: 'X', dn: '5001', at }) as const;

const run = (effects: Effects): Effect[] => [...effects];

describe('who works at a DN', () => {
  it('is not known before anything was told', () => {
    expect(new Agents().occupant('X', '5001', engageMicros(5))).toEqual({ kind: 'unknown' });
  });

  it('is asked for a time, also when the changes come in another order', () => {
    const agents = new Agents();
    run(agents.event(login(engageMicros(300), '8'), streamMs(1)));
    run(agents.event(logout(engageMicros(200)), streamMs(2)));
    run(agents.event(login(engageMicros(100), '7'), streamMs(3)));
    expect(agents.occupant('X', '5001', engageMicros(150))).toMatchObject({
      kind: 'agent',
      agentId: '7',
      employeeId: 'E7',
    });
    expect(agents.occupant('X', '5001', engageMicros(200))).toEqual({ kind: 'nobody' });
    expect(agents.occupant('X', '5001', engageMicros(1_000))).toMatchObject({ agentId: '8' });
    expect(agents.occupant('X', '5002', engageMicros(1_000))).toEqual({ kind: 'unknown' });
    expect(agents.occupant('Y', '5001', engageMicros(1_000))).toEqual({ kind: 'unknown' });
  });

  it('may be found by a snapshot, then holds for the time before as well', () => {
    const agents = new Agents();
    run(
      agents.found({
        site: 'X',
        dn: '5001',
        agentId: '7',
        at: engageMicros(500),
        since: streamMs(10),
        now: streamMs(20),
      }),
    );
    expect(agents.occupant('X', '5001', engageMicros(100))).toMatchObject({ kind: 'agent', agentId: '7' });
    run(
      agents.found({
        site: 'X',
        dn: '5001',
        agentId: undefined,
        at: engageMicros(900),
        since: streamMs(30),
        now: streamMs(40),
      }),
    );
    expect(agents.occupant('X', '5001', engageMicros(950))).toEqual({ kind: 'nobody' });
  });

  it('is not taken from a snapshot that is older than an event', () => {
    const agents = new Agents();
    run(agents.event(login(engageMicros(300), '7'), streamMs(25)));
    run(
      agents.found({
        site: 'X',
        dn: '5001',
        agentId: undefined,
        at: engageMicros(350),
        since: streamMs(20),
        now: streamMs(30),
      }),
    );
    expect(agents.occupant('X', '5001', engageMicros(400))).toMatchObject({ agentId: '7' });
  });

  it('is written only when it changed', () => {
    const agents = new Agents();
    const found = { site: 'X', dn: '5001', agentId: '7' };
    const first = run(
      agents.found({ ...found, at: engageMicros(500), since: streamMs(10), now: streamMs(20) }),
    );
    expect(first).toMatchObject([{ type: 'agent', key: 'X/5001', shifts: { shifts: [{ agentId: '7' }] } }]);
    expect(
      run(agents.found({ ...found, at: engageMicros(700), since: streamMs(30), now: streamMs(40) })),
    ).toEqual([]);
  });

  it('is kept of the last four changes, and of who works there however long nothing is heard', () => {
    const agents = new Agents(1_000);
    for (const n of [1, 2, 3, 4, 5]) run(agents.event(login(engageMicros(n * 100), `${n}`), streamMs(n)));
    const shifts = [...agents.all()].map(([, of]) => of.shifts.map(({ agentId }) => agentId));
    expect(shifts).toEqual([['2', '3', '4', '5']]);
    expect(agents.occupant('X', '5001', engageMicros(150))).toMatchObject({ agentId: '2' });
    const once = new Agents(1_000);
    run(once.event(login(engageMicros(100), '7'), streamMs(0)));
    run(once.event({ ...logout(engageMicros(100)), dn: '5002' }, streamMs(90_000)));
    expect([...once.all()].map(([key]) => key)).toEqual(['X/5001', 'X/5002']);
  });

  it('is forgotten when nobody works there and long nothing was heard; who still works stays', () => {
    const day = 86_400_000;
    const agents = new Agents(30 * day);
    const at = (dn: string) => ({ site: 'X', dn, at: engageMicros(5) });
    const employeeId = asId<EmployeeId>('E7');
    run(agents.event({ kind: 'agent-login', ...at('5001'), agentId: '7', employeeId }, streamMs(0)));
    run(agents.event({ kind: 'agent-logout', ...at('5002') }, streamMs(0)));
    run(agents.event({ kind: 'agent-logout', ...at('5003') }, streamMs(day)));
    expect(run(agents.event(login(engageMicros(9), '8'), streamMs(30 * day)))).toHaveLength(1);
    const effects = run(
      agents.event({ kind: 'agent-login', ...at('5004'), agentId: '9', employeeId }, streamMs(30 * day + 1)),
    );
    expect(effects).toContainEqual({ type: 'agent', key: 'X/5002', shifts: undefined });
    expect([...agents.all()].map(([key]) => key)).toEqual(['X/5003', 'X/5001', 'X/5004']);
    run(agents.event(login(engageMicros(10), '8'), streamMs(32 * day)));
    expect([...agents.all()].map(([key]) => key)).toEqual(['X/5004', 'X/5001']);
  });
});
