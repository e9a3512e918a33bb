/** A plan as a whole: its ID, what it costs, and what of the difference it passes on. */
import { describe, expect, it } from 'vitest';
import { id } from '../testing/snapshot.ts';
import type { Operation } from './operation.ts';
import { makePlan, type PlanInput, planCounts } from './plan.ts';

const step = (about: number, type: 'user.activate' | 'user.deactivate' = 'user.deactivate'): Operation => ({
  type,
  id: `${type}/${about}`,
  engage: { kind: 'person', dbid: id(about), name: '' },
  reason: '',
  serialKey: '',
  counted: {
    limit: type === 'user.activate' ? 'creations' : 'deactivations',
    items: [`user/${about}`],
  },
});

function make(operations: readonly Operation[], more: Partial<PlanInput> = {}) {
  return makePlan({
    difference: {
      operations,
      gone: { persons: new Set([id(7)]), queues: new Set() },
      conflicts: [
        { reason: 'role.missing', object: { kind: 'tenant', dbid: id(1), name: '', path: '' }, detail: 'b' },
      ],
      absent: new Set(),
      waiting: 2,
    },
    createdAt: 5,
    drift: true,
    rules: { deactivations: { count: 1 }, removals: { count: 1 }, creations: 1 },
    totals: { existing: new Map(), applied: new Map() },
    allowed: new Set(),
    review: { mode: 'never', isFirst: false },
    conflicts: [
      { reason: 'skill.no-name', object: { kind: 'skill', dbid: id(2), name: '', path: '' }, detail: 'a' },
    ],
    describe: () => undefined,
    ...more,
  });
}

describe('a plan', () => {
  it('has the ID of its operations in their order, and nothing else', () => {
    const plan = make([step(1), step(2)]);
    expect(plan.id).toMatch(/^[0-9a-f]{16}$/);
    expect(make([step(1), step(2)], { createdAt: 9, drift: false }).id).toBe(plan.id);
    for (const other of [[step(2), step(1)], [step(1)], [step(1), { ...step(2), after: 'x' }]])
      expect(make(other).id).not.toBe(plan.id);
  });

  it('passes on when it was made, from what, and the conflicts of Engage before those with the cloud', () => {
    const plan = make([]);
    expect(plan).toMatchObject({ createdAt: 5, drift: true, waiting: 2, billableUsers: 0, demands: [] });
    expect([...plan.gone.persons]).toEqual([7]);
    expect(plan.conflicts.map(({ detail }) => detail)).toEqual(['a', 'b']);
    expect([plan.stop, plan.review]).toEqual([undefined, undefined]);
  });

  it('counts the users that become billable', () => {
    expect(make([step(1, 'user.activate'), step(2, 'user.activate'), step(3)]).billableUsers).toBe(2);
  });

  it('is stopped by its limits, and waits by its review, each by the ID of the plan', () => {
    const plan = make([step(1), step(2), step(3, 'user.activate'), step(4, 'user.activate')]);
    expect(plan.stop?.detail).toContain(`"planId":"${plan.id}"`);
    expect(plan.review).toMatchObject({ reason: 'creations', detail: expect.stringContaining(plan.id) });
    const allowed = new Set([1, 2, 3, 4].map((about) => `user/${about}`));
    expect(make(plan.operations, { allowed })).toMatchObject({ stop: undefined, review: undefined });
  });

  it('is stopped by a doubt whatever the limits say', () => {
    expect(make([step(1)]).stop).toBeUndefined();
    expect(make([step(1)], { doubt: 'the clock jumped' }).stop?.detail).toContain('the clock jumped');
  });

  it('counts its operations by type, in their order', () => {
    expect(Object.entries(planCounts([step(1), step(2, 'user.activate'), step(3)]))).toEqual([
      ['user.deactivate', 2],
      ['user.activate', 1],
    ]);
  });
});
