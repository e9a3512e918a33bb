/** What the commands on the synchronisation print for people. */
import type { Answer } from '@exec/common/answers/answer';
import type { conflictAnswer, orphanAnswer, syncAnswer } from '@exec/common/answers/sync';
import { table } from '@exec/common/text-table';
import { wrapped } from '@exec/common/text-wrap';

export function syncStatusText(status: Answer<typeof syncAnswer>, width: number): string {
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

/** Grouped by reason, since one remedy fits all of a group. */
export function conflictsText(conflicts: readonly Answer<typeof conflictAnswer>[], width: number): string {
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

export function orphansText(orphans: readonly Answer<typeof orphanAnswer>[]): string {
  if (orphans.length === 0) return 'There are no orphans.';
  const rows = orphans.map((one) => [one.type, one.name, String(one.dbid), one.cloudId, one.reason]);
  return [
    table(['type', 'name', 'DBID', 'cloud ID', 'reason'], rows),
    '',
    'They stay in the EX organisation. Remove by hand what nobody needs any more.',
  ].join('\n');
}
