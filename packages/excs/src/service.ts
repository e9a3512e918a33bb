/** EXCS as a service: its parts wired together, their start and their end. */
import { noteActions } from '@exec/common/http';
import { IdMapStore } from '@exec/common/id-map';
import { Leadership, Lease } from '@exec/common/leadership';
import { machineMetrics } from '@exec/common/machine';
import type { ServiceContext, ServiceOptions } from '@exec/common/service';
import { lookupRoutes } from './api/lookup-routes.ts';
import { Lookups } from './api/lookups.ts';
import { planRoutes } from './api/plan-routes.ts';
import { syncRoutes } from './api/sync-routes.ts';
import type { ConfigDbLimits } from './engage/config-db.ts';
import { excsVariables } from './environment.ts';
import { excsMetrics } from './metrics.ts';
import { assemble, defaultVisibilityMs } from './sync/assemble.ts';
import { ClockDoubt } from './sync/clock-doubt.ts';
import { Cycle } from './sync/cycle.ts';
import { Journal } from './sync/journal/journal.ts';
import { SyncLoop } from './sync/loop.ts';
import { Mapping } from './sync/mapping.ts';
import { Rotation } from './sync/rotation.ts';
import { Runs } from './sync/runs.ts';
import { type CycleReport, StatusBoard } from './sync/status.ts';

/** Life of the lease without renewal, in milliseconds. */
const leaseMs = 10_000;

/** What tests may set otherwise. */
export interface ExcsTuning {
  /** Milliseconds for which reads of the cloud may lag behind a write. */
  readonly visibilityMs?: number | undefined;
  /** In place of SYNC_INTERVAL_SECONDS, in milliseconds. */
  readonly intervalMs?: number | undefined;
  readonly configDbLimits?: Partial<ConfigDbLimits> | undefined;
  /** Called with each cycle when it has ended. */
  readonly onCycle?: ((report: CycleReport) => void) | undefined;
}

export function excsService(tuning: ExcsTuning = {}): ServiceOptions<typeof excsVariables> {
  return { service: 'excs', variables: excsVariables, start: (context) => start(context, tuning) };
}

function start(context: ServiceContext<typeof excsVariables>, tuning: ExcsTuning): void {
  const { env, logger, clock, health, http, lifecycle, redis, apiRedis, keys, registry } = context;
  const signal = lifecycle.stopping;
  const intervalMs = tuning.intervalMs ?? env.SYNC_INTERVAL_SECONDS * 1000;
  const parts = assemble({
    ...context,
    signal,
    cloudHealth: health.dependency('genesys-cloud'),
    clientsHealth: health.dependency('oauth-clients', 'not proven yet', { required: false }),
    visibilityMs: tuning.visibilityMs,
    configDbLimits: tuning.configDbLimits,
  });
  const { cloud, engage, stateKeeper, journal, sourceMark, ledger, access, limits, decisions } = parts;
  const status = new StatusBoard();
  const metrics = excsMetrics(registry, status, {
    unfitClients: () => access.problems,
    configDbBehindBytes: () => engage.bytesBehind,
    active: () => leadership.token !== undefined,
    sealedWithFirstKey: () => context.settings.sealedWithFirstKey,
  });
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
    store: new IdMapStore({ redis, keys, formats: context.formats }),
    copy: lookups,
    leaseKey: ledger.leaseKey,
    clock,
    logger,
    health: health.dependency('mapping', 'no mapping yet', { required: false }),
    signal,
  });
  const visibilityMs = tuning.visibilityMs ?? defaultVisibilityMs;
  const rotation = new Rotation({ cloud, stateKeeper, ledger, clock, visibilityMs });
  const runs = new Runs();
  const clockDoubt = new ClockDoubt({
    clock,
    onJump: (whose, byMs) => {
      metrics.clockJump(whose, byMs);
      logger.warn(
        { 'exec.jump_seconds': Math.round(byMs / 1000) },
        `${whose === 'own' ? 'The clock of this machine jumped' : 'The clock of Redis jumped'}; for an hour no plan that ` +
          'deactivates or removes anything is applied',
      );
    },
  });
  const cycle = new Cycle({
    engage,
    stateKeeper,
    journal,
    sourceMark,
    ledger,
    access,
    cloud,
    clock,
    logger,
    limits,
    decisions,
    clockDoubt,
    status,
    signal,
    intervalMs,
    publish: async (now, state) => {
      const token = lease.token;
      if (token !== undefined) await mapping.publish(token, now.desired, state);
    },
    isPublished: () => mapping.isPublished(),
    onResult: (operation, result) => metrics.operation(operation, result),
  });
  const loop = new SyncLoop({
    cycle,
    lease,
    journal,
    stateKeeper,
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
      metrics.configDbUp.set(status.current.stop?.reason === 'engage' ? 0 : 1);
      tuning.onCycle?.(report);
    },
  });
  lifecycle.onStop('clock-watch', clockDoubt.follow());
  redis.onTime((now) => clockDoubt.onRedisTime(now));
  lifecycle.onStop('config-db', () => parts.db.close());
  lifecycle.onStop('genesys-cloud', () => cloud.close());
  lifecycle.onStop('mapping', () => mapping.stopped());
  const leadership = new Leadership({
    lease,
    work: loop,
    health,
    clock,
    logger,
    metrics: machineMetrics(registry),
    // A statement of the Config DB may take a minute before it is given up.
    rules: { endLimitMs: 70_000 },
  });
  lifecycle.onStop('leadership', () => leadership.stop(), { limitMs: 9000 });
  // What people set goes over the connection of the API, what the cycles read and write over that of the lease.
  const setByPeople = new Journal({ redis: apiRedis, keys, formats: context.formats, ledger });
  http.api((app) => {
    lookupRoutes(app, lookups);
    planRoutes(app, { status });
    syncRoutes(app, {
      status,
      isActive: () => leadership.token !== undefined,
      submit: (request) => {
        const run = runs.submit(request, clock.now());
        loop.wake();
        return run;
      },
      run: (id) => runs.get(id),
      allRuns: () => runs.all(),
      setPaused: async (paused) => {
        await setByPeople.pause.set(paused);
        loop.wake();
      },
      acceptEmptyTable: async (table) => {
        const known = await setByPeople.tableRows.acceptEmpty(table);
        loop.wake();
        return known;
      },
      noteAction: noteActions(logger),
    });
  });
  mapping.follow();
  leadership.start();
}
