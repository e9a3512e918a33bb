/** Routes that show and steer the synchronisation. */
import { ExecError } from '@exec/common/errors';
import { problemSchema, type ServiceApp } from '@exec/common/http';
import { z } from 'zod';
import { planTable, renderPlan } from '../plan/render.ts';
import type { CycleRequest } from '../sync/cycle.ts';
import type { Run } from '../sync/runs.ts';
import type { SyncStatus } from '../sync/status.ts';
import { sendJson, sendText } from './answers.ts';

export interface SyncControl {
  readonly status: SyncStatus;
  /** Whether this instance synchronises. */
  isActive(): boolean;
  /** @throws ExecError `sync.busy` */
  submit(request: CycleRequest): Run;
  run(id: string): Run | undefined;
  /** @throws ExecError `redis.unavailable` */
  setPaused(paused: boolean): Promise<void>;
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

const run = z.looseObject({ id: z.string(), mode: z.string(), state: z.string() });
const anything = z.looseObject({});
const errors = { 400: problemSchema, 404: problemSchema, 409: problemSchema, 503: problemSchema };

export function syncRoutes(app: ServiceApp, control: SyncControl): void {
  const { status } = control;
  app.get(
    '/sync',
    { schema: { summary: 'State, cycles, progress, limits.', response: { 200: anything, ...errors } } },
    (_request, reply) => sendJson(reply, overview(control)),
  );
  app.get(
    '/sync/plan',
    {
      schema: {
        summary: 'The newest plan; as a table with Accept: text/plain.',
        response: { 200: anything, ...errors },
      },
    },
    (request, reply) => {
      const { plan } = status;
      if (plan === undefined) throw new ExecError('plan.not-found', 'No plan has been made yet.');
      if (request.headers.accept?.includes('text/plain') === true) sendText(reply, planTable(plan));
      else sendJson(reply, renderPlan(plan));
    },
  );
  app.post(
    '/sync/runs',
    {
      schema: {
        summary: 'Makes a plan, or makes and applies one.',
        body: runRequest,
        response: { 202: run, ...errors },
      },
    },
    (request, reply) => {
      requireActive(control);
      const { mode, drift, allow } = request.body;
      if (allow !== undefined && allow.planId !== status.plan?.id)
        throw new ExecError(
          'plan.changed',
          `The newest plan is ${status.plan?.id ?? 'not made yet'}, not ${allow.planId}.`,
        );
      const submitted = control.submit({
        mode,
        drift: drift ?? false,
        forced: true,
        allow: allow && { planId: allow.planId, numbers: allow },
      });
      sendJson(reply.code(202), submitted);
    },
  );
  app.get(
    '/sync/runs/:id',
    {
      schema: { summary: 'A run.', params: z.object({ id: z.string() }), response: { 200: run, ...errors } },
    },
    (request, reply) => {
      const found = control.run(request.params.id);
      if (found === undefined) throw new ExecError('run.not-found', 'There is no such run.');
      sendJson(reply, found);
    },
  );
  app.get(
    '/sync/conflicts',
    { schema: { summary: 'What cannot be mapped, and why.', response: { 200: anything, ...errors } } },
    (_request, reply) => sendJson(reply, { items: conflicts(status) }),
  );
  app.get(
    '/sync/orphans',
    {
      schema: {
        summary: 'What stays in the EX organisation without an Engage object.',
        response: { 200: anything, ...errors },
      },
    },
    (_request, reply) => sendJson(reply, { items: status.orphans }),
  );
  for (const [path, paused] of [
    ['/sync/pause', true],
    ['/sync/resume', false],
  ] as const)
    app.post(
      path,
      {
        schema: {
          summary: paused ? 'Stops applying plans.' : 'Goes on applying plans.',
          response: { 200: z.object({ paused: z.boolean() }), ...errors },
        },
      },
      async (_request, reply) => {
        await control.setPaused(paused);
        sendJson(reply, { paused });
      },
    );
}

function requireActive(control: SyncControl): void {
  if (!control.isActive())
    throw new ExecError('sync.standby', 'This instance stands by; ask the one that synchronises.');
}

/** Failing operations shown in the overview. */
const shown = 100;

function overview(control: SyncControl): object {
  const { status } = control;
  const { last, progress, stop, running } = status;
  return {
    state: status.state,
    active: control.isActive(),
    paused: status.paused,
    stopped: stop ?? null,
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

/** Conflicts of the objects, and operations that the cloud refuses. */
function conflicts(status: SyncStatus): object[] {
  return [
    ...status.conflicts.map(({ reason, object, detail }) => ({ reason, ...object, detail })),
    ...[...status.quarantined].map(([id, { tries, reason }]) => ({
      reason: 'operation.refused',
      operation: id,
      detail: reason,
      tries,
    })),
  ];
}

function time(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
