/** EXCS as a service: its parts wired together, their start and their end. */
import { IdMapStore } from '@exec/common/id-map';
import { Lease } from '@exec/common/lease';
import type { ServiceContext, ServiceOptions } from '@exec/common/service';
import { lookupRoutes } from './api/lookup-routes.ts';
import { Lookups } from './api/lookups.ts';
import { syncRoutes } from './api/sync-routes.ts';
import { excsVariables } from './environment.ts';
import { excsMetrics } from './metrics.ts';
import { assemble, defaultSettleMs } from './sync/assemble.ts';
import { Cycle } from './sync/cycle.ts';
import { SyncLoop } from './sync/loop.ts';
import { Mapping } from './sync/mapping.ts';
import { Rotation } from './sync/rotation.ts';
import { Runs } from './sync/runs.ts';
import { type CycleReport, SyncStatus } from './sync/status.ts';

/** Life of the lease without renewal, in milliseconds. */
const leaseMs = 10_000;

/** What tests may set otherwise. */
export interface ExcsTuning {
  /** Milliseconds for which reads of the cloud may lag behind a write. */
  readonly settleMs?: number | undefined;
  /** In place of SYNC_INTERVAL_SECONDS, in milliseconds. */
  readonly intervalMs?: number | undefined;
  /** Told of each cycle when it has ended. */
  readonly onCycle?: ((report: CycleReport) => void) | undefined;
}

export function excsService(tuning: ExcsTuning = {}): ServiceOptions<typeof excsVariables> {
  return { service: 'excs', variables: excsVariables, start: (context) => start(context, tuning) };
}

function start(context: ServiceContext<typeof excsVariables>, tuning: ExcsTuning): void {
  const { env, logger, clock, health, http, lifecycle, redis, keys, registry } = context;
  const signal = lifecycle.stopping;
  const intervalMs = tuning.intervalMs ?? env.SYNC_INTERVAL_SECONDS * 1000;
  const parts = assemble({
    ...context,
    signal,
    cloudHealth: health.dependency('genesys-cloud'),
    settleMs: tuning.settleMs,
  });
  const { cloud, engage, knowledge, journal, ledger, access, limits } = parts;
  const status = new SyncStatus();
  const metrics = excsMetrics(registry, status);
  const lookups = new Lookups();
  const lease = new Lease({
    redis,
    key: ledger.leaseKey,
    epochKey: ledger.epochKey,
    owner: context.owner,
    // A large comparison holds the event loop for a moment: that must not cost the lease. Nobody waits for a
    // take-over, since look-ups are answered by both.
    ttlMs: leaseMs,
    clock,
    logger,
  });
  const mapping = new Mapping({
    store: new IdMapStore({ redis, keys }),
    copy: lookups,
    leaseKey: ledger.leaseKey,
    clock,
    health: health.dependency('mapping', 'no mapping yet', { required: false }),
    signal,
  });
  const settleMs = tuning.settleMs ?? defaultSettleMs;
  const rotation = new Rotation({ cloud, knowledge, ledger, clock, settleMs });
  const runs = new Runs();
  const cycle = new Cycle({
    engage,
    knowledge,
    journal,
    ledger,
    access,
    cloud,
    clock,
    logger,
    limits,
    status,
    signal,
    intervalMs,
    publish: async (now, state) => {
      const token = lease.token;
      if (token !== undefined) await mapping.publish(token, now.desired, state);
    },
    onResult: (operation, result) => metrics.operation(operation, result),
  });
  const loop = new SyncLoop({
    cycle,
    lease,
    journal,
    knowledge,
    rotation,
    access,
    runs,
    status,
    clock,
    logger,
    health,
    signal,
    intervalMs,
    onFatal: (error) => void lifecycle.stop(error),
    onCycle: (report) => {
      if (report.outcome !== 'unchanged') metrics.cycle((report.endedAt - report.startedAt) / 1000);
      metrics.configDbUp.set(status.stop?.reason === 'engage' ? 0 : 1);
      tuning.onCycle?.(report);
    },
  });
  lifecycle.onStop('lease', () => lease.stop());
  lifecycle.onStop('config-db', () => parts.db.close());
  lifecycle.onStop('genesys-cloud', () => cloud.close());
  lifecycle.onStop('mapping', () => mapping.stopped());
  lifecycle.onStop('synchronisation', () => loop.stop(), { limitMs: 8000 });
  http.api((app) => {
    lookupRoutes(app, lookups);
    syncRoutes(app, {
      status,
      isActive: () => lease.token !== undefined,
      submit: (request) => {
        const run = runs.submit(request, clock.now());
        loop.wake();
        return run;
      },
      run: (id) => runs.get(id),
      setPaused: async (paused) => {
        await journal.setPaused(paused);
        loop.wake();
      },
    });
  });
  mapping.follow();
  loop.start();
}
