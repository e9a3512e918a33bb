/** Routes that show and steer the synchronisation. */
import { type Answer, pageOf } from '@exec/common/answers/answer';
import { planAnswer } from '@exec/common/answers/plan';
import {
  conflictAnswer,
  emptyTableAnswer,
  orphanAnswer,
  pausedAnswer,
  runAnswer,
  syncAnswer,
} from '@exec/common/answers/sync';
import { ExecError } from '@exec/common/errors';
import { type NoteAction, problemSchema, type ServiceApp } from '@exec/common/http';
import { z } from 'zod';
import { conflictRemedies } from '../desired/conflict-remedies.ts';
import { type Plan, planCounts } from '../plan/plan.ts';
import { planJson } from '../plan/plan-json.ts';
import { planTable } from '../plan/plan-table.ts';
import type { Review } from '../plan/review.ts';
import type { CycleRequest } from '../sync/cycle.ts';
import type { Run } from '../sync/runs.ts';
import type { StatusBoard, SyncStatus } from '../sync/status.ts';
import { sendJson, sendText } from './answers.ts';
import { filtered, listQuery, partOf } from './lists.ts';

export interface SyncControl {
  readonly status: StatusBoard;
  /** Whether this instance synchronises. */
  isActive(): boolean;
  /** @throws ExecError `sync.busy` */
  submit(request: CycleRequest): Run;
  run(id: string): Run | undefined;
  /** The newest first. */
  allRuns(): readonly Run[];
  /** @throws ExecError `redis.unavailable` */
  setPaused(paused: boolean): Promise<void>;
  /**
   * Lets the next read find this table empty; answers whether any read has counted it.
   *
   * @throws ExecError `redis.unavailable`
   */
  acceptEmptyTable(table: string): Promise<boolean>;
  /** What a person did: one line at `info`. */
  readonly noteAction: NoteAction;
}

const number = z.number().int().min(0);
const runRequest = z
  .strictObject({
    mode: z.enum(['plan', 'apply']),
    drift: z.boolean().optional().describe('Compare with the EX organisation although it is not due.'),
    allow: z
      .strictObject({
        planId: z.string(),
        deactivations: number.optional(),
        removals: number.optional(),
        creations: number.optional(),
      })
      .optional()
      .describe('Lets this one plan pass the safety limits; the numbers are those of the plan.'),
  })
  .refine((run) => run.allow === undefined || run.mode === 'apply', 'allow belongs to the mode apply');

const errors = { 400: problemSchema, 404: problemSchema, 409: problemSchema, 503: problemSchema };

const runPage = pageOf(runAnswer);
const conflictPage = pageOf(conflictAnswer);
const orphanPage = pageOf(orphanAnswer);
const planAsked = {
  content: { 'application/json': { schema: planAnswer }, 'text/plain': { schema: z.string() } },
};

export function syncRoutes(app: ServiceApp, control: SyncControl): void {
  const board = control.status;
  app.get(
    '/sync',
    {
      config: { right: 'read' },
      schema: { summary: 'State, cycles, progress, limits.', response: { 200: syncAnswer, ...errors } },
    },
    (_request, reply) => sendJson<typeof syncAnswer>(reply, overview(control)),
  );
  app.get(
    '/sync/plan',
    {
      config: { right: 'read' },
      schema: {
        summary: 'The newest plan; as a table with Accept: text/plain.',
        response: { 200: planAsked, ...errors },
      },
    },
    (request, reply) => {
      const { plan } = board.current;
      if (plan === undefined) throw new ExecError('plan.not-found', 'No plan has been made yet.');
      if (request.headers.accept?.includes('text/plain') === true) sendText(reply, planTable(plan));
      else sendJson<typeof planAnswer>(reply, planJson(plan));
    },
  );
  app.post(
    '/sync/runs',
    {
      config: { right: 'operate' },
      schema: {
        summary: 'Makes a plan, or makes and applies one.',
        body: runRequest,
        response: { 202: runAnswer, ...errors },
      },
    },
    (request, reply) => {
      requireActive(control);
      const { mode, drift, allow } = request.body;
      if (allow !== undefined && allow.planId !== board.current.plan?.id)
        throw new ExecError(
          'plan.changed',
          `The newest plan is ${board.current.plan?.id ?? 'not made yet'}, not ${allow.planId}.`,
        );
      const submitted = control.submit({
        mode,
        drift: drift ?? false,
        forced: true,
        allow: allow && { planId: allow.planId, numbers: allow },
      });
      if (allow !== undefined) control.noteAction(request, `Plan ${allow.planId} allowed beyond the limits`);
      sendJson<typeof runAnswer>(reply.code(202), submitted);
    },
  );
  app.get(
    '/sync/runs',
    {
      config: { right: 'read' },
      schema: {
        summary: 'The newest hundred runs, newest first.',
        response: { 200: runPage, ...errors },
      },
    },
    (_request, reply) => sendJson<typeof runPage>(reply, { items: control.allRuns(), next: null }),
  );
  app.get(
    '/sync/runs/:id',
    {
      config: { right: 'read' },
      schema: {
        summary: 'A run.',
        params: z.object({ id: z.string() }),
        response: { 200: runAnswer, ...errors },
      },
    },
    (request, reply) => {
      const found = control.run(request.params.id);
      if (found === undefined) throw new ExecError('run.not-found', 'There is no such run.');
      sendJson<typeof runAnswer>(reply, found);
    },
  );
  app.get(
    '/sync/conflicts',
    {
      config: { right: 'read' },
      schema: {
        summary: 'What cannot be mapped, and why; all of it, or in pages.',
        querystring: listQuery,
        response: { 200: conflictPage, ...errors },
      },
    },
    (request, reply) => {
      const { q, cursor, limit } = request.query;
      const list = filtered(conflicts(board.current), q, (one) => [
        ...[one.reason, one.detail, one.path, one.name, one.operation, one.dbid?.toString()],
      ]);
      sendJson<typeof conflictPage>(reply, partOf(list, cursor, limit));
    },
  );
  app.get(
    '/sync/orphans',
    {
      config: { right: 'read' },
      schema: {
        summary: 'What stays in the EX organisation without an Engage object; all of it, or in pages.',
        querystring: listQuery,
        response: { 200: orphanPage, ...errors },
      },
    },
    (request, reply) => {
      const { q, cursor, limit } = request.query;
      const list = filtered(board.current.orphans, q, ({ name, cloudId, dbid }) => [
        name,
        cloudId,
        `${dbid}`,
      ]);
      sendJson<typeof orphanPage>(reply, partOf(list, cursor, limit));
    },
  );
  app.post(
    '/sync/approve',
    {
      config: { right: 'operate' },
      schema: {
        summary: 'Approves the plan that waits, and applies it.',
        body: z.strictObject({ planId: z.string() }),
        response: { 202: runAnswer, ...errors },
      },
    },
    (request, reply) => {
      requireActive(control);
      const { planId } = request.body;
      const { plan, review, stop } = board.current;
      if (stop?.reason === 'limit') throw new ExecError('sync.stopped-by-limit', stop.detail);
      if (review === undefined) throw new ExecError('plan.changed', 'No plan waits for approval.');
      if (planId !== plan?.id)
        throw new ExecError('plan.changed', `The plan that waits is ${plan?.id}, not ${planId}.`);
      const submitted = control.submit({ mode: 'apply', drift: false, forced: true, approve: planId });
      control.noteAction(request, `Plan ${planId} approved`);
      sendJson<typeof runAnswer>(reply.code(202), submitted);
    },
  );
  for (const [path, paused] of [
    ['/sync/pause', true],
    ['/sync/resume', false],
  ] as const)
    app.post(
      path,
      {
        config: { right: 'operate' },
        schema: {
          summary: paused ? 'Stops applying plans.' : 'Goes on applying plans.',
          response: { 200: pausedAnswer, ...errors },
        },
      },
      async (request, reply) => {
        await control.setPaused(paused);
        control.noteAction(request, paused ? 'Synchronisation paused' : 'Synchronisation resumed');
        sendJson<typeof pausedAnswer>(reply, { paused });
      },
    );
  app.post(
    '/sync/accept-empty-table',
    {
      config: { right: 'operate' },
      schema: {
        summary: 'Accepts that a table of the Config DB which had rows is empty, and reads again.',
        body: z.strictObject({
          table: z.string().max(100).describe('Name of the table as the refusal of the read gives it.'),
        }),
        response: { 200: emptyTableAnswer, ...errors },
      },
    },
    async (request, reply) => {
      const { table } = request.body;
      if (!(await control.acceptEmptyTable(table)))
        throw new ExecError('table.not-known', `No read has counted a table ${table}.`);
      control.noteAction(request, `Table ${table} accepted as empty`);
      sendJson<typeof emptyTableAnswer>(reply, { table });
    },
  );
}

function requireActive(control: SyncControl): void {
  if (!control.isActive())
    throw new ExecError('sync.standby', 'This instance stands by; ask the one that synchronises.');
}

/** Failing operations shown in the overview. */
const shown = 100;

function overview(control: SyncControl): Answer<typeof syncAnswer> {
  const status = control.status.current;
  const { last, progress, stop, running, plan, review } = status;
  return {
    state: status.state,
    active: control.isActive(),
    paused: status.paused,
    stopped: stop ?? null,
    review: review === undefined || plan === undefined ? null : waiting(plan, review),
    running:
      running === undefined ? null : { startedAt: time(running.startedAt), progress: progress ?? null },
    last:
      last === undefined
        ? null
        : {
            ...last,
            planId: last.planId ?? null,
            startedAt: time(last.startedAt),
            endedAt: time(last.endedAt),
          },
    lastSuccessAt: time(status.lastSuccessAt),
    planId: status.plan?.id ?? null,
    counts: status.counts ?? null,
    waitingForSecondRead: status.plan?.waiting ?? 0,
    refusedKinds: status.refused,
    conflicts: status.conflicts.length,
    orphans: status.orphans.length,
    oldestCheckAt: time(status.oldestCheckAt),
    failing: [...status.quarantined].slice(0, shown).map(([id, { tries, until, reason }]) => ({
      id,
      tries,
      nextTryAt: time(until),
      reason,
    })),
    failingCount: status.quarantined.size,
  };
}

/** The plan that waits for approval, with its totals. */
function waiting(plan: Plan, review: Review): Answer<typeof syncAnswer>['review'] {
  return {
    planId: plan.id,
    ...review,
    operations: plan.operations.length,
    billableUsers: plan.billableUsers,
    counts: planCounts(plan.operations),
  };
}

/** Conflicts of the objects, and operations that the cloud refuses. */
function conflicts(status: SyncStatus): Answer<typeof conflictAnswer>[] {
  return [
    ...status.conflicts.map(({ reason, object, detail }) => ({
      reason,
      ...object,
      detail,
      remedy: conflictRemedies[reason],
    })),
    ...[...status.quarantined].map(([id, { tries, reason }]) => ({
      reason: 'operation.refused',
      operation: id,
      detail: reason,
      remedy: conflictRemedies['operation.refused'],
      tries,
    })),
  ];
}

function time(ms: number): string;
function time(ms: number | undefined): string | null;
function time(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
