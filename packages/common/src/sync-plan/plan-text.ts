/** Shows a plan to people: what is added, changed and removed, grouped by kind, in lines of a given width. */
import { oneLine, wrapped } from '../text-wrap.ts';
import { type Mark, markOf } from './marks.ts';
import type { OperationView, PlanView } from './plan-view.ts';

export interface PlanTextOptions {
  /** Of the terminal, in characters. */
  readonly width: number;
  /** Values whole, however long they are. */
  readonly full?: boolean;
}

/** Lines of one value that are shown unless all is asked for: a user with name, address and reason fits at 80 columns. */
const linesOfValue = 3;

export function planText(plan: PlanView, options: PlanTextOptions): string {
  const { width } = options;
  const shown = groups(plan.operations).map((group) => groupLines(group, options));
  const lines = wrapped(
    `Plan ${plan.planId} of ${plan.createdAt}${plan.drift ? ', compared with Genesys Cloud' : ''}`,
    width,
  );
  for (const group of shown) lines.push('', ...group.lines);
  if (plan.conflicts.length > 0) lines.push('', ...conflictLines(plan, width));
  lines.push('', ...totalLines(plan).flatMap((line) => wrapped(line, width)));
  if (shown.some(({ cut }) => cut))
    lines.push(...wrapped('Long values are cut: --full shows them whole.', width));
  if (plan.stopped !== undefined) lines.push('', ...wrapped(`STOPPED. ${plan.stopped}`, width));
  if (plan.review !== undefined) lines.push('', ...wrapped(`WAITS. ${plan.review.detail}`, width));
  return `${lines.join('\n')}\n`;
}

interface Group {
  readonly kind: string;
  readonly operations: readonly OperationView[];
}

/** In the order in which a plan is carried out, by the first operation of each kind. */
function groups(operations: readonly OperationView[]): readonly Group[] {
  const byKind = Map.groupBy(operations, ({ kind }) => kind);
  return [...byKind].map(([kind, list]) => ({ kind, operations: list }));
}

interface Counts {
  readonly add: number;
  readonly change: number;
  readonly remove: number;
}

function countsOf(operations: readonly OperationView[]): Counts {
  const count = (mark: Mark) => operations.filter((operation) => markOf(operation.operation) === mark).length;
  return { add: count('+'), change: count('~'), remove: count('-') };
}

function countsText({ add, change, remove }: Counts): string {
  return `${add} to add, ${change} to change, ${remove} to remove`;
}

function totalLines(plan: PlanView): string[] {
  const users = `${plan.billableUsers} user${plan.billableUsers === 1 ? '' : 's'}`;
  const lines = [
    plan.operations.length === 0
      ? 'Plan: nothing to do.'
      : `Plan: ${countsText(countsOf(plan.operations))}. ${users} would become billable.`,
  ];
  if (plan.waitingForSecondRead > 0)
    lines.push(`${plan.waitingForSecondRead} removals wait until a second complete read shows the same.`);
  return lines;
}

function groupLines({ kind, operations }: Group, { width, full = false }: PlanTextOptions) {
  const rows = operations.map((operation) => ({
    head: `${markOf(operation.operation)} ${operation.operation}`,
    object: oneLine(`${operation.engage.name} (${operation.engage.dbid})`),
    detail: detailOf(operation),
  }));
  const widest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, text.length), 0);
  const headWidth = widest(rows.map(({ head }) => head));
  // The detail has at least half of the line.
  const objectWidth = Math.min(
    widest(rows.map(({ object }) => object)),
    Math.floor((width - headWidth - 6) / 2),
  );
  const indent = headWidth + objectWidth + 6;
  let cut = false;
  const lines = [`${kind}: ${countsText(countsOf(operations))}`];
  for (const { head, object, detail } of rows) {
    const left = wrapped(object, objectWidth);
    let right = wrapped(detail, width - indent);
    if (!full && right.length > linesOfValue) {
      cut = true;
      const last = right[linesOfValue - 1] ?? '';
      right = [...right.slice(0, linesOfValue - 1), `${last.slice(0, width - indent - 1)}…`];
    }
    for (let at = 0; at < Math.max(left.length, right.length); at++)
      lines.push(
        [
          `  ${(at === 0 ? head : '').padEnd(headWidth)}`,
          (left[at] ?? '').padEnd(objectWidth),
          right[at] ?? '',
        ]
          .join('  ')
          .trimEnd(),
      );
  }
  return { lines, cut };
}

function detailOf({ before, after, reason }: OperationView): string {
  const value =
    before !== null && after !== null && before !== after ? `${before} -> ${after}` : (after ?? before ?? '');
  return value === '' ? reason : `${value} [${reason}]`;
}

function conflictLines(plan: PlanView, width: number): string[] {
  const lines = [`conflicts: ${plan.conflicts.length}, not mapped`];
  for (const { reason, object, detail } of plan.conflicts)
    lines.push(
      ...wrapped(`! ${reason}: ${object.path} (${object.dbid}): ${detail}`, width - 4).map(
        (line, index) => `${index === 0 ? '  ' : '    '}${line}`,
      ),
    );
  return lines;
}
