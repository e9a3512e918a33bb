/** Dashboard of Config Sync. */
import { cloudRow, identityRow, processRow } from './cloud-rows.ts';
import type { Dashboard } from './model.ts';
import { anyIsBad, oneIsGood, quantiles, row, series, stat, table, worseFrom, zeroIsGood } from './panels.ts';

const excs = 'deployment=~"$deployment", job="excs", instance=~"$instance"';

export const excsDashboard: Dashboard = {
  uid: 'exec-excs',
  title: 'EXEC Config Sync (EXCS)',
  description: 'What is synchronised, what is left to do, what stands in the way.',
  job: 'excs',
  rows: [
    row(
      'Synchronisation',
      4,
      stat(
        'Last complete sync',
        'Since the last cycle that left nothing to do; during a first sync there is none.',
        's',
        `time() - max(excs_last_successful_sync_timestamp_seconds{${excs}} > 0)`,
        { thresholds: worseFrom(120, 900) },
      ),
      stat(
        'Operations left',
        'Of the plan that is being applied. The time it takes is in the log and in GET /api/v1/sync.',
        'short',
        `max(excs_sync_pending_operations{${excs}})`,
      ),
      stat(
        'Config DB',
        'Whether the last read or probe worked.',
        'bool_yes_no',
        `max(excs_config_db_up{${excs}})`,
        {
          thresholds: oneIsGood,
        },
      ),
      stat(
        'Set aside',
        'Operations that failed and wait before they are tried again.',
        'short',
        `max(excs_quarantined_operations{${excs}})`,
        { thresholds: zeroIsGood },
      ),
      stat(
        'Conflicts',
        'Objects of Engage that cannot be mapped as they stand; GET /api/v1/sync/conflicts lists them.',
        'short',
        `sum(excs_conflicts{${excs}})`,
        { thresholds: zeroIsGood },
      ),
      stat(
        'Oldest check',
        'Since the object that waits longest was last compared with the EX organisation on its own.',
        's',
        `time() - min(excs_drift_oldest_check_timestamp_seconds{${excs}}) or vector(0)`,
        { thresholds: worseFrom(43_200, 86_400) },
      ),
    ),
    row(
      'Plans',
      8,
      series(
        'Operations carried out',
        'Operations a minute by type, operation and result. Adopted: an object of the EX organisation was taken over.',
        'short',
        [
          {
            expr: `sum by (type, operation, result) (rate(excs_sync_operations_total{${excs}}[$__rate_interval])) * 60 > 0 or on () sum(rate(excs_sync_operations_total{${excs}}[$__rate_interval])) * 60`,
            legend: '{{type}} {{operation}} {{result}}',
          },
        ],
        { stacked: true },
      ),
      series(
        'Why plans are not applied',
        '1 while plans are not applied for that reason. limit: a decision is needed; paused: by request; the others name the fault.',
        'short',
        [{ expr: `max by (reason) (excs_sync_stopped{${excs}})`, legend: '{{reason}}' }],
        { width: 6, thresholds: anyIsBad },
      ),
      series(
        'Duration of cycles',
        'Cycles that compared or applied something. A first sync takes as long as the request budget needs.',
        's',
        quantiles('excs_sync_duration_seconds', excs),
        { width: 6 },
      ),
    ),
    row(
      'Objects',
      8,
      table(
        'In scope and mapped',
        'Objects of Engage in scope, and those with a counterpart in the EX organisation. A lasting difference is explained by the conflicts.',
        'short',
        [
          { expr: `max by (type) (excs_objects{${excs}})`, legend: 'in scope' },
          { expr: `max by (type) (excs_mapped_objects{${excs}})`, legend: 'mapped' },
        ],
        { width: 8 },
      ),
      table(
        'Conflicts by reason',
        'What each reason means is in the mapping reference; `exop sync conflicts` names each object and its remedy.',
        'short',
        [{ expr: `max by (reason) (excs_conflicts{${excs}})`, legend: 'objects' }],
        { width: 8 },
      ),
      table(
        'Orphans by type',
        'Objects of the EX organisation whose Engage object is gone. They stay; delete them there when nothing uses them.',
        'short',
        [{ expr: `max by (type) (excs_orphans{${excs}})`, legend: 'objects' }],
        { width: 4 },
      ),
      stat(
        'Skill levels cut off',
        'Levels above SKILL_LEVEL_MAX in the last read.',
        'short',
        `max(excs_clamped_skill_levels{${excs}})`,
        { thresholds: zeroIsGood },
      ),
    ),
    cloudRow(excs),
    identityRow(excs),
    processRow(excs),
  ],
};
