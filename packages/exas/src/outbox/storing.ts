/**
 * Stores agents in Redis. What it could not store it stores as soon as Redis takes it, whether or not there is anything
 * more to send: until then `/health/ready` says that Redis does not take it, and a successor would send it once more.
 */
import type { Clock, Timer } from '@exec/common/clock';
import type { Dependency } from '@exec/common/http';
import type { EmployeeId } from '@exec/common/ids';
import { isLeaseLost } from '@exec/common/leadership';
import type { Logger } from '@exec/common/logging';
import { Trouble } from '@exec/common/trouble';
import type { AgentRecord, Outbox } from './outbox.ts';

export interface StoringOptions {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The fencing token; undefined while another instance is active or Redis is away: nothing is stored or sent. */
  readonly token: () => string | undefined;
  /** Stores the agents' records under the token. @throws ExecError `redis.unavailable`, `lease.lost` */
  readonly save: (token: string, agents: readonly AgentRecord[]) => Promise<void>;
  /** Looks whether the token is still that of the active one. @throws ExecError `redis.unavailable`, `lease.lost` */
  readonly confirm: (token: string) => Promise<void>;
  /** Shows why states cannot be stored. */
  readonly health?: Dependency | undefined;
}

/** While Redis takes nothing it is tried so often, in milliseconds. */
export const holdMs = 1000;
/** Agents of one call, so that none is stored as it was before another call. */
const batchSize = 100;

/**
 * @rule What the cloud accepted while Redis took nothing is stored once Redis takes it, also when nothing more is sent.
 * @test sender.test.ts: stores later what Redis did not take, though nothing more is to be sent
 */
export class Storing {
  readonly #options: StoringOptions;
  readonly #trouble: Trouble;
  /** Not stored yet as they are. */
  readonly #unstored = new Set<EmployeeId>();
  #timer: Timer | undefined;
  #trying: Promise<void> | undefined;

  constructor(options: StoringOptions) {
    this.#options = options;
    const message = 'States are held back: Redis does not confirm that this instance is the active one';
    this.#trouble = new Trouble({ logger: options.logger, message, health: options.health });
    this.#trouble.over();
  }

  /** @throws ExecError `redis.unavailable`, `lease.lost` */
  async save(token: string, employeeIds: readonly EmployeeId[]): Promise<void> {
    const { outbox, save } = this.#options;
    await save(
      token,
      employeeIds.flatMap((employeeId) => outbox.agent(employeeId) ?? []),
    );
    this.#isOverIfStored();
  }

  /** Redis did not store these agents, or did not confirm the token: both are tried again. */
  failed(error: unknown, employeeIds: readonly EmployeeId[]): void {
    // Another instance stores: no trouble. A request of a term that is over may fail late.
    if (isLeaseLost(error) || this.#options.token() === undefined) return;
    this.#trouble.failed(error);
    for (const employeeId of employeeIds) this.#unstored.add(employeeId);
    this.#timer ??= this.#options.clock.setTimer(holdMs, () => {
      this.#timer = undefined;
      this.#trying = this.#again();
    });
  }

  /** The term is over or begins anew: what kept this instance from storing is no trouble of one that stands by. */
  suspend(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#unstored.clear();
    this.#trouble.over();
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#trying;
    this.#timer?.cancel();
  }

  async #again(): Promise<void> {
    const { token, confirm, outbox } = this.#options;
    const held = token();
    if (held === undefined) return;
    const batch = [...this.#unstored].slice(0, batchSize);
    for (const employeeId of batch) this.#unstored.delete(employeeId);
    try {
      // Nothing need be stored of those that have left.
      if (batch.some((employeeId) => outbox.agent(employeeId) !== undefined)) await this.save(held, batch);
      else await confirm(held);
    } catch (error) {
      this.failed(error, batch);
      return;
    }
    if (this.#unstored.size > 0) await this.#again();
    else this.#isOverIfStored();
  }

  #isOverIfStored(): void {
    if (this.#unstored.size === 0) this.#trouble.over();
  }
}
