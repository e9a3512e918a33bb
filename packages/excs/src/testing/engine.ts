/** The parts of one EXCS without its loop and its HTTP server, so that a test decides when a cycle runs. */

import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '@exec/common/clock';
import { SettingsStore } from '@exec/common/config';
import { Formats } from '@exec/common/formats';
import { IdMap, IdMapStore } from '@exec/common/id-map';
import { Lease, type LeaseToken } from '@exec/common/leadership';
import { silentLogger } from '@exec/common/logging';
import { createRegistry } from '@exec/common/metrics';
import { KeySpace, RedisConnection } from '@exec/common/redis';
import { parseServiceEnvironment } from '@exec/common/service';
import { Lookups } from '../api/lookups.ts';
import { excsVariables } from '../environment.ts';
import { type Assembly, assemble } from '../sync/assemble.ts';
import { ClockDoubt } from '../sync/clock-doubt.ts';
import { Cycle, type CycleRequest, type CycleResult } from '../sync/cycle.ts';
import { idMapContent } from '../sync/id-map-content.ts';
import { Rotation } from '../sync/rotation.ts';
import { StatusBoard, type SyncStatus } from '../sync/status.ts';

export interface EngineOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly clock?: Clock;
  readonly visibilityMs?: number;
  /** Poll interval while a plan is being applied; long by default: tests cause what they test. */
  readonly intervalMs?: number;
  /** Done before the lease is asked for. */
  readonly beforeLease?: (redis: RedisConnection) => Promise<void>;
}

const dayMs = 86_400_000;

export class Engine {
  readonly parts: Assembly;
  readonly #board = new StatusBoard();
  readonly lookups = new Lookups();
  readonly cycle: Cycle;
  readonly rotation: Rotation;
  readonly lease: Lease;
  readonly redis: RedisConnection;
  readonly #stop: AbortController;
  readonly #clock: Clock;
  #publishedAt = Number.NEGATIVE_INFINITY;
  #loadedUnder: string | undefined;

  private constructor(parts: {
    assembly: Assembly;
    lease: Lease;
    redis: RedisConnection;
    keys: KeySpace;
    stop: AbortController;
    clock: Clock;
    options: EngineOptions;
  }) {
    this.parts = parts.assembly;
    this.lease = parts.lease;
    this.redis = parts.redis;
    this.#stop = parts.stop;
    this.#clock = parts.clock;
    const { options, clock } = parts;
    const store = new IdMapStore({ redis: parts.redis, keys: parts.keys, formats: new Formats() });
    this.cycle = new Cycle({
      ...parts.assembly,
      clock,
      logger: silentLogger,
      status: this.#board,
      signal: parts.stop.signal,
      intervalMs: options.intervalMs ?? 3_600_000,
      publish: async (now, state) => {
        // On a fast clock publishing would come so often that it, not the cloud, sets the pace.
        if (this.#clock !== systemClock && systemClock.monotonic() - this.#publishedAt < 1000) return;
        this.#publishedAt = systemClock.monotonic();
        const content = idMapContent(now.desired, state);
        this.lookups.set(new IdMap(await store.write(content), content));
      },
      clockDoubt: new ClockDoubt({ clock, onJump: () => undefined }),
      isPublished: async () => true,
      onResult: () => undefined,
    });
    this.rotation = new Rotation({ ...parts.assembly, clock, visibilityMs: options.visibilityMs ?? 0 });
  }

  static async start(options: EngineOptions): Promise<Engine> {
    const clock = options.clock ?? systemClock;
    const env = parseServiceEnvironment('excs', excsVariables, options.env, { warn: () => undefined });
    const redis = RedisConnection.open({
      url: env.REDIS_URL,
      name: 'test',
      logger: silentLogger,
      commandTimeoutMs: 60_000,
    });
    await until(
      (changed) => redis.onState(changed),
      () => redis.up,
    );
    const keys = new KeySpace({ prefix: env.REDIS_KEY_PREFIX, orgId: env.ORG_ID, tenantId: env.TENANT_ID });
    const stop = new AbortController();
    const formats = new Formats();
    const assembly = assemble({
      formats,
      env,
      logger: silentLogger,
      registry: createRegistry({ service: 'excs', version: '0', processMetrics: false }),
      clock,
      redis,
      keys,
      settings: new SettingsStore({ redis, keys, formats, encryption: { plaintext: true } }),
      version: '0',
      signal: stop.signal,
      // On a clock that runs fast neither the database nor the cloud would have any time.
      configDbLimits: clock === systemClock ? undefined : { query: dayMs, transaction: dayMs },
      cloudLimits: clock === systemClock ? undefined : { timeoutMs: dayMs, deadlineMs: dayMs },
      visibilityMs: options.visibilityMs ?? 0,
    });
    const lease = new Lease({
      redis,
      key: assembly.ledger.leaseKey,
      epochKey: assembly.ledger.epochKey,
      owner: randomUUID(),
      ttlMs: 10_000,
      clock: systemClock,
      logger: silentLogger,
    });
    await options.beforeLease?.(redis);
    lease.start();
    await until(
      (changed) => lease.onChange(changed),
      () => lease.token !== undefined,
    );
    return new Engine({ assembly, lease, redis, keys, stop, clock, options });
  }

  get status(): SyncStatus {
    return this.#board.current;
  }

  get token(): LeaseToken {
    const token = this.lease.token;
    if (token === undefined) throw new Error('the lease is not held');
    return token;
  }

  async run(request: Partial<CycleRequest> = {}): Promise<CycleResult> {
    const token = this.token;
    if (this.#loadedUnder !== token.value) await this.cycle.load();
    this.#loadedUnder = token.value;
    return await this.cycle.run(token, () => (this.lease.token?.value === token.value ? token : undefined), {
      mode: 'apply',
      drift: false,
      forced: true,
      ...request,
    });
  }

  /** Cycles until nothing is left to do, reading Engage and the organisation each time. */
  async converge(request: Partial<CycleRequest> = {}): Promise<CycleResult> {
    for (let round = 0; round < 12; round++) {
      const result = await this.run({ drift: true, ...request });
      if (result.outcome === 'stopped') return result;
      if (result.plan?.operations.length === 0 && result.plan.waiting === 0) return result;
    }
    const left = this.status.plan?.operations.map((operation) => `${operation.id}: ${operation.reason}`);
    throw new Error(`the cycles do not come to an end; left: ${left?.slice(0, 10).join(', ')}`);
  }

  /** Compares everything object by object. */
  async checkAll(): Promise<void> {
    const state = this.parts.stateKeeper.state;
    if (state === undefined) throw new Error('nothing is known yet');
    const found = await this.rotation.tick(this.token, state, 1_000_000, () => true);
    if (found) this.parts.stateKeeper.changed = true;
  }

  /** As a killed process: nothing is finished, nothing more is written. */
  async kill(): Promise<void> {
    this.redis.client.disconnect();
    this.#stop.abort(new Error('killed'));
    await this.redis.close();
    await this.lease.stop();
    await this.parts.cloud.close();
    await this.parts.db.close();
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.lease.stop();
    await this.parts.cloud.close();
    await this.parts.db.close();
    await this.redis.close();
  }

  get clock(): Clock {
    return this.#clock;
  }
}

async function until(subscribe: (changed: () => void) => () => void, holds: () => boolean): Promise<void> {
  if (holds()) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = subscribe(() => {
    if (holds()) resolve();
  });
  await promise;
  end();
}
