/** Shows a plan: as JSON for programs, as a table for people. */
import type { EngageObject } from '../desired/model.ts';
import type { Operation } from './operation.ts';
import { type Plan, planCounts } from './plan.ts';

export interface RenderedOperation {
  readonly id: string;
  readonly kind: string;
  readonly operation: string;
  readonly engage: {
    readonly kind: string;
    readonly dbid: number;
    readonly name: string;
    readonly path?: string;
  };
  readonly cloudId: string | null;
  readonly reason: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface RenderedPlan {
  readonly planId: string;
  readonly createdAt: string;
  readonly drift: boolean;
  readonly billableUsers: number;
  readonly waitingForSecondRead: number;
  readonly stopped?: string;
  readonly counts: Record<string, number>;
  readonly operations: readonly RenderedOperation[];
}

export function renderPlan(plan: Plan): RenderedPlan {
  return {
    planId: plan.id,
    createdAt: new Date(plan.createdAt).toISOString(),
    drift: plan.drift,
    billableUsers: plan.billableUsers,
    waitingForSecondRead: plan.waiting,
    ...(plan.stop === undefined ? {} : { stopped: plan.stop.detail }),
    counts: planCounts(plan.operations),
    operations: plan.operations.map((operation) => renderOperation(plan, operation)),
  };
}

function renderOperation(plan: Plan, operation: Operation): RenderedOperation {
  const path = plan.describe(operation.engage.kind, operation.engage.dbid)?.path;
  return {
    id: operation.id,
    kind: operation.kind,
    operation: operation.operation,
    engage: { ...operation.engage, ...(path === undefined ? {} : { path }) },
    cloudId: operation.cloudId ?? null,
    reason: operation.reason,
    before: operation.before ?? null,
    after: operation.after ?? null,
  };
}

/** Longest cell, in characters: a table that wraps is not readable. */
const widest = 48;

/** A readable table with a summary above and what stands in the way below. */
export function planTable(plan: Plan, options: { readonly rows?: number } = {}): string {
  const shown = plan.operations.slice(0, options.rows ?? Number.POSITIVE_INFINITY);
  const lines = [
    `Plan ${plan.id} of ${new Date(plan.createdAt).toISOString()}${plan.drift ? ', compared with the cloud' : ''}`,
    `${plan.operations.length} operation${plan.operations.length === 1 ? '' : 's'}; users that become billable: ${plan.billableUsers}`,
  ];
  for (const [name, count] of Object.entries(planCounts(plan.operations)))
    lines.push(`  ${name.padEnd(28)} ${count}`);
  if (plan.waiting > 0) lines.push(`${plan.waiting} removals wait for a second complete read`);
  if (shown.length > 0) {
    const rows = shown.map((operation) => [
      operation.kind,
      operation.operation,
      `${operation.engage.name} (${operation.engage.dbid})`,
      operation.reason,
      operation.before ?? '',
      operation.after ?? '',
    ]);
    lines.push('', ...table(['what', 'operation', 'Engage object', 'reason', 'before', 'after'], rows));
  }
  if (shown.length < plan.operations.length)
    lines.push(`… and ${plan.operations.length - shown.length} more`);
  if (plan.conflicts.length > 0) {
    lines.push('', `Conflicts (${plan.conflicts.length}), not mapped:`);
    lines.push(
      ...plan.conflicts.map(({ reason, object, detail }) => `  ${reason}: ${at(object)}: ${detail}`),
    );
  }
  if (plan.stop !== undefined) lines.push('', `STOPPED. ${plan.stop.detail}`);
  return `${lines.join('\n')}\n`;
}

function at(object: EngageObject): string {
  return `${object.path} (${object.dbid})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cut = rows.map((row) =>
    row.map((cell) => (cell.length > widest ? `${cell.slice(0, widest - 1)}…` : cell)),
  );
  const widths = head.map((title, column) =>
    cut.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), title.length),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...cut.map(line)];
}
