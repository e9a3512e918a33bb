/** EXCP at work: what it watches, who processes, what it serves. */

import { JumpWatch } from '@exec/common/clock-jumps';
import { type Connection, connections, type excpVariables, type Site } from '@exec/common/config';
import { ExcsClient } from '@exec/common/excs-client';
import { noteActions } from '@exec/common/http';
import { type IdMap, IdMapStore } from '@exec/common/id-map';
import { type MonotonicMs, type StreamMs, streamMs, type WallMs } from '@exec/common/instants';
import { Leadership, Lease } from '@exec/common/leadership';
import { machineMetrics } from '@exec/common/machine';
import { KeySpace } from '@exec/common/redis';
import { removeByAge } from '@exec/common/removal-by-age';
import type { ServiceContext } from '@exec/common/service';
import { ServiceCloud } from '@exec/common/service-cloud';
import { engageLinkMetrics } from '@exec/engage-link';
import { excpRoutes } from './api/routes.ts';
import { defaultSettings } from './conversation/step-context.ts';
import { Claimer } from './intake/claimer.ts';
import { Intake } from './intake/intake.ts';
import { type ExcpKeys, excpKeys } from './keys.ts';
import { Mirror } from './mapping/mirror.ts';
import { type ExcpMetrics, excpMetrics } from './metrics.ts';
import { outboxHealth } from './outbox/outbox.ts';
import { RecentEvents } from './outbox/recent-events.ts';
import { Memory } from './processor/memory.ts';
import { StreamClock } from './processor/stream-clock.ts';
import { type TermStart, Terms } from './processor/terms.ts';
import { Coverage } from './recovery/coverage.ts';
import { DataMark } from './recovery/data-mark.ts';
import { Figures } from './recovery/figures.ts';
import { removeOldFrom } from './recovery/removal-by-age.ts';

type Context = ServiceContext<typeof excpVariables>;

/**
 * A crashed holder is followed when this is over, a stop within a tenth of a second. Shorter would be quicker, but a pause
 * of a second, of a process or of Redis, must not end a term.
 */
const leaseMs = 1_400;

/** The mirror of the mapping beside the other keys of EXCP. */
class MirrorKeys extends KeySpace {
  override key(...parts: readonly string[]): string {
    return super.key('excp', 'mirror', ...parts);
  }
}

export class Excp {
  readonly #context: Context;
  readonly #sites: readonly Site[];
  readonly #keys: ExcpKeys;
  readonly #metrics: ExcpMetrics;
  readonly #cloud: ServiceCloud;
  readonly #mirror: Mirror;
  readonly #claimer: Claimer;
  readonly #intake: Intake;
  readonly #coverage: Coverage;
  readonly #dataMark: DataMark;
  readonly #figures: Figures;
  readonly #streamClock: StreamClock;
  readonly #recent = new RecentEvents();
  readonly #terms: Terms;
  readonly #leadership: Leadership<TermStart>;
  #redisDownAt: WallMs | undefined;
  /** The same moment by the clock that never jumps; before the first connection, the start. */
  #redisDownFrom: MonotonicMs | undefined;

  constructor(context: Context, sites: readonly Site[]) {
    this.#context = context;
    this.#sites = sites;
    const { env, clock, logger, redis, keys, formats, announcements, registry, health, owner, instanceId } =
      context;
    this.#keys = excpKeys(keys);
    this.#redisDownFrom = clock.monotonic();
    this.#metrics = excpMetrics(registry);
    this.#cloud = new ServiceCloud(context, 'conversation_provider');
    this.#mirror = new Mirror({
      ...this.#mirrorSource(),
      clock,
      logger,
      metrics: machineMetrics(registry),
      health: health.dependency('mapping', 'not read yet'),
      onChange: (map) => this.#useMap(map),
    });
    this.#claimer = new Claimer({
      redis,
      keys: this.#keys,
      formats,
      clock,
      logger,
      metrics: this.#metrics,
      machines: machineMetrics(registry),
      health: health.dependency('event-stream'),
    });
    const linkHealth = this.#linkHealth();
    this.#coverage = new Coverage({
      redis,
      keys: this.#keys,
      formats,
      instanceId,
      clock,
      logger,
      onGap: () => this.#metrics.gap(),
      onKnown: linkHealth.known,
      onForgotten: (since) => this.#lookWhatRedisHas(since),
    });
    this.#dataMark = new DataMark(redis, this.#keys, formats);
    this.#figures = new Figures({ redis, keys: this.#keys, clock });
    this.#intake = new Intake({
      sites,
      claimer: this.#claimer,
      formats,
      coverage: linkHealth,
      metrics: this.#metrics,
      linkMetrics: engageLinkMetrics(registry),
      link: {
        applicationName: env.ENGAGE_APP_NAME ?? 'EXCP',
        password: env.ENGAGE_APP_PASSWORD,
        tls: {
          caFile: env.ENGAGE_LINK_CA_FILE,
          certFile: env.ENGAGE_LINK_CERT_FILE,
          keyFile: env.ENGAGE_LINK_KEY_FILE,
        },
      },
      dispositionKey: env.DISPOSITION_KEY,
      owner,
      streamNow: () => this.#streamNow(),
      clock,
      logger,
    });
    const lease = new Lease({
      redis,
      key: this.#keys.lease,
      epochKey: this.#keys.leaseEpoch,
      owner,
      ttlMs: leaseMs,
      clock,
      logger,
    });
    const mark = this.#dataMark;
    const memory = new Memory({ redis, keys: this.#keys, formats, logger, mark });
    this.#streamClock = new StreamClock({
      redis,
      keys: this.#keys,
      clock,
      onJump: (ms) => {
        this.#metrics.clockJump('redis', ms);
        logger.warn(
          { 'exec.jump_ms': ms },
          'The clock of Redis has jumped: waits are measured as if it had not, no conversation ends because of it',
        );
      },
      onCommit: (commit) => memory.committed(commit),
    });
    this.#terms = new Terms({
      lease,
      redis,
      keys: this.#keys,
      formats,
      clock,
      logger,
      metrics: this.#metrics,
      announcements,
      cloud: this.#cloud.cloud,
      outboxHealth: outboxHealth(health),
      maySend: () => this.#cloud.proven,
      ask: (awaited) => this.#intake.ask(awaited),
      settings: {
        ...defaultSettings,
        dispositionGraceMs: env.DISPOSITION_GRACE_SECONDS * 1000,
        afterCallWorkRequired: env.ACW_REQUIRED,
        longestMs: env.MAX_CALL_HOURS * 3_600_000,
        vacantMs: env.KEEP_DAYS * 86_400_000,
        sites: sites.map((site) => site.switch),
      },
      scope: this.#scope,
      owner,
      map: () => this.#mirror.map,
      streamClock: this.#streamClock,
      memory,
      mark,
      beforeLoad: () => this.#lookAtMark(this.#coverage.knownAt),
      intakeWaits: () => this.#claimer.waiting > 0,
      processingHealth: health.dependency('processing', 'not at work yet'),
      recent: this.#recent,
    });
    const work = this.#terms;
    this.#leadership = new Leadership({
      lease,
      work,
      health,
      clock,
      logger,
      metrics: machineMetrics(registry),
    });
  }

  start(): void {
    const { env, redis, apiRedis, formats, lifecycle, http, clock, logger } = this.#context;
    this.#bindMetrics();
    this.#cloud.onChange(() => this.#terms.wake());
    const noteAction = noteActions(logger);
    http.api((app) =>
      excpRoutes(app, {
        redis: apiRedis,
        ...{ keys: this.#keys, formats, clock, scope: this.#scope, noteAction, recent: this.#recent },
        inMemory: () => this.#terms.inMemory,
        map: () => this.#mirror.map,
      }),
    );
    const endRemoval = removeByAge({
      what: 'dead letters, entries of the quarantine, gaps',
      clock,
      logger,
      remove: () => removeOldFrom(apiRedis, this.#keys, env.KEEP_DAYS * 86_400_000),
    });
    const unfollow = redis.onState((up) => this.#onRedis(up));
    const unwatch = new JumpWatch(this.#context.clock).follow((ms) => this.#onOwnJump(ms));

    // Run in reverse: first nothing comes in, then what is on its way is settled, then the lease goes.
    lifecycle.onStop('removal-by-age', endRemoval);
    lifecycle.onStop('redis-follow', unfollow);
    // Who still works sees the jumps of Redis' clock, and writes them.
    lifecycle.onStop('stream-clock', () => this.#streamClock.stop());
    lifecycle.onStop('leadership', () => this.#leadership.stop(), { limitMs: 9_000 });
    lifecycle.onStop('mapping', () => this.#mirror.stop());
    lifecycle.onStop('figures', () => this.#figures.stop());
    lifecycle.onStop('coverage', () => this.#coverage.stop());
    lifecycle.onStop('own-clock', unwatch);
    lifecycle.onStop('claims', () => this.#claimer.stop(), { limitMs: 2_000 });
    lifecycle.onStop('links', () => this.#intake.stop());

    this.#cloud.start();
    this.#mirror.look();
    this.#figures.start();
    this.#coverage.start();
    this.#streamClock.start();
    this.#leadership.start();
    this.#intake.start();
    if (redis.up) this.#onRedis(true);
  }

  get #scope(): string {
    const { ORG_ID, TENANT_ID } = this.#context.env;
    return `${ORG_ID}/${TENANT_ID}`;
  }

  #mirrorSource() {
    const { env, redis, keys, formats, lifecycle, files } = this.#context;
    const { EXCS_URL: url, EXCS_API_TOKEN: token, EXCS_CA_FILE: caFile } = env;
    if (url === undefined) return { excs: undefined, store: new IdMapStore({ redis, keys, formats }) };
    const excs = new ExcsClient({ url, token, caFile, files });
    lifecycle.onStop('excs-client', () => excs.close());
    const mirrorKeys = new MirrorKeys({
      prefix: env.REDIS_KEY_PREFIX,
      orgId: env.ORG_ID,
      tenantId: env.TENANT_ID,
    });
    return { excs, store: new IdMapStore({ redis, keys: mirrorKeys, formats }) };
  }

  #useMap(map: IdMap): void {
    this.#intake.use(map);
    this.#terms.wake();
  }

  /** Every connection is a dependency of its own. It is up when Redis knows that it is watched: then the other may stop. */
  #linkHealth() {
    const { health } = this.#context;
    const dependencies = new Map(
      this.#sites.flatMap((site) =>
        connections.map((connection) => {
          const name = `sip-server:${site.switch}:${connection}`;
          return [name, health.dependency(name, 'not connected yet')] as const;
        }),
      ),
    );
    const of = (site: string, connection: Connection) => dependencies.get(`sip-server:${site}:${connection}`);
    return {
      complete: (site: string, connection: Connection) => {
        if (this.#coverage.complete(site, connection))
          of(site, connection)?.down('complete, Redis does not know it yet');
      },
      known: (site: string, connection: Connection) => of(site, connection)?.up(),
      lost: (site: string, connection: Connection, detail: string) => {
        of(site, connection)?.down(detail);
        this.#coverage.lost(site, connection);
      },
    };
  }

  /** Nothing here is measured by the own wall clock but what an operator reads; so a jump is only logged and counted. */
  #onOwnJump(ms: number): void {
    this.#metrics.clockJump('own', ms);
    this.#context.logger.warn(
      { 'exec.jump_seconds': Math.round(ms / 1000) },
      'The clock of this machine jumped: no conversation ends and no event moves because of it',
    );
  }

  /**
   * Stream time: the clock in which what a snapshot is compared with was seen, without the jumps of Redis'
   * own. Ours where Redis was never reached: then nothing is known that a snapshot could be compared with.
   */
  async #streamNow(): Promise<StreamMs> {
    if (this.#streamClock.now === undefined) await this.#streamClock.look().catch(() => undefined);
    return this.#streamClock.now ?? streamMs(this.#context.clock.now());
  }

  #onRedis(up: boolean): void {
    const { clock } = this.#context;
    if (!up) {
      this.#redisDownAt ??= clock.now();
      this.#redisDownFrom ??= clock.monotonic();
      this.#terms.redisLost();
      return;
    }
    const from = this.#redisDownAt ?? clock.now();
    this.#redisDownAt = undefined;
    if (this.#redisDownFrom !== undefined) this.#terms.redisBack(clock.monotonic() - this.#redisDownFrom);
    this.#redisDownFrom = undefined;
    this.#coverage.redisBack();
    this.#lookWhatRedisHas(from);
  }

  /** `from`: wall time since when it may have lost something. */
  #lookWhatRedisHas(from: WallMs): void {
    // What is in memory may be newer than what Redis still has: the term begins again from there.
    this.#leadership.reload();
    this.#mirror.look();
    this.#lookAtMark(from).catch((error: unknown) =>
      this.#context.logger.debug({ err: error }, 'The mark of the data could not be read'),
    );
  }

  /** @throws ExecError redis.unavailable */
  async #lookAtMark(from: WallMs): Promise<void> {
    const { clock, logger } = this.#context;
    const to = clock.now();
    const gaps = this.#sites.flatMap((site) =>
      connections.map((connection) => ({
        site: site.switch,
        connection,
        from,
        to,
        why: 'redis-data-lost' as const,
      })),
    );
    const answer = await this.#dataMark.look(gaps);
    if (answer === 'same') return;
    logger.error(
      'Redis came back without its data: it is written back as far as an instance remembers it, and compared with snapshots',
    );
    if (answer === 'lost-first') for (const _ of gaps) this.#metrics.gap();
    this.#terms.redisLost();
    this.#coverage.tellAgain();
    this.#claimer.offerAgain();
    this.#intake.resync();
  }

  #bindMetrics(): void {
    this.#metrics.bind({
      lag: () => this.#figures.lag,
      lagBytes: () => this.#figures.lagBytes,
      backlog: () => this.#claimer.waiting,
      deadLetters: () => this.#figures.deadLetters,
      quarantine: () => this.#figures.quarantine,
      openConversations: () => this.#terms.openConversations,
      heldBack: () => this.#terms.outbox?.heldBack ?? 0,
      oldestPending: () => (this.#terms.outbox?.oldest ?? 0) / 1000,
      active: () => this.#leadership.token !== undefined,
    });
  }
}
