/** Keeps the addresses of one connection registered: those of the mapping, in bounded windows, followed as it changes. */
import type { Clock } from '@exec/common/clock';
import type { Logger } from '@exec/common/logging';
import { Machine, type MachineMetrics } from '@exec/common/machine';
import type { AddressType, EventRegistered } from '@exec/engage-link/wire';
import {
  nextRegistrations,
  type RegistrationsEffect,
  type RegistrationsInput,
  type RegistrationsState,
  type RegistrationsTimer,
} from './registrations-state.ts';

/** What registering needs of a link client. */
export interface Registrar {
  registerAddress(dn: string, type: AddressType, signal?: AbortSignal): Promise<EventRegistered>;
  unregisterAddress(dn: string, signal?: AbortSignal): Promise<void>;
}

export interface RegistrationsOptions {
  readonly registrar: Registrar;
  readonly type: AddressType;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: MachineMetrics | undefined;
  /** Requests without an answer at one time. */
  readonly window?: number;
  /** After this time a refused address is tried again, milliseconds. */
  readonly retryMs?: number;
  /** Everything wanted has been answered, refused or not. */
  readonly onComplete: () => void;
}

export class Registrations {
  readonly #options: RegistrationsOptions;
  readonly #machine: Machine<RegistrationsState, RegistrationsInput, RegistrationsEffect, RegistrationsTimer>;
  #wanted: ReadonlySet<string> = new Set();
  readonly #registered = new Set<string>();
  readonly #refused = new Set<string>();
  /** Of the connection: aborted when it is gone. */
  #connection = new AbortController();

  constructor(options: RegistrationsOptions) {
    this.#options = options;
    const { clock, logger, metrics, type, retryMs = 60_000 } = options;
    this.#machine = new Machine<
      RegistrationsState,
      RegistrationsInput,
      RegistrationsEffect,
      RegistrationsTimer
    >({
      name: 'registrations',
      fields: { 'exec.address_type': type },
      initial: { phase: 'closed', mapped: false, pass: 0 },
      next: (state, input) => nextRegistrations(state, input, retryMs),
      carryOut: (effect) => this.#carryOut(effect),
      clock,
      logger,
      metrics,
    });
  }

  get registered(): number {
    return this.#registered.size;
  }

  get refused(): number {
    return this.#refused.size;
  }

  /** The addresses that shall be registered from now on. */
  want(addresses: Iterable<string>): void {
    this.#wanted = new Set(addresses);
    this.#machine.input({ type: 'changed' });
  }

  /** The connection is usable; nothing is registered on it yet. */
  open(): void {
    this.#machine.input({ type: 'open' });
  }

  /** The connection is gone, and with it all registrations. */
  close(): void {
    this.#machine.input({ type: 'close' });
  }

  /** The server dropped the registration by itself. */
  dropped(dn: string): void {
    if (this.#registered.delete(dn)) this.#machine.input({ type: 'changed' });
  }

  #carryOut(effect: RegistrationsEffect): void {
    switch (effect.type) {
      case 'register':
        void this.#pass(effect.pass, this.#connection.signal);
        break;
      case 'forget':
        this.#connection.abort(new Error('the connection is gone'));
        this.#connection = new AbortController();
        this.#registered.clear();
        this.#refused.clear();
        break;
      case 'forget-refused':
        this.#refused.clear();
        break;
      case 'say-refused':
        this.#options.logger.warn(
          { 'exec.refused': this.#refused.size },
          'Some addresses could not be registered; they are tried again in a minute',
        );
        break;
      case 'tell-complete':
        this.#options.onComplete();
        break;
    }
  }

  /** Registers what is missing and unregisters what is too much, so many at a time. */
  async #pass(pass: number, connection: AbortSignal): Promise<void> {
    const wanted = this.#wanted;
    const remove = [...this.#registered].filter((dn) => !wanted.has(dn));
    const add = [...wanted].filter((dn) => !this.#registered.has(dn) && !this.#refused.has(dn));
    const jobs = [...remove.map((dn) => ({ dn, add: false })), ...add.map((dn) => ({ dn, add: true }))];
    let at = 0;
    const worker = async () => {
      for (let job = jobs[at++]; job !== undefined && !connection.aborted; job = jobs[at++])
        await (job.add ? this.#register(job.dn, connection) : this.#unregister(job.dn, connection));
    };
    await Promise.all(Array.from({ length: Math.min(this.#options.window ?? 100, jobs.length) }, worker));
    this.#machine.input({ type: 'passed', pass, refused: this.#refused.size });
  }

  async #register(dn: string, connection: AbortSignal): Promise<void> {
    const { registrar, type, logger } = this.#options;
    try {
      await registrar.registerAddress(dn, type, connection);
      if (!connection.aborted) this.#registered.add(dn);
    } catch (error) {
      if (connection.aborted) return;
      this.#refused.add(dn);
      logger.debug(
        { err: error, 'exec.dn': dn },
        'An address could not be registered; it is tried again later',
      );
    }
  }

  async #unregister(dn: string, connection: AbortSignal): Promise<void> {
    const { registrar, logger } = this.#options;
    this.#registered.delete(dn);
    try {
      await registrar.unregisterAddress(dn, connection);
    } catch (error) {
      if (!connection.aborted)
        logger.debug(
          { err: error, 'exec.dn': dn },
          'An address could not be unregistered; its events are ignored',
        );
    }
  }
}
