/** What the commands on the synchronisation print for people. */
import { table } from '@exec/common/text-table';
import { wrapped } from '@exec/common/text-wrap';
import { z } from 'zod';

export const syncStatus = z.looseObject({
  state: z.string(),
  active: z.boolean(),
  paused: z.boolean(),
  stopped: z.looseObject({ reason: z.string(), detail: z.string() }).nullable(),
  review: z.looseObject({ planId: z.string(), detail: z.string() }).nullable(),
  running: z
    .looseObject({
      startedAt: z.string().nullable(),
      progress: z.looseObject({ total: z.number(), done: z.number(), etaSeconds: z.number() }).nullable(),
    })
    .nullable(),
  last: z
    .looseObject({
      endedAt: z.string().nullable(),
      outcome: z.string(),
      done: z.number(),
      failed: z.number(),
    })
    .nullable(),
  lastSuccessAt: z.string().nullable(),
  planId: z.string().nullable(),
  counts: z.record(z.string(), z.number()).nullable(),
  conflicts: z.number(),
  orphans: z.number(),
  failingCount: z.number(),
});
export type SyncStatus = z.output<typeof syncStatus>;

export function syncStatusText(status: SyncStatus, width: number): string {
  const { running, last, counts } = status;
  const rows: [string, string][] = [['state', status.active ? status.state : `${status.state} (standby)`]];
  if (running !== null) {
    const { progress } = running;
    const far =
      progress === null
        ? ''
        : `, ${progress.done} of ${progress.total} operations, about ${duration(progress.etaSeconds)} left`;
    rows.push(['running since', `${running.startedAt ?? '-'}${far}`]);
  }
  if (last !== null)
    rows.push([
      'last cycle',
      `${last.outcome} at ${last.endedAt ?? '-'}: ${last.done} done, ${last.failed} failed`,
    ]);
  rows.push(
    ['complete at', status.lastSuccessAt ?? 'never yet'],
    ['newest plan', status.planId ?? 'none yet'],
    ['conflicts', String(status.conflicts)],
    ['orphans', String(status.orphans)],
    ['refused operations', String(status.failingCount)],
  );
  if (counts !== null)
    rows.push([
      'mapped',
      `${counts.users} of ${counts.persons} persons, ${counts.mappedQueues} of ${counts.queues} queues, ` +
        `${counts.mappedSkills} of ${counts.skills} skills, ${counts.wrapupCodes} wrap-up codes`,
    ]);
  const label = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.flatMap(([name, value]) =>
    wrapped(value, width - label - 2).map(
      (line, index) => `${(index === 0 ? name : '').padEnd(label)}  ${line}`,
    ),
  );
  if (status.stopped !== null) lines.push('', ...wrapped(status.stopped.detail, width));
  if (status.review !== null) lines.push('', ...wrapped(status.review.detail, width));
  return lines.join('\n');
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

export const conflict = z.looseObject({
  reason: z.string(),
  detail: z.string(),
  remedy: z.string().optional(),
  path: z.string().optional(),
  name: z.string().optional(),
  dbid: z.number().optional(),
  operation: z.string().optional(),
});

/** Grouped by reason, since one remedy fits all of a group. */
export function conflictsText(conflicts: readonly z.output<typeof conflict>[], width: number): string {
  if (conflicts.length === 0) return 'There are no conflicts.';
  const lines: string[] = [];
  for (const [reason, group] of Map.groupBy(conflicts, (one) => one.reason)) {
    lines.push(`${reason} (${group.length})`);
    for (const { path, dbid, operation, detail } of group) {
      const what = operation ?? `${path ?? ''}${dbid === undefined ? '' : ` (${dbid})`}`;
      lines.push(...indented(`${what}: ${detail}`, width, '  ', '    '));
    }
    const remedy = group[0]?.remedy;
    if (remedy !== undefined) lines.push(...indented(`What to do: ${remedy}`, width, '  ', '  '));
    lines.push('');
  }
  lines.push(`${conflicts.length} in all; none of them stops anything else.`);
  return lines.join('\n');
}

function indented(text: string, width: number, first: string, next: string): string[] {
  return wrapped(text, width - next.length).map((line, index) => `${index === 0 ? first : next}${line}`);
}

export const orphan = z.looseObject({
  type: z.string(),
  cloudId: z.string(),
  name: z.string(),
  dbid: z.number(),
  reason: z.string(),
});

export function orphansText(orphans: readonly z.output<typeof orphan>[]): string {
  if (orphans.length === 0) return 'There are no orphans.';
  const rows = orphans.map((one) => [one.type, one.name, String(one.dbid), one.cloudId, one.reason]);
  return [
    table(['type', 'name', 'DBID', 'cloud ID', 'reason'], rows),
    '',
    'They stay in the EX organisation. Remove by hand what nobody needs any more.',
  ].join('\n');
}
