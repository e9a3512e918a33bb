/** A report of one run: as a file that programs read, and as text for people; two of them side by side. */
import { table } from '@exec/common/text-table';
import { z } from 'zod';
import { serverNames } from '../conformance/checks.ts';
import type { Result, Row } from '../conformance/rows.ts';

export const reportFormat = 'engage-link-conformance/1';

const rowSchema = z.strictObject({
  server: z.enum(['sip', 'stat']),
  check: z.string(),
  title: z.string(),
  result: z.enum(['pass', 'warn', 'fail', 'skip']),
  seen: z.string(),
  page: z.string(),
});

export const reportSchema = z.strictObject({
  format: z.literal(reportFormat),
  /** What stands over its column beside another report. */
  name: z.string(),
  /** ISO 8601. */
  at: z.string(),
  rows: z.array(rowSchema),
});

export type Report = z.output<typeof reportSchema>;

export function reportOf(name: string, at: Date, rows: readonly Row[]): Report {
  return { format: reportFormat, name, at: at.toISOString(), rows: [...rows] };
}

/** Whether nothing failed. */
export function passed({ rows }: Report): boolean {
  return rows.every(({ result }) => result !== 'fail');
}

const seenShown = 72;

export function reportText(report: Report): string {
  const parts = (['sip', 'stat'] as const).flatMap((server) => {
    const rows = report.rows.filter((row) => row.server === server);
    if (rows.length === 0) return [];
    const lines = rows.map(({ check, result, seen, page }) => [check, result, shortened(seen), page]);
    return [
      `${serverNames[server]}\n${table(['check', 'result', 'seen', 'contract (docs/reference)'], lines)}`,
    ];
  });
  const bad = report.rows.filter(({ result }) => result === 'fail' || result === 'warn');
  const details = bad.map(
    ({ server, check, result, title, seen }) => `${result}  ${server} ${check}: ${title}\n      ${seen}`,
  );
  return [...parts, ...details, `${summary(report.rows)}.`].join('\n\n');
}

function summary(rows: readonly Row[]): string {
  const counts = new Map<Result, number>();
  for (const { result } of rows) counts.set(result, (counts.get(result) ?? 0) + 1);
  const words: readonly (readonly [Result, string])[] = [
    ['pass', 'passed'],
    ['warn', 'with a remark'],
    ['fail', 'failed'],
    ['skip', 'not checked'],
  ];
  return words.map(([result, word]) => `${counts.get(result) ?? 0} ${word}`).join(', ');
}

export interface Compared {
  readonly server: Row['server'];
  readonly check: string;
  readonly title: string;
  readonly page: string;
  readonly left: Cell;
  readonly right: Cell;
  readonly same: boolean;
}

type Cell = Pick<Row, 'result' | 'seen'> | undefined;

/** Every check of either report, in the order of the first. `same`: with the same result. */
export function compare(left: Report, right: Report): Compared[] {
  const keyOf = ({ server, check }: Row) => `${server} ${check}`;
  const rows = new Map([...left.rows, ...right.rows].map((row) => [keyOf(row), row]));
  const [lefts, rights] = [left, right].map((one) => new Map(one.rows.map((row) => [keyOf(row), row])));
  return [...rows].map(([key, { server, check, title, page }]) => {
    const [a, b] = [lefts?.get(key), rights?.get(key)];
    return { server, check, title, page, left: cellOf(a), right: cellOf(b), same: a?.result === b?.result };
  });
}

function cellOf(row: Row | undefined): Cell {
  return row === undefined ? undefined : { result: row.result, seen: row.seen };
}

export function comparisonText(left: Report, right: Report): string {
  const rows = compare(left, right).map((one) => [
    `${one.server} ${one.check}`,
    cellText(one.left, 44),
    one.same ? '' : '≠',
    cellText(one.right, 44),
  ]);
  return table(['check', left.name, '', right.name], rows);
}

/** The same as a table of Markdown, with the links of the contract as seen from `docs/bridge`. */
export function comparisonMarkdown(left: Report, right: Report): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const lines = compare(left, right).map((one) =>
    [
      `\`${one.server} ${one.check}\``,
      `[${cell(one.title)}](../reference/${one.page})`,
      cell(cellText(one.left)),
      cell(cellText(one.right)),
    ].join(' | '),
  );
  const header = ['check', 'what the peer does', left.name, right.name];
  return ['', header.map(cell).join(' | '), header.map(() => '---').join(' | '), ...lines]
    .slice(1)
    .map((line) => `| ${line} |`)
    .join('\n');
}

function cellText(cell: Cell, most = Number.POSITIVE_INFINITY): string {
  return cell === undefined ? '–' : `${cell.result}: ${shortened(cell.seen, most)}`;
}

function shortened(text: string, most = seenShown): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
