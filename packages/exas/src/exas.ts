/** EXAS at work: who is active, whom it watches, and what it needs of the organisation. */

import type { exasVariables } from '@exec/common/config';
import { ExcsClient } from '@exec/common/excs-client';
import { IdMapStore } from '@exec/common/id-map';
import { type WallMs, wallMs } from '@exec/common/instants';
import { Leadership, Lease, type TermControl } from '@exec/common/leadership';
import { machineMetrics } from '@exec/common/machine';
import type { ServiceContext } from '@exec/common/service';
import { ServiceCloud } from '@exec/common/service-cloud';
import { SteadyClock } from '@exec/common/steady-clock';
import { MappingFollower } from './agents/mapping-follower.ts';
import { agentRoutes } from './api/agents.ts';
import { exasMetrics } from './metrics.ts';
import { Ledger } from './outbox/ledger.ts';
import { PresenceIds } from './outbox/presence-ids.ts';
import { Pipeline } from './pipeline.ts';
import type { Translation } from './state/table.ts';

type Context = ServiceContext<typeof exasVariables>;

/** So long an instance that lost the lease keeps its statistics, in milliseconds: Redis may only have hiccuped. */
const lingerMs = 15_000;

/** Wires the service and starts it; its end is registered with the lifecycle of `context`. */
export function startExas(context: Context, translation: Translation): void {
  const { clock, logger, redis, keys, formats, health, registry, lifecycle, http } = context;
  const steadyClock = new SteadyClock({ clock, logger, registry, secondOpinion: () => redisTime(redis) });
  const now = () => steadyClock.now();
  const serviceCloud = new ServiceCloud(context, 'agent_state_sync');
  const { cloud } = serviceCloud;
  const leaseKey = keys.key('exas', 'lease');
  const ledger = new Ledger({ redis, keys, formats, leaseKey, now });
  const presenceIds = new PresenceIds({
    source: cloud.presence,
    clock,
    logger,
    health: health.dependency('presence-definitions', 'not looked up yet'),
    onChange: () => pipeline.wake(),
  });
  const pipeline: Pipeline = new Pipeline({
    context,
    translation,
    metrics: exasMetrics(registry),
    cloud,
    ledger,
    now,
    token: () => leadership.token?.value,
    presenceIds: () => (serviceCloud.proven ? presenceIds.ids : undefined),
  });
  const leadership = new Leadership({
    lease: new Lease({
      redis,
      key: leaseKey,
      epochKey: keys.key('exas', 'lease-epoch'),
      owner: context.owner,
      clock,
      logger,
    }),
    work: {
      load: ({ value }) => ledger.load(value),
      begin: (_token, loaded, term) => {
        pipeline.begin(loaded);
        handOverOthers(context, loaded.others, term);
      },
      suspend: () => pipeline.suspend(),
      end: () => pipeline.end(),
    },
    health,
    clock,
    logger,
    metrics: machineMetrics(registry),
    rules: { lingerMs },
  });
  const mapping = new MappingFollower({
    store: new IdMapStore({ redis, keys, formats }),
    excs: excsOf(context),
    clock,
    logger,
    health: health.dependency('id-map', 'not read yet'),
    intervalSeconds: () => serviceCloud.settings?.agentPollingIntervalSeconds ?? 60,
    onList: (list) => pipeline.follow(list),
    onLook: () => pipeline.retryRefused(),
  });

  http.api((app) => agentRoutes(app, pipeline));
  serviceCloud.onChange(() => {
    if (serviceCloud.proven) presenceIds.load();
    pipeline.wake();
  });
  const unfollow = redis.onState((up) => void (up && mapping.look()));

  // Run in reverse: what is on its way is answered and stored before the states are dropped and the lease goes.
  lifecycle.onStop('leadership', () => leadership.stop(), { limitMs: 9000 });
  lifecycle.onStop('agents', async () => {
    unfollow();
    presenceIds.stop();
    await mapping.stop();
  });
  lifecycle.onStop('sender', () => pipeline.stop());

  serviceCloud.start();
  mapping.look();
  leadership.start();
}

/** Of agents in such formats nothing is known, so their states are sent once more; another instance may know them. */
function handOverOthers(context: Context, formats: readonly number[], term: TermControl): void {
  if (formats.length === 0) return;
  const format = Math.max(...formats);
  context.logger.warn(
    { 'exec.count': formats.length, 'exec.format': format },
    'States that a newer release stored are not known here: those agents are sent once more',
  );
  const reader = context.announcements.reader(format);
  if (reader !== undefined)
    term.handOver(`${reader.instance} reads format ${format}, in which states are stored`);
}

function excsOf({ env, lifecycle, files }: Context): ExcsClient | undefined {
  const { EXCS_URL: url, EXCS_API_TOKEN: token, EXCS_CA_FILE: caFile } = env;
  if (url === undefined) return undefined;
  const excs = new ExcsClient({ url, token, caFile, files });
  lifecycle.onStop('excs-client', () => excs.close());
  return excs;
}

/** The clock of Redis, milliseconds since 1970. */
async function redisTime(redis: Context['redis']): Promise<WallMs> {
  const [seconds, microseconds] = await redis.client.time();
  return wallMs(Number(seconds) * 1000 + Number(microseconds) / 1000);
}
