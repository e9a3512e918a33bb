/** Every metric that EXCS may create; series of closed sets exist at 0 from the start. */
import { ClockJumps, directionOf, type JumpedClock } from '@exec/common/clock-jumps';
import { type SettingsService, settingsServices } from '@exec/common/config';
import { Counter, Gauge, gaugeFrom, type Registry } from '@exec/common/metrics';
import { Histogram } from 'prom-client';
import { conflictReasons } from './desired/model.ts';
import { labelsOf, type Operation, type OperationType, operationTypes } from './plan/operation.ts';
import { orphanTypes } from './plan/orphans.ts';
import { type StatusBoard, stopReasons } from './sync/status.ts';

export interface ExcsMetrics {
  readonly configDbUp: Gauge;
  operation(operation: Operation, result: OperationResult): void;
  cycle(seconds: number): void;
  clockJump(whose: JumpedClock, byMs: number): void;
}

export const operationResults = ['done', 'skipped', 'adopted', 'failed'] as const;
export type OperationResult = (typeof operationResults)[number];

export function excsMetrics(
  registry: Registry,
  board: StatusBoard,
  ask: {
    readonly unfitClients: () => ReadonlyMap<SettingsService, string>;
    readonly configDbBehindBytes: () => number;
    readonly active: () => boolean;
    readonly sealedWithFirstKey: () => boolean;
  },
): ExcsMetrics {
  const configDbUp = new Gauge({
    name: 'excs_config_db_up',
    help: 'Whether the last read or probe of the Config DB succeeded (1) or not (0).',
    registers: [registry],
  });
  gaugeFrom(
    registry,
    {
      name: 'excs_config_db_behind_bytes',
      help: 'By how much of its log the Config DB server, a standby, is behind what was read before: reads are refused.',
    },
    () => ask.configDbBehindBytes(),
  );
  gaugeFrom(
    registry,
    { name: 'excs_active', help: '1 on the instance that synchronises, 0 on one that stands by' },
    () => (ask.active() ? 1 : 0),
  );
  gaugeFrom(
    registry,
    {
      name: 'excs_settings_sealed_with_first_key',
      help: 'Whether all client secrets in Redis are sealed with the first key of SETTINGS_KEY (1), so that others can go.',
    },
    () => (ask.sealedWithFirstKey() ? 1 : 0),
  );
  const objects = (name: string, help: string, values: () => Readonly<Record<string, number>>) =>
    gaugeFrom(registry, { name, help, labelNames: ['type'] }, () =>
      Object.entries(values()).map(([type, value]) => ({ labels: { type }, value })),
    );
  objects('excs_objects', 'Objects of Engage in scope.', () => ({
    person: board.current.counts?.persons ?? 0,
    skill: board.current.counts?.skills ?? 0,
    queue: board.current.counts?.queues ?? 0,
    'wrapup-code': board.current.counts?.wrapupValues ?? 0,
  }));
  objects('excs_mapped_objects', 'Objects of Engage with a counterpart in the EX organisation.', () => ({
    person: board.current.counts?.users ?? 0,
    skill: board.current.counts?.mappedSkills ?? 0,
    queue: board.current.counts?.mappedQueues ?? 0,
    'wrapup-code': board.current.counts?.wrapupCodes ?? 0,
  }));
  const jumps = new ClockJumps(registry, ['own', 'redis']);
  const operations = new Counter({
    name: 'excs_sync_operations_total',
    help: 'Operations of plans that were carried out.',
    labelNames: ['type', 'operation', 'result'],
    registers: [registry],
  });
  for (const type of operationTypes)
    for (const result of operationResults) operations.inc({ ...operationLabels(type), result }, 0);
  gaugeFrom(
    registry,
    { name: 'excs_sync_pending_operations', help: 'Operations of the running plan that are not done yet.' },
    () =>
      board.current.progress === undefined ? 0 : board.current.progress.total - board.current.progress.done,
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
    () => (board.current.lastSuccessAt ?? 0) / 1000,
  );
  gaugeFrom(
    registry,
    {
      name: 'excs_drift_oldest_check_timestamp_seconds',
      help: 'When the object that waits longest was last compared on its own with the EX organisation; 0: never.',
    },
    () => (board.current.oldestCheckAt ?? 0) / 1000,
  );
  gaugeFrom(
    registry,
    { name: 'excs_conflicts', help: 'Objects that cannot be mapped as they stand.', labelNames: ['reason'] },
    () => {
      const values = tally(conflictReasons, board.current.conflicts, ({ reason }) => reason, 'reason');
      // What the cloud refuses is a conflict too; it is kept where its next try is.
      return values.map((entry) =>
        entry.labels.reason === 'operation.refused'
          ? { ...entry, value: board.current.quarantined.size }
          : entry,
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
    () => tally(orphanTypes, board.current.orphans, ({ type }) => type, 'type'),
  );
  gaugeFrom(
    registry,
    {
      name: 'excs_sync_stopped',
      help: 'Whether plans are not applied at present (1), and why.',
      labelNames: ['reason'],
    },
    () =>
      stopReasons.map((reason) => ({
        labels: { reason },
        value: board.current.stop?.reason === reason ? 1 : 0,
      })),
  );
  gaugeFrom(
    registry,
    {
      name: 'excs_plan_waits_for_approval',
      help: 'Whether the newest plan waits until a person approves it (1): that is no fault.',
    },
    () => (board.current.review === undefined ? 0 : 1),
  );
  gaugeFrom(
    registry,
    {
      name: 'excs_oauth_client_unfit',
      help: 'Whether the OAuth client of a service in hybrid_integration does not fit (1): what was stored before stays in use.',
      labelNames: ['service'],
    },
    () =>
      settingsServices.map((service) => ({
        labels: { service },
        value: ask.unfitClients().has(service) ? 1 : 0,
      })),
  );
  gaugeFrom(
    registry,
    { name: 'excs_clamped_skill_levels', help: 'Skill levels above SKILL_LEVEL_MAX in the last read.' },
    () => board.current.counts?.clampedLevels ?? 0,
  );
  gaugeFrom(
    registry,
    {
      name: 'excs_quarantined_operations',
      help: 'Operations that failed and wait before they are tried again.',
    },
    () => board.current.quarantined.size,
  );
  return {
    clockJump: (whose, byMs) => jumps.count(whose, directionOf(byMs)),
    configDbUp,
    operation: ({ type }, result) => operations.inc({ ...operationLabels(type), result }),
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

function operationLabels(type: OperationType): { readonly type: string; readonly operation: string } {
  const { kind, operation } = labelsOf(type);
  return { type: kind, operation };
}
