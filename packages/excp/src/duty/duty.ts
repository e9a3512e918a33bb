/**
 * Holding the lease: processing and sending, from what Redis holds to the moment the lease is lost. Each term of duty
 * begins with a fresh load; nothing of an earlier one survives in memory.
 */
import type { Clock, Timer } from '@exec/common/clock';
import type { IdMap } from '@exec/common/id-map';
import type { Lease, LeaseToken } from '@exec/common/lease';
import type { Logger } from '@exec/common/logging';
import type { RedisConnection } from '@exec/common/redis';
import type { ModelSettings } from '../conversation/world.ts';
import { DeadLegs } from '../inject/dead-legs.ts';
import { type EventSink, Injector } from '../inject/injector.ts';
import { Settler } from '../inject/settler.ts';
import type { ExcpKeys } from '../keys.ts';
import type { ExcpMetrics } from '../metrics.ts';
import { Processor } from '../processor/processor.ts';
import { loadState } from '../processor/store.ts';
import type { Work } from '../processor/work.ts';

export interface DutyOptions {
  readonly lease: Lease;
  readonly redis: RedisConnection;
  readonly keys: ExcpKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ExcpMetrics;
  readonly cloud: EventSink;
  /** Whether the cloud may be sent to: the organisation is proven. */
  readonly maySend: () => boolean;
  readonly settings: ModelSettings;
  readonly scope: string;
  readonly map: () => IdMap | undefined;
}

interface Term {
  readonly token: string;
  readonly processor: Processor;
  readonly injector: Injector;
  readonly settler: Settler;
  readonly running: Promise<void>;
}

const retryMs = 500;
/** After Redis was away, what was received before that, and a little later, may have been sent already. */
const suspectMs = 5_000;

export class Duty {
  readonly #options: DutyOptions;
  #term: Term | undefined;
  #loading: string | undefined;
  #retry: Timer | undefined;
  #stopped = false;
  /** Wall time (ms) before which received events may have been told by a term that Redis forgot. */
  #suspectBefore = 0;
  #ending: Promise<void> = Promise.resolve();
  readonly #unfollow: (() => void)[] = [];

  constructor(options: DutyOptions) {
    this.#options = options;
  }

  get active(): boolean {
    return this.#term !== undefined && this.#options.lease.token?.value === this.#term.token;
  }

  get injector(): Injector | undefined {
    return this.#term?.injector;
  }

  get work(): Work | undefined {
    return this.#term?.processor.conversations;
  }

  start(): void {
    const { lease, redis } = this.#options;
    this.#unfollow.push(
      lease.onChange((token) => this.#onLease(token)),
      redis.onState((up) => {
        if (!up) this.#suspectBefore = this.#options.clock.now() + suspectMs;
        // What is in memory may be newer than what Redis still has: begin again from there.
        else if (lease.token !== undefined) void this.#begin(lease.token);
      }),
    );
  }

  /** The settings of the cloud or the mapping have changed. */
  wake(): void {
    this.#term?.injector.wake();
  }

  /** Finishes the step and the requests on the way, then ends. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const unfollow of this.#unfollow) unfollow();
    this.#retry?.cancel();
    this.#end();
    await this.#ending;
  }

  #onLease(token: LeaseToken | undefined): void {
    this.#retry?.cancel();
    if (token === undefined) this.#end();
    else void this.#begin(token);
  }

  async #begin(token: LeaseToken): Promise<void> {
    const { lease, redis, keys, logger, clock } = this.#options;
    if (this.#stopped || this.#loading === token.value) return;
    this.#loading = token.value;
    this.#end();
    try {
      await this.#ending;
      const state = await loadState(redis, keys);
      if (this.#stopped || lease.token?.value !== token.value || this.#loading !== token.value) return;
      this.#term = this.#startTerm(token, state);
      logger.info(
        { 'exec.conversations': state.records.length, 'exec.events': state.out.length },
        'This instance processes from now on',
      );
    } catch (error) {
      logger.warn({ err: error }, 'The state could not be loaded yet');
      if (!this.#stopped)
        this.#retry = clock.setTimer(retryMs, () => {
          const current = lease.token;
          if (current !== undefined) void this.#begin(current);
        });
    } finally {
      this.#loading = undefined;
    }
  }

  #startTerm(token: LeaseToken, state: Awaited<ReturnType<typeof loadState>>): Term {
    const { lease, redis, keys, clock, logger, metrics, cloud, maySend, settings, scope, map } =
      this.#options;
    const held = () => (lease.token?.value === token.value ? token.value : undefined);
    const settler = new Settler({ redis, keys, clock, token: held });
    const deadLegs = new DeadLegs({ redis, keys, clock });
    deadLegs.load(state.deadLegs);
    const injector = new Injector({
      cloud,
      settler,
      deadLegs,
      clock,
      logger,
      token: () => (maySend() ? held() : undefined),
      onResult: (entry, result) => {
        metrics.injected(entry.event.kind, result);
        if (result === 'accepted') metrics.delivered((clock.now() - entry.received) / 1000);
      },
    });
    const processor = new Processor(
      {
        redis,
        keys,
        clock,
        logger,
        metrics,
        settings,
        scope,
        map,
        outgoing: {
          get size() {
            return injector.size;
          },
          add: (entries) => injector.add(entries),
          deadLegFields: (conversation) => deadLegs.fieldsOf(conversation),
          forget: (conversation) => deadLegs.forget(conversation),
          revive: (conversation, leg) => deadLegs.revive(conversation, leg),
        },
        token: () => (held() === undefined ? undefined : token),
      },
      state,
      { repeatsBefore: this.#suspectBefore },
    );
    // After an outage of Redis the marks of what was sent may be lost as well.
    const suspect = this.#suspectBefore > clock.now() - 60_000;
    injector.add(state.out, suspect ? new Set(state.out.map((entry) => entry.id)) : state.sending);
    const running = processor.run().catch((error: unknown) => {
      logger.error({ err: error }, 'Processing failed; this instance begins again from what Redis holds');
      this.#beginAgain(token);
    });
    return { token: token.value, processor, injector, settler, running };
  }

  #beginAgain(token: LeaseToken): void {
    if (this.#stopped || this.#options.lease.token?.value !== token.value) return;
    this.#retry?.cancel();
    this.#retry = this.#options.clock.setTimer(retryMs, () => void this.#begin(token));
  }

  #end(): void {
    const term = this.#term;
    if (term === undefined) return;
    this.#term = undefined;
    this.#ending = this.#ending.then(async () => {
      term.processor.stop();
      await term.running;
      await term.injector.stop();
      await term.settler.idle();
    });
  }
}
