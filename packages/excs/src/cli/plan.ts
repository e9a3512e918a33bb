/** The command `plan`: prints what a synchronisation would do, and changes nothing anywhere. */
import { type Cli, endsWith, exitCodes, type Streams, widthOf } from '@exec/common/cli';
import { systemClock } from '@exec/common/clock';
import { Secret } from '@exec/common/config';
import { Formats } from '@exec/common/formats';
import { createLogger } from '@exec/common/logging';
import { createRegistry } from '@exec/common/metrics';
import { KeySpace, RedisConnection } from '@exec/common/redis';
import { parseServiceEnvironment, serviceVersion } from '@exec/common/service';
import { excsVariables } from '../environment.ts';
import { diff } from '../plan/diff.ts';
import type { LimitClass } from '../plan/operation.ts';
import { makePlan, type Plan } from '../plan/plan.ts';
import { planJson } from '../plan/plan-json.ts';
import { planTable } from '../plan/plan-table.ts';
import { existingOf } from '../plan/totals.ts';
import { type Assembly, assemble } from '../sync/assemble.ts';

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly streams: Streams;
}

export function addPlan(cli: Cli, around: Surroundings): void {
  const command = endsWith(cli.program.command('plan'), exitCodes.fault)
    .description('print what a synchronisation would do, and change nothing')
    .option('--json', 'as one JSON object')
    .option('--full', 'long values whole')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing to do, 2 changes to make, 1 a fault, 78 wrong settings.\n',
    );
  cli.action(command, async ({ json, full }: { readonly json?: boolean; readonly full?: boolean }) => {
    const plan = await dryRun(around);
    const { stdout } = around.streams;
    stdout.write(
      json === true
        ? `${JSON.stringify(planJson(plan))}\n`
        : planTable(plan, { width: widthOf(stdout, around.env), full: full ?? false }),
    );
    return plan.operations.length > 0 ? exitCodes.changes : exitCodes.ok;
  });
}

async function dryRun({ env: processEnv, streams }: Surroundings): Promise<Plan> {
  const warn = (message: string) => void streams.stderr.write(`warning: ${message}\n`);
  const env = parseServiceEnvironment('excs', excsVariables, processEnv, { warn });
  // Standard output carries the plan alone.
  const logger = createLogger({
    service: 'excs',
    level: env.LOG_LEVEL === 'info' ? 'warn' : env.LOG_LEVEL,
    secrets: Object.values(env).filter((value) => value instanceof Secret),
    destination: { write: (line: string) => streams.stderr.write(line) },
  });
  const redis = RedisConnection.open({
    url: env.REDIS_URL,
    caFile: env.REDIS_CA_FILE,
    name: 'excs-plan',
    logger,
  });
  const stop = new AbortController();
  let parts: Assembly | undefined;
  try {
    await connected(redis);
    parts = assemble({
      env,
      logger,
      registry: createRegistry({ service: 'excs', version: serviceVersion }),
      clock: systemClock,
      redis,
      keys: new KeySpace({ prefix: env.REDIS_KEY_PREFIX, orgId: env.ORG_ID, tenantId: env.TENANT_ID }),
      formats: new Formats(),
      settings: undefined,
      version: serviceVersion,
      signal: stop.signal,
    });
    return await compare(parts, stop.signal);
  } finally {
    stop.abort();
    await parts?.cloud.close();
    await parts?.db.close();
    await redis.close();
  }
}

async function compare(parts: Assembly, signal: AbortSignal): Promise<Plan> {
  const { engage, access, cloud, stateKeeper, journal, sourceMark, limits, decisions } = parts;
  const now = await engage.read(await journal.tableRows.load(), await sourceMark.load());
  await access.use(now.settings, cloud, signal);
  const state = await stateKeeper.load(undefined);
  await stateKeeper.readOrganization(undefined, state);
  await stateKeeper.readDetails(undefined, state, now.desired, () => undefined);
  // One read cannot show an absence twice: the plan says what would follow if the next read shows the same.
  const difference = diff({
    desired: now.desired,
    known: state,
    absentBefore: 'all',
    quarantined: new Set(),
    describe: now.describe,
  });
  const classes = new Set<LimitClass>();
  for (const { counted } of difference.operations) if (counted !== undefined) classes.add(counted.limit);
  const createdAt = systemClock.now();
  return makePlan({
    difference,
    createdAt,
    drift: true,
    rules: limits,
    totals: { existing: existingOf(state, classes), applied: await journal.window.applied() },
    ...(await decisions.current(state)),
    conflicts: now.desired.conflicts,
    describe: now.describe,
  });
}

/** Milliseconds to wait for Redis: without the ledger everything in the cloud would look foreign. */
const redisWaitMs = 5000;

async function connected(redis: RedisConnection): Promise<void> {
  if (redis.up) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = systemClock.setTimer(redisWaitMs, resolve);
  const stop = redis.onState((up) => up && resolve());
  await promise;
  timer.cancel();
  stop();
  if (!redis.up) throw new Error(`Redis cannot be reached: ${redis.detail}`);
}
