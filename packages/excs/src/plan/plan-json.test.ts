/** A plan that is stored, read back and carried out elsewhere does what the plan itself does. */
import { describe, expect, it } from 'vitest';
import { first, later, siteAfterFirst } from '../testing/every-operation.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { planOf, planStoppedBy } from '../testing/plan.ts';
import { id } from '../testing/snapshot.ts';
import { operationTypes } from './operation.ts';
import type { Plan } from './plan.ts';
import { parsePlan, planJson } from './plan-json.ts';
import { planTable } from './plan-table.ts';

const stored = (plan: Plan) => parsePlan(JSON.parse(JSON.stringify(planJson(plan))));

describe('a stored plan', () => {
  it('is the plan itself, whatever its operations are', async () => {
    const plans = [
      new MemorySite().plan(first),
      (await siteAfterFirst()).plan(later),
      new MemorySite({ primarySourceScope: 'organization' }).plan(first),
    ];
    for (const plan of plans) {
      const { demands: _demands, describe: describePlan, ...rest } = plan;
      const { describe: describeStored, ...read } = stored(plan);
      expect(read).toEqual(rest);
      for (const { engage } of plan.operations)
        expect(describeStored(engage.kind, engage.dbid)?.path).toBe(
          describePlan(engage.kind, engage.dbid)?.path,
        );
      expect(planTable(stored(plan))).toBe(planTable(plan));
    }
    const types = new Set(plans.flatMap((plan) => plan.operations.map(({ type }) => type)));
    expect([...types].sort()).toEqual([...operationTypes].sort());
  });

  it('carried out elsewhere leaves the same cloud, the same state and the same store', async () => {
    const here = await siteAfterFirst();
    const elsewhere = await siteAfterFirst();
    const plan = here.plan(later);
    const outcome = await here.apply(plan);
    expect(await elsewhere.apply(stored(plan))).toEqual(outcome);
    expect(outcome).toMatchObject({ ended: 'complete', done: plan.operations.length, failed: 0 });
    expect(elsewhere.cloud.read()).toEqual(here.cloud.read());
    expect(elsewhere.cloud.requests).toEqual(here.cloud.requests);
    expect(elsewhere.ledger.held).toEqual(here.ledger.held);
    expect(elsewhere.state).toEqual(here.state);
    await elsewhere.learn();
    expect(elsewhere.plan(later).operations).toEqual([]);
  });

  it('says what stops it, and what it waits for', () => {
    const plan = {
      ...planStoppedBy('too much'),
      review: { reason: 'first-plan' as const, detail: 'look at it' },
      billableUsers: 3,
      waiting: 4,
      drift: true,
      createdAt: Date.UTC(2026, 0, 2),
      gone: { persons: new Set([id(1), id(2)]), queues: new Set([id(3)]) },
      conflicts: [
        {
          reason: 'skill.no-name' as const,
          object: { kind: 'skill' as const, dbid: id(5), name: '', path: '/Resources/Skills/' },
          detail: 'The skill has no name.',
        },
      ],
    };
    expect(planJson(plan)).toEqual({
      planId: 'plan',
      createdAt: '2026-01-02T00:00:00.000Z',
      drift: true,
      billableUsers: 3,
      waitingForSecondRead: 4,
      stopped: 'too much',
      review: { reason: 'first-plan', detail: 'look at it' },
      counts: {},
      gone: { persons: [1, 2], queues: [3] },
      conflicts: plan.conflicts,
      operations: [],
    });
    const { demands: _demands, describe: _describe, ...rest } = plan;
    expect(stored(plan)).toEqual({
      ...rest,
      stop: { detail: 'too much' },
      describe: expect.any(Function),
    });
    expect(planJson(planOf())).not.toHaveProperty('stopped');
    expect(planJson(planOf())).not.toHaveProperty('review');
  });

  it('has a path where there is one, and counts its operations by type', async () => {
    const plan = { ...(await siteAfterFirst()).plan(later), describe: () => undefined };
    const json = planJson(plan);
    for (const { engage } of json.operations) expect(engage).not.toHaveProperty('path');
    expect(stored(plan).describe('person', id(1))).toBeUndefined();
    expect(json.counts).toMatchObject({ 'user.update': 3, 'role.grant': 1 });
    expect(json.operations[0]).toMatchObject({ kind: 'source', operation: 'update' });
    const created = planJson(new MemorySite().plan(first)).operations.find(
      ({ type }) => type === 'skill.create',
    );
    expect(created).toMatchObject({ cloudId: null, before: null, after: 'English' });
  });

  it('is refused without any of its fields', async () => {
    const json = planJson((await siteAfterFirst()).plan(later));
    const optional = new Set(['counts']);
    for (const field of Object.keys(json).filter((name) => !optional.has(name))) {
      const { [field as 'gone']: _left, ...rest } = json;
      expect(() => parsePlan(rest), field).toThrow(field);
    }
  });

  it('is refused with an operation that lacks any of what it needs', async () => {
    const plans = [new MemorySite().plan(first), (await siteAfterFirst()).plan(later)].map(planJson);
    const shown = new Set(['kind', 'operation', 'counted', 'before', 'after']);
    /** Where the ID is for people alone. */
    const withoutId = /\.(create|update|activate|restore|deactivate|set|grant)$|^external-identity|\.add$/;
    for (const json of plans)
      for (const operation of json.operations)
        for (const field of Object.keys(operation)) {
          if (shown.has(field) || (field === 'cloudId' && withoutId.test(operation.type))) continue;
          const { [field as 'id']: _left, ...rest } = operation;
          expect(() => parsePlan({ ...json, operations: [rest] }), `${operation.type} ${field}`).toThrow(
            field,
          );
        }
  });

  it.each([
    ['no plan', {}],
    ['an operation of an unknown type', { operations: [{ type: 'user.promote' }] }],
    ['an operation that lacks what it needs', { operations: [{ type: 'user.create' }] }],
  ])('%s is refused', (_what, fault) => {
    const plan = planJson(new MemorySite().plan({}));
    expect(() => parsePlan('operations' in fault ? { ...plan, ...fault } : fault)).toThrow();
  });
});
