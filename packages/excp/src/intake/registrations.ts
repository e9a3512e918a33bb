/** Keeps the addresses of one connection registered: those of the mapping, in bounded windows, followed as it changes. */
import type { Clock, Timer } from '@exec/common/clock';
import type { Logger } from '@exec/common/logging';
import type { AddressType, EventRegistered } from '@exec/engage-link/wire';

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
  /** Requests without an answer at one time. */
  readonly window?: number;
  /** After this time a refused address is tried again, milliseconds. */
  readonly retryMs?: number;
  /** Everything wanted has been answered, refused or not. */
  readonly onComplete: () => void;
}

export class Registrations {
  readonly #options: RegistrationsOptions;
  #wanted: ReadonlySet<string> = new Set();
  readonly #registered = new Set<string>();
  readonly #refused = new Set<string>();
  #open: AbortController | undefined;
  #working = false;
  #again = false;
  #retry: Timer | undefined;

  constructor(options: RegistrationsOptions) {
    this.#options = options;
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
    this.#work();
  }

  /** The connection is usable; nothing is registered on it yet. */
  open(): void {
    this.close();
    this.#open = new AbortController();
    this.#work();
  }

  /** The connection is gone, and with it all registrations. */
  close(): void {
    this.#open?.abort(new Error('the connection is gone'));
    this.#open = undefined;
    this.#registered.clear();
    this.#refused.clear();
    this.#retry?.cancel();
    this.#retry = undefined;
  }

  /** The server dropped the registration by itself. */
  dropped(dn: string): void {
    if (this.#registered.delete(dn)) this.#work();
  }

  #work(): void {
    if (this.#open === undefined) return;
    if (this.#working) {
      this.#again = true;
      return;
    }
    this.#working = true;
    void this.#workThrough(this.#open).finally(() => {
      this.#working = false;
      if (!this.#again) return;
      this.#again = false;
      this.#work();
    });
  }

  async #workThrough(open: AbortController): Promise<void> {
    const add = [...this.#wanted].filter((dn) => !this.#registered.has(dn) && !this.#refused.has(dn));
    const remove = [...this.#registered].filter((dn) => !this.#wanted.has(dn));
    const jobs = [...remove.map((dn) => ({ dn, add: false })), ...add.map((dn) => ({ dn, add: true }))];
    let at = 0;
    const worker = async () => {
      for (let job = jobs[at++]; job !== undefined && !open.signal.aborted; job = jobs[at++])
        await (job.add ? this.#register(job.dn, open) : this.#unregister(job.dn, open));
    };
    await Promise.all(Array.from({ length: Math.min(this.#options.window ?? 100, jobs.length) }, worker));
    if (open.signal.aborted) {
      this.#again = true;
      return;
    }
    if (!this.#again) this.#options.onComplete();
    if (this.#refused.size > 0) this.#retryLater();
  }

  async #register(dn: string, open: AbortController): Promise<void> {
    const { registrar, type, logger } = this.#options;
    try {
      await registrar.registerAddress(dn, type, open.signal);
      if (!open.signal.aborted) this.#registered.add(dn);
    } catch (error) {
      if (open.signal.aborted) return;
      this.#refused.add(dn);
      logger.debug(
        { err: error, 'exec.dn': dn },
        'An address could not be registered; it is tried again later',
      );
    }
  }

  async #unregister(dn: string, open: AbortController): Promise<void> {
    const { registrar, logger } = this.#options;
    this.#registered.delete(dn);
    try {
      await registrar.unregisterAddress(dn, open.signal);
    } catch (error) {
      if (!open.signal.aborted)
        logger.debug(
          { err: error, 'exec.dn': dn },
          'An address could not be unregistered; its events are ignored',
        );
    }
  }

  #retryLater(): void {
    const { clock, logger, retryMs = 60_000 } = this.#options;
    if (this.#retry !== undefined) return;
    logger.warn(
      { 'exec.refused': this.#refused.size },
      'Some addresses could not be registered; they are tried again in a minute',
    );
    this.#retry = clock.setTimer(retryMs, () => {
      this.#retry = undefined;
      this.#refused.clear();
      this.#work();
    });
  }
}
