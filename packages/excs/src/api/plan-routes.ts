/** The newest plan in parts: what people look at, of a plan that may have hundreds of thousands of operations. */
import { type Answer, countedPageOf } from '@exec/common/answers/answer';
import { operationAnswer, planSummaryAnswer } from '@exec/common/answers/plan';
import { ExecError } from '@exec/common/errors';
import { problemSchema, type ServiceApp } from '@exec/common/http';
import { type Mark, markOf } from '@exec/common/plan-marks';
import { z } from 'zod';
import { allowanceOf } from '../plan/limits.ts';
import { labelsOf, type Operation } from '../plan/operation.ts';
import { type Plan, planCounts } from '../plan/plan.ts';
import { operationJson } from '../plan/plan-json.ts';
import type { StatusBoard } from '../sync/status.ts';
import { sendJson } from './answers.ts';
import { filtered, listQuery, partOf } from './lists.ts';

const operationPage = countedPageOf(operationAnswer);
const errors = { 400: problemSchema, 404: problemSchema, 409: problemSchema, 503: problemSchema };

const marks: readonly Mark[] = ['+', '~', '-'];
export function planRoutes(app: ServiceApp, { status }: { readonly status: StatusBoard }): void {
  const newest = (): Plan => {
    const { plan } = status.current;
    if (plan === undefined) throw new ExecError('plan.not-found', 'No plan has been made yet.');
    return plan;
  };

  app.get(
    '/sync/plan/summary',
    {
      config: { right: 'read' },
      schema: {
        summary: 'The newest plan without its operations: totals, limits, what it waits for.',
        response: { 200: planSummaryAnswer, ...errors },
      },
    },
    (_request, reply) => sendJson<typeof planSummaryAnswer>(reply, summaryOf(newest())),
  );

  app.get(
    '/sync/plan/operations',
    {
      config: { right: 'read' },
      schema: {
        summary: 'Operations of the newest plan, in its order, in pages.',
        querystring: listQuery.extend({
          planId: z.string().optional().describe('Of this plan only: 409 when the newest is another one.'),
          kind: z.string().max(100).optional(),
          mark: z.enum(marks).optional().describe('+ adds, ~ changes, - removes.'),
        }),
        response: { 200: operationPage, ...errors },
      },
    },
    (request, reply) => {
      const plan = newest();
      const { planId, kind, mark, q, cursor, limit } = request.query;
      if (planId !== undefined && planId !== plan.id)
        throw new ExecError('plan.changed', `The newest plan is ${plan.id}, not ${planId}.`);
      const list = filtered(plan.operations, q, ({ engage }) => [engage.name, String(engage.dbid)]).filter(
        ({ type }) => fits(type, kind, mark),
      );
      const { items, next } = partOf(list, cursor, limit);
      sendJson<typeof operationPage>(reply, {
        items: items.map((one) => operationJson(plan, one)),
        next,
        total: list.length,
      });
    },
  );
}

function summaryOf(plan: Plan): Answer<typeof planSummaryAnswer> {
  return {
    planId: plan.id,
    createdAt: new Date(plan.createdAt).toISOString(),
    drift: plan.drift,
    billableUsers: plan.billableUsers,
    waitingForSecondRead: plan.waiting,
    operations: plan.operations.length,
    counts: planCounts(plan.operations),
    stopped: plan.stop?.detail ?? null,
    review: plan.review ?? null,
    demands: plan.demands.map(({ limit, inPlan, before, most }) => ({
      limit,
      inPlan,
      before,
      most: Number.isFinite(most) ? most : null,
    })),
    allowance: allowanceOf(plan.demands),
  };
}

function fits(type: Operation['type'], kind: string | undefined, mark: Mark | undefined): boolean {
  const labels = labelsOf(type);
  return (
    (kind === undefined || labels.kind === kind) && (mark === undefined || markOf(labels.operation) === mark)
  );
}
