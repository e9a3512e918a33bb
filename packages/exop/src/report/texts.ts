/** What each command prints for people. */

import { table } from '@exec/common/text-table';
import type { CheckResult } from '../checks/check.ts';
import { describeAction } from '../plan/difference.ts';
import type { Return } from '../plan/rollback.ts';
import type { InstancePlan, InstanceResult } from '../steps/deploy.ts';
import type { Unreached } from '../steps/fleet.ts';
import type { SyncOutlook } from '../steps/waiting-plan.ts';
import type { StatusRow } from '../steps/watch.ts';

export function checksText(results: readonly CheckResult[]): string {
  const rows = results.map((one) => [one.instance, one.host, one.check, one.status, one.found, one.expected]);
  const parts = [table(['instance', 'host', 'check', 'result', 'found', 'expected'], rows)];
  const open = results.filter(({ status }) => status !== 'ok');
  if (open.length > 0) parts.push('', 'What to do:', ...remedies(open));
  const count = (status: CheckResult['status']): number =>
    results.filter((one) => one.status === status).length;
  parts.push('', `${count('ok')} ok, ${count('warning')} warnings, ${count('failed')} failed`);
  return parts.join('\n');
}

/** After passed checks only what is not right is worth a line. */
export function checksSummary(results: readonly CheckResult[]): string {
  if (results.some(({ status }) => status === 'failed')) return checksText(results);
  const warnings = results.filter(({ status }) => status === 'warning');
  return [
    `${results.length} checks on ${counted(new Set(results.map(({ instance }) => instance)).size, 'VM')}: none failed`,
    ...remedies(warnings),
  ].join('\n');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** One line for what is the same on several VMs. */
function remedies(results: readonly CheckResult[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { instance, status, check, found, remedy } of results) {
    const text = status === 'failed' ? `${check}: ${remedy}` : `${check} (warning): ${found}. ${remedy}`;
    groups.set(text, [...(groups.get(text) ?? []), instance]);
  }
  return [...groups].map(([text, instances]) => `  ${instances.join(', ')}: ${text}`);
}

export function planText(plan: readonly InstancePlan[]): string {
  const lines = plan.flatMap(({ instance, host, actions, unreachable }) => [
    `${instance} (${host})`,
    ...(unreachable !== undefined
      ? [`  left out, because it cannot be reached: ${unreachable}`]
      : actions.length === 0
        ? ['  nothing to change']
        : actions.map((action) => `  ${describeAction(action)}`)),
  ]);
  return ['Plan', ...lines].join('\n');
}

export function returnsText(returns: readonly Return[], unreached: readonly Unreached[]): string {
  return [
    'Plan',
    ...returns.map(({ name, from, to }) => `${name}: from ${from} back to ${to}`),
    ...unreached.map(
      ({ instance, problem }) => `${instance}: left out, because it cannot be reached: ${problem}`,
    ),
  ].join('\n');
}

export function resultsText(results: readonly InstanceResult[]): string {
  return table(
    ['instance', 'host', 'release', 'result', 'ready', 'detail'],
    results.map((one) => [
      one.instance,
      one.host,
      one.release,
      one.result,
      one.ready ? 'yes' : 'no',
      one.detail,
    ]),
  );
}

export function statusText(rows: readonly StatusRow[]): string {
  return table(
    ['instance', 'host', 'release', 'container', 'ready', 'active', 'detail'],
    rows.map((row) => [
      row.instance,
      row.host,
      row.release || '-',
      row.container || '-',
      row.ready ? 'yes' : 'no',
      row.active === undefined ? '-' : row.active ? 'yes' : 'no',
      row.detail,
    ]),
  );
}

/** What comes after a deployment; empty when nothing is left to do. */
export function outlookText(outlook: SyncOutlook): string {
  switch (outlook.state) {
    case 'goes-on':
      return '';
    case 'unknown':
      return `Whether a plan of EXCS waits for you is not known yet: ${outlook.reason}. Next: exop sync status`;
    case 'waits': {
      const { planId, reason, operations, billableUsers, counts } = outlook.plan;
      const which = reason === 'first-plan' ? 'The first plan' : 'A plan';
      return [
        `${which} of EXCS waits for your approval. Nothing of it is written to the EX organisation until then.`,
        `  ${counted(operations, 'operation')}; ${counted(billableUsers, 'user')} would become billable`,
        ...Object.entries(counts).map(([name, count]) => `    ${name.padEnd(28)} ${count}`),
        'Next:',
        '  exop sync plan                      look at it',
        `  exop sync approve ${planId}  approve it`,
      ].join('\n');
    }
  }
}
