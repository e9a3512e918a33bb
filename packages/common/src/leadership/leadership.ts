/** Runs the work of a service while the lease is held: carries out what the state machine of leadership decides. */

import { ExecError } from '../errors/errors.ts';
import { Trouble, textOf } from '../errors/trouble.ts';
import type { Dependency, Health } from '../http/index.ts';
import type { Logger } from '../logging/logging.ts';
import { Machine, type MachineMetrics } from '../machine/index.ts';
import type { Clock } from '../time/clock.ts';
import type { Lease, LeaseToken } from './lease.ts';
import {
  initialLeadership,
  type LeadershipEffect,
  type LeadershipInput,
  type LeadershipRules,
  type LeadershipState,
  type LeadershipTimer,
  nextLeadership,
} from './phase.ts';

/** What only the holder of the lease does. */
export interface LeaderWork<L> {
  /** Reads what the work needs, under `token`. What it throws is logged, and it is tried again. */
  load(token: LeaseToken): Promise<L>;
  /** Begins a term, or goes on with work that was kept. What it throws counts as a failure of the term. */
  begin(token: LeaseToken, loaded: L, term: TermControl): void;
  /** The lease is lost and the work is kept for a while: it must not act until it begins again. */
  suspend?(): void;
  /** Ends the work; resolves when nothing of it is on its way any more. */
  end(): Promise<void>;
}

/** How the work ends its own term; nothing happens when the term is over already. */
export interface TermControl {
  /** The work cannot go on by itself: it is ended, and begun again from what is stored. */
  fail(error: unknown): void;
  /**
   * Another instance can do what this one cannot: the lease is left to it, but not twice within a minute, unless the caller
   * sees to it (`again`) that it does not come and go for ever. Answers whether it is.
   */
  handOver(why: string, o?: { readonly again?: boolean }): boolean;
}

export interface LeadershipOptions<L> {
  readonly lease: Pick<
    Lease,
    'token' | 'onChange' | 'onAttempt' | 'start' | 'stop' | 'giveWay' | 'renewToken'
  >;
  readonly work: LeaderWork<L>;
  readonly health: Health;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: MachineMetrics | undefined;
  readonly rules?: Partial<LeadershipRules>;
}

const defaultRules: LeadershipRules = {
  lingerMs: 0,
  retryMs: 500,
  longestRetryMs: 10_000,
  loadLimitMs: 60_000,
  endLimitMs: 30_000,
  stopLimitMs: 8_000,
  steadyMs: 60_000,
};

/** A lease that came back so soon (ms) after it was handed over is kept: nobody else has made use of it. */
const handOverAgainMs = 60_000;

/**
 * @rule Who holds the lease always begins its term, whatever happens while it loads.
 * @test leadership.test.ts: begins the term when the lease was won anew while the first load still ran
 * @test leadership/phase.test.ts: always begins its term when it goes on to hold the lease
 */
export class Leadership<L> {
  readonly #options: LeadershipOptions<L>;
  readonly #machine: Machine<LeadershipState, LeadershipInput, LeadershipEffect, LeadershipTimer>;
  readonly #dependency: Dependency;
  readonly #leaseTrouble: Trouble;
  readonly #loadTrouble: Trouble;
  readonly #workTrouble: Trouble;
  readonly #unfollow: (() => void)[] = [];
  /** What the load of this attempt brought, until the work begins with it. */
  #loaded: { readonly attempt: number; readonly value: L } | undefined;
  /** Why the lease cannot be asked for. */
  #refusal: string | undefined;
  /** Why the last load or term failed. */
  #failure = '';
  #handedOverAt = Number.NEGATIVE_INFINITY;
  #stopped = Promise.withResolvers<void>();

  constructor(options: LeadershipOptions<L>) {
    this.#options = options;
    const { clock, logger, metrics, health } = options;
    const rules = { ...defaultRules, ...options.rules };
    this.#dependency = health.dependency('leadership', 'not started');
    this.#leaseTrouble = new Trouble({ logger, message: 'The lease cannot be asked for' });
    this.#loadTrouble = new Trouble({ logger, message: 'The stored state cannot be loaded' });
    this.#workTrouble = new Trouble({
      logger,
      message: 'The work of the active instance failed and is begun again from what is stored',
    });
    this.#machine = new Machine({
      name: 'leadership',
      initial: initialLeadership,
      next: (state, input) => nextLeadership(state, input, rules),
      carryOut: (effect) => this.#carryOut(effect),
      clock,
      logger,
      metrics,
      onStep: () => this.#show(),
    });
  }

  /** The token of the term that runs; undefined while there is none or its lease is not surely held. */
  get token(): LeaseToken | undefined {
    const held = this.#options.lease.token;
    const { state } = this.#machine;
    return state.phase === 'active' && held?.value === state.token.value ? held : undefined;
  }

  start(): void {
    const { lease } = this.#options;
    this.#unfollow.push(
      lease.onChange((token) => this.#machine.input({ type: 'lease', token })),
      lease.onAttempt((error) => {
        if (error === undefined) this.#leaseTrouble.over();
        else this.#leaseTrouble.failed(error);
        this.#refusal = error?.message;
        this.#show();
      }),
    );
    this.#machine.input({ type: 'start' });
    lease.start();
  }

  /**
   * Redis was away: what is stored may be older than what is in memory, and what was sent may still be carried out. The
   * term ends, and begins again from what is stored under another token.
   */
  reload(): void {
    this.#machine.input({ type: 'reload' });
  }

  /** Ends the work, then gives the lease up, so that another takes over at once. Never throws. */
  async stop(): Promise<void> {
    this.#machine.input({ type: 'stop' });
    await this.#stopped.promise;
    for (const unfollow of this.#unfollow.splice(0)) unfollow();
    await this.#options.lease.stop();
  }

  #carryOut(effect: LeadershipEffect): void {
    switch (effect.type) {
      case 'load':
        void this.#load(effect.token, effect.attempt);
        break;
      case 'begin':
        this.#begin(effect.token, effect.attempt);
        break;
      case 'suspend':
        this.#options.work.suspend?.();
        break;
      case 'end':
        void this.#end(effect.attempt);
        break;
      case 'give-way':
        this.#options.lease.giveWay();
        break;
      case 'renew-token':
        this.#options.lease.renewToken();
        break;
      case 'load-is-late':
        this.#loadFailed(new ExecError('internal.unexpected', 'Loading the stored state took too long.'));
        break;
      case 'end-is-late':
        this.#options.logger.error('Ending the work took too long; going on without it');
        break;
    }
  }

  async #load(token: LeaseToken, attempt: number): Promise<void> {
    try {
      const value = await this.#options.work.load(token);
      // After a pause of the process the answer may come before the timer that ends the token: asking ends it.
      void this.#options.lease.token;
      if (this.#machine.state.attempt !== attempt) return;
      this.#loaded = { attempt, value };
      this.#loadTrouble.over();
      this.#machine.input({ type: 'loaded', attempt });
    } catch (error) {
      if (this.#machine.state.attempt !== attempt) return;
      this.#loadFailed(error);
      this.#machine.input({ type: 'load-failed', attempt });
    }
  }

  #loadFailed(error: unknown): void {
    this.#loadTrouble.failed(error);
    this.#failure = textOf(error);
  }

  #begin(token: LeaseToken, attempt: number): void {
    const loaded = this.#loaded;
    this.#loaded = undefined;
    const term = this.#termControl(attempt);
    try {
      if (loaded?.attempt !== attempt) throw new Error('nothing was loaded for this term');
      this.#options.work.begin(token, loaded.value, term);
      this.#options.logger.info({ 'exec.epoch': token.epoch }, 'This instance is active from now on');
    } catch (error) {
      term.fail(error);
    }
  }

  #termControl(attempt: number): TermControl {
    const runs = () => {
      const { state } = this.#machine;
      return state.phase === 'active' && state.attempt === attempt;
    };
    return {
      fail: (error) => {
        if (!runs()) return;
        this.#workTrouble.failed(error);
        this.#failure = textOf(error);
        this.#machine.input({ type: 'work-failed', attempt });
      },
      handOver: (why, { again = false } = {}) => {
        const now = this.#options.clock.monotonic();
        if (!runs() || (!again && now - this.#handedOverAt < handOverAgainMs)) return false;
        this.#handedOverAt = now;
        this.#options.logger.warn(`The lease is handed over: ${why}`);
        this.#machine.input({ type: 'hand-over', attempt });
        return true;
      },
    };
  }

  async #end(attempt: number): Promise<void> {
    try {
      await this.#options.work.end();
    } catch (error) {
      this.#options.logger.error({ err: error }, 'The work did not end in order');
    }
    this.#machine.input({ type: 'ended', attempt });
  }

  /** What `/health/ready` says; a standby is ready. */
  #show(): void {
    const { health } = this.#options;
    const { state } = this.#machine;
    health.setActive(state.phase === 'active');
    const waits = (detail: string) =>
      this.#refusal === undefined ? this.#dependency.up(detail) : this.#dependency.down(this.#refusal);
    switch (state.phase) {
      case 'idle':
      case 'stopping':
      case 'stopped':
        break;
      case 'standby':
        waits('standing by');
        break;
      case 'lingering':
        waits('standing by; what was set up is kept for a while');
        break;
      case 'ending':
        if (state.next === 'wait') this.#dependency.down(this.#failure);
        else waits('standing by; the work is being ended');
        break;
      case 'loading':
        if (state.failures === 0) this.#dependency.up('active soon: loading the stored state');
        break;
      case 'retrying':
        this.#dependency.down(this.#failure);
        break;
      case 'active':
        this.#dependency.up('active');
        if (state.failures === 0) this.#workTrouble.over();
        break;
    }
    if (state.phase === 'stopped') this.#stopped.resolve();
  }
}
