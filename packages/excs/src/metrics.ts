/** Every metric that EXCS may create; series of closed sets exist at 0 from the start. */
import { Counter, Gauge, gaugeFrom, type Registry } from '@exec/common/metrics';
import { Histogram } from 'prom-client';
import { conflictReasons } from './desired/model.ts';
import { type Operation, operationKinds, operationNames } from './plan/operation.ts';
import { orphanTypes } from './plan/orphans.ts';
import { type SyncStatus, stopReasons } from './sync/status.ts';

export interface ExcsMetrics {
  readonly configDbUp: Gauge;
  operation(operation: Operation, result: OperationResult): void;
  cycle(seconds: number): void;
}

export const operationResults = ['done', 'skipped', 'adopted', 'failed'] as const;
export type OperationResult = (typeof operationResults)[number];

/** Kinds and the operations they know: labels that can occur. */
const possible: Readonly<Record<Operation['kind'], readonly Operation['operation'][]>> = {
  source: ['create', 'update'],
  skill: ['create', 'adopt'],
  'wrapup-code': ['create', 'adopt', 'update'],
  queue: ['create', 'adopt', 'update'],
  user: ['create', 'adopt', 'update', 'activate', 'restore', 'deactivate'],
  'external-identity': ['add', 'replace'],
  'user-skills': ['set'],
  'primary-source': ['set'],
  role: ['grant', 'revoke'],
  'queue-member': ['add', 'remove'],
  'queue-wrapup-code': ['add', 'remove'],
};

export function excsMetrics(registry: Registry, status: SyncStatus): ExcsMetrics {
  const configDbUp = new Gauge({
    name: 'excs_config_db_up',
    help: 'Whether the last read or probe of the Config DB succeeded (1) or not (0).',
    registers: [registry],
  });
  const objects = (name: string, help: string, values: () => Readonly<Record<string, number>>) =>
    gaugeFrom(registry, { name, help, labelNames: ['type'] }, () =>
      Object.entries(values()).map(([type, value]) => ({ labels: { type }, value })),
    );
  objects('excs_objects', 'Objects of Engage in scope.', () => ({
    person: status.counts?.persons ?? 0,
    skill: status.counts?.skills ?? 0,
    queue: status.counts?.queues ?? 0,
  }));
  objects('excs_mapped_objects', 'Objects of Engage with a counterpart in the EX organisation.', () => ({
    person: status.counts?.users ?? 0,
    skill: status.counts?.mappedSkills ?? 0,
    queue: status.counts?.mappedQueues ?? 0,
    'wrapup-code': status.counts?.wrapupCodes ?? 0,
  }));
  const operations = new Counter({
    name: 'excs_sync_operations_total',
    help: 'Operations of plans that were carried out.',
    labelNames: ['type', 'operation', 'result'],
    registers: [registry],
  });
  for (const type of operationKinds)
    for (const operation of operationNames)
      if (possible[type].includes(operation))
        for (const result of operationResults) operations.inc({ type, operation, result }, 0);
  gaugeFrom(
    registry,
    { name: 'excs_sync_pending_operations', help: 'Operations of the running plan that are not done yet.' },
    () => (status.progress === undefined ? 0 : status.progress.total - status.progress.done),
  );
  const duration = new Histogram({
    name: 'excs_sync_duration_seconds',
    help: 'Duration of cycles that compared or applied something.',
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200],
    registers: [registry],
  });
  duration.zero({});
  gaugeFrom(
    registry,
    {
      name: 'excs_last_successful_sync_timestamp_seconds',
      help: 'End of the last cycle that left nothing to do; 0 before the first.',
    },
    () => (status.lastSuccessAt ?? 0) / 1000,
  );
  gaugeFrom(
    registry,
    {
      name: 'excs_drift_oldest_check_timestamp_seconds',
      help: 'When the object that waits longest was last compared on its own with the EX organisation; 0: never.',
    },
    () => (status.oldestCheckAt ?? 0) / 1000,
  );
  gaugeFrom(
    registry,
    { name: 'excs_conflicts', help: 'Objects that cannot be mapped as they stand.', labelNames: ['reason'] },
    () => {
      const values = tally(conflictReasons, status.conflicts, ({ reason }) => reason, 'reason');
      // What the cloud refuses is a conflict too; it is kept where its next try is.
      return values.map((entry) =>
        entry.labels.reason === 'operation.refused' ? { ...entry, value: status.quarantined.size } : entry,
      );
    },
  );
  gaugeFrom(
    registry,
    {
      name: 'excs_orphans',
      help: 'Objects of the EX organisation whose Engage object is gone.',
      labelNames: ['type'],
    },
    () => tally(orphanTypes, status.orphans, ({ type }) => type, 'type'),
  );
  gaugeFrom(
    registry,
    {
      name: 'excs_sync_stopped',
      help: 'Whether plans are not applied at present (1), and why.',
      labelNames: ['reason'],
    },
    () =>
      stopReasons.map((reason) => ({ labels: { reason }, value: status.stop?.reason === reason ? 1 : 0 })),
  );
  gaugeFrom(
    registry,
    { name: 'excs_clamped_skill_levels', help: 'Skill levels above SKILL_LEVEL_MAX in the last read.' },
    () => status.counts?.clampedLevels ?? 0,
  );
  gaugeFrom(
    registry,
    {
      name: 'excs_quarantined_operations',
      help: 'Operations that failed and wait before they are tried again.',
    },
    () => status.quarantined.size,
  );
  return {
    configDbUp,
    operation: (operation, result) =>
      operations.inc({ type: operation.kind, operation: operation.operation, result }),
    cycle: (seconds) => duration.observe(seconds),
  };
}

function tally<K extends string, T, L extends string>(
  keys: readonly K[],
  items: readonly T[],
  keyOf: (item: T) => K,
  label: L,
): { labels: Record<L, string>; value: number }[] {
  const counts = new Map<K, number>(keys.map((key) => [key, 0]));
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return [...counts].map(([key, value]) => ({
    labels: { [label]: key as string } as Record<L, string>,
    value,
  }));
}
