/** The command `plan`: prints what a synchronisation would do, and changes nothing anywhere. */
import { systemClock } from '@exec/common/clock';
import { ConfigurationError } from '@exec/common/config';
import { createLogger } from '@exec/common/logging';
import { createRegistry } from '@exec/common/metrics';
import { KeySpace, RedisConnection } from '@exec/common/redis';
import { parseServiceEnvironment, serviceVersion } from '@exec/common/service';
import { excsVariables } from './environment.ts';
import { diff } from './plan/diff.ts';
import type { LimitClass } from './plan/operation.ts';
import { makePlan, type Plan } from './plan/plan.ts';
import { planTable, renderPlan } from './plan/render.ts';
import { existingOf } from './plan/totals.ts';
import { type Assembly, assemble } from './sync/assemble.ts';

/** Nothing to do, a fault, changes to make, wrong environment. */
type ExitCode = 0 | 1 | 2 | 78;

export interface PlanOutput {
  out(text: string): void;
  err(text: string): void;
}

const standard: PlanOutput = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

export async function runPlanCommand(
  args: readonly string[],
  processEnv: NodeJS.ProcessEnv,
  output: PlanOutput = standard,
): Promise<ExitCode> {
  const json = args.includes('--json');
  const unknown = args.filter((argument) => argument !== '--json');
  if (unknown.length > 0) {
    output.err(`Unknown argument ${unknown.join(' ')}. Use: excs plan [--json]\n`);
    return 78;
  }
  try {
    const plan = await dryRun(processEnv, output);
    output.out(json ? `${JSON.stringify(renderPlan(plan))}\n` : planTable(plan));
    return plan.operations.length > 0 ? 2 : 0;
  } catch (error) {
    output.err(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof ConfigurationError ? 78 : 1;
  }
}

async function dryRun(processEnv: NodeJS.ProcessEnv, output: PlanOutput): Promise<Plan> {
  const warn = (message: string) => output.err(`warning: ${message}\n`);
  const env = parseServiceEnvironment('excs', excsVariables, processEnv, { warn });
  // Standard output carries the plan alone.
  const logger = createLogger({
    service: 'excs',
    level: env.LOG_LEVEL === 'info' ? 'warn' : env.LOG_LEVEL,
    destination: { write: (line: string) => output.err(line) },
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
  const { engage, access, cloud, knowledge, journal, limits } = parts;
  const now = await engage.read(await journal.tableRows());
  await access.use(now.settings);
  await access.verify(cloud, signal);
  const state = await knowledge.load(undefined);
  await knowledge.readOrganization(undefined, state);
  await knowledge.fillIn(undefined, state, now.desired, () => undefined);
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
  const allowance = await journal.allowance(createdAt);
  return makePlan({
    difference,
    createdAt,
    drift: true,
    rules: limits,
    totals: { existing: existingOf(state, classes), applied: await journal.applied(createdAt) },
    allowed: new Set(allowance?.items),
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
