/** A plan that is stored, read back and carried out elsewhere does what the plan itself does. */
import { describe, expect, it } from 'vitest';
import { first, later, siteAfterFirst } from '../testing/every-operation.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { operationTypes } from './operation.ts';
import type { Plan } from './plan.ts';
import { parsePlan, planJson } from './plan-json.ts';
import { planTable } from './plan-table.ts';

const stored = (plan: Plan) => parsePlan(JSON.parse(JSON.stringify(planJson(plan))));

describe('a stored plan', () => {
  it('is the plan itself, whatever its operations are', async () => {
    const plans = [new MemorySite().plan(first), (await siteAfterFirst()).plan(later)];
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

  it.each([
    ['no plan', {}],
    ['an operation of an unknown type', { operations: [{ type: 'user.promote' }] }],
    ['an operation that lacks what it needs', { operations: [{ type: 'user.create' }] }],
  ])('%s is refused', (_what, fault) => {
    const plan = planJson(new MemorySite().plan({}));
    expect(() => parsePlan('operations' in fault ? { ...plan, ...fault } : fault)).toThrow();
  });
});
