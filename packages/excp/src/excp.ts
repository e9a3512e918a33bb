/** EXCP at work: what it watches, who processes, what it serves. */
import { ExcsClient } from '@exec/common/excs-client';
import { type IdMap, IdMapStore } from '@exec/common/id-map';
import { Lease } from '@exec/common/lease';
import { KeySpace } from '@exec/common/redis';
import type { ServiceContext } from '@exec/common/service';
import { ServiceCloud } from '@exec/common/service-cloud';
import { engageLinkMetrics } from '@exec/engage-link';
import { excpRoutes } from './api/routes.ts';
import { defaultSettings } from './conversation/world.ts';
import { Duty } from './duty/duty.ts';
import type { excpVariables } from './environment.ts';
import { Claimer } from './intake/claimer.ts';
import { type Connection, connections } from './intake/inputs.ts';
import { Intake } from './intake/intake.ts';
import { type ExcpKeys, excpKeys } from './keys.ts';
import { type ExcpMetrics, excpMetrics } from './metrics.ts';
import { Mirror } from './mirror/mirror.ts';
import { Coverage } from './recovery/coverage.ts';
import { DataMark } from './recovery/data-mark.ts';
import { Figures } from './recovery/figures.ts';
import type { Site } from './sites.ts';

type Context = ServiceContext<typeof excpVariables>;

/** A crashed holder is followed within this time and a third of it; an orderly stop within a third. */
const leaseMs = 2_400;

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
  readonly #lease: Lease;
  readonly #duty: Duty;
  #redisDownAt: number | undefined;

  constructor(context: Context, sites: readonly Site[]) {
    this.#context = context;
    this.#sites = sites;
    const { env, clock, logger, redis, keys, registry, health, owner, instanceId } = context;
    this.#keys = excpKeys(keys);
    this.#metrics = excpMetrics(registry);
    this.#cloud = new ServiceCloud(context, 'conversation_provider');
    this.#mirror = new Mirror({
      ...this.#mirrorSource(),
      clock,
      logger,
      health: health.dependency('mapping', 'not read yet'),
      onChange: (map) => this.#useMap(map),
    });
    this.#claimer = new Claimer({ redis, keys: this.#keys, clock, logger, metrics: this.#metrics });
    this.#coverage = new Coverage({
      redis,
      keys: this.#keys,
      instanceId,
      clock,
      logger,
      onGap: () => this.#metrics.gap(),
    });
    this.#dataMark = new DataMark(redis, this.#keys);
    this.#figures = new Figures({ redis, keys: this.#keys, clock });
    this.#intake = new Intake({
      sites,
      claimer: this.#claimer,
      coverage: this.#linkHealth(),
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
    this.#lease = new Lease({
      redis,
      key: this.#keys.lease,
      epochKey: this.#keys.leaseEpoch,
      owner,
      ttlMs: leaseMs,
      clock,
      logger,
    });
    this.#duty = new Duty({
      lease: this.#lease,
      redis,
      keys: this.#keys,
      clock,
      logger,
      metrics: this.#metrics,
      cloud: this.#cloud.cloud,
      maySend: () => this.#cloud.proven,
      settings: {
        ...defaultSettings,
        dispositionGraceMs: env.DISPOSITION_GRACE_SECONDS * 1000,
        afterCallWorkRequired: env.ACW_REQUIRED,
        severalSites: sites.length > 1,
      },
      scope: this.#scope,
      map: () => this.#mirror.map,
    });
  }

  start(): void {
    const { redis, lifecycle, http, health } = this.#context;
    this.#bindMetrics();
    health.setActive(false);
    this.#lease.onChange((token) => health.setActive(token !== undefined));
    this.#cloud.onChange(() => this.#duty.wake());
    http.api((app) =>
      excpRoutes(app, { redis, keys: this.#keys, clock: this.#context.clock, scope: this.#scope }),
    );
    const unfollow = redis.onState((up) => this.#onRedis(up));

    // Run in reverse: first nothing comes in, then what is on its way is settled, then the lease goes.
    lifecycle.onStop('redis-follow', unfollow);
    lifecycle.onStop('lease', () => this.#lease.stop());
    lifecycle.onStop('duty', () => this.#duty.stop(), { limitMs: 8_000 });
    lifecycle.onStop('mapping', () => this.#mirror.stop());
    lifecycle.onStop('figures', () => this.#figures.stop());
    lifecycle.onStop('coverage', () => this.#coverage.stop());
    lifecycle.onStop('claims', () => this.#claimer.stop(), { limitMs: 2_000 });
    lifecycle.onStop('links', () => this.#intake.stop());

    this.#cloud.start();
    this.#mirror.look();
    this.#figures.start();
    this.#coverage.start();
    this.#duty.start();
    this.#lease.start();
    this.#intake.start();
    if (redis.up) this.#onRedis(true);
  }

  get #scope(): string {
    const { ORG_ID, TENANT_ID } = this.#context.env;
    return `${ORG_ID}/${TENANT_ID}`;
  }

  #mirrorSource() {
    const { env, redis, keys, lifecycle } = this.#context;
    const { EXCS_URL: url, EXCS_API_TOKEN: token, EXCS_CA_FILE: caFile } = env;
    if (url === undefined) return { excs: undefined, store: new IdMapStore({ redis, keys }) };
    const excs = new ExcsClient({ url, token, caFile });
    lifecycle.onStop('excs-client', () => excs.close());
    const mirrorKeys = new MirrorKeys({
      prefix: env.REDIS_KEY_PREFIX,
      orgId: env.ORG_ID,
      tenantId: env.TENANT_ID,
    });
    return { excs, store: new IdMapStore({ redis, keys: mirrorKeys }) };
  }

  #useMap(map: IdMap): void {
    this.#intake.use(map);
    this.#duty.wake();
  }

  /** Every connection is a dependency of its own. */
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
        of(site, connection)?.up();
        this.#coverage.complete(site, connection);
      },
      lost: (site: string, connection: Connection, detail: string) => {
        of(site, connection)?.down(detail);
        this.#coverage.lost(site, connection);
      },
    };
  }

  /** The clock of the stream; our own where Redis does not answer. */
  async #streamNow(): Promise<number> {
    try {
      const [seconds, microseconds] = await this.#context.redis.client.time();
      return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
    } catch {
      return this.#context.clock.now();
    }
  }

  #onRedis(up: boolean): void {
    const { clock, logger } = this.#context;
    if (!up) {
      this.#redisDownAt ??= clock.now();
      return;
    }
    const from = this.#redisDownAt ?? clock.now();
    this.#redisDownAt = undefined;
    this.#mirror.look();
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
    this.#dataMark
      .look(gaps)
      .then((answer) => {
        if (answer === 'same') return;
        logger.error('Redis came back without its data: what is open is found again from the snapshots');
        if (answer === 'lost-first') for (const _ of gaps) this.#metrics.gap();
        this.#coverage.tellAgain();
        this.#intake.resync();
      })
      .catch((error: unknown) => logger.debug({ err: error }, 'The mark of the data could not be read'));
  }

  #bindMetrics(): void {
    this.#metrics.bind({
      lag: () => this.#figures.lag,
      deadLetters: () => this.#figures.deadLetters,
      openConversations: () => this.#duty.work?.open ?? 0,
      heldBack: () => this.#duty.injector?.heldBack ?? 0,
      oldestPending: () => (this.#duty.injector?.oldest ?? 0) / 1000,
      active: () => this.#duty.active,
    });
  }
}
