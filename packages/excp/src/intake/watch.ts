/** One connection to one site: keeps it registered, and passes on everything it tells. */
import type { Clock, Timer } from '@exec/common/clock';
import type { Logger } from '@exec/common/logging';
import { type LinkClientOptions, SipServerClient } from '@exec/engage-link';
import { numberOf, type SipEvent } from '@exec/engage-link/wire';
import type { CallCreated, Connection, PartyAdded } from './inputs.ts';
import type { Snapshot } from './items.ts';
import { Registrations } from './registrations.ts';
import { AddressSnapshots, CallsResync } from './resync.ts';

export interface WatchHandler {
  /** An event of this connection, in its order. */
  event(event: SipEvent, receivedAt: number): void;
  /** What a snapshot told, in its place among the events. */
  snapshot(item: Snapshot): void;
  /** A party or a call of a resynchronisation. */
  found(event: SipEvent): CallCreated | PartyAdded | undefined;
  /** Everything that goes on is known from now on, until `lost`. */
  complete(): void;
  lost(detail: string): void;
}

export interface WatchOptions {
  readonly site: string;
  readonly connection: Connection;
  readonly link: Omit<LinkClientOptions, 'clock' | 'logger'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly handler: WatchHandler;
  /** Names the instance in resynchronisations. */
  readonly owner: string;
  /** The clock of the stream, milliseconds; never fails. */
  readonly streamNow: () => Promise<number>;
}

const monitoringRetryMs = 5_000;

export class Watch {
  readonly client: SipServerClient;
  readonly #options: WatchOptions;
  readonly #registrations: Registrations | undefined;
  #usable = false;
  /** Rises with every connection, so that what belongs to an earlier one is recognised. */
  #generation = 0;
  #sessions = 0;
  #snapshots: AddressSnapshots | undefined;
  #resync: CallsResync | undefined;
  #retry: Timer | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
    const { clock, logger, connection, link } = options;
    this.client = new SipServerClient({
      ...link,
      clock,
      logger,
      handler: {
        usable: () => this.#opened(),
        unusable: (failure) => this.#closed(failure.message),
        attemptFailed: (failure) => options.handler.lost(failure.message),
        frame: (event, receivedAt) => this.#frame(event, receivedAt),
      },
    });
    if (connection === 'calls') return;
    this.#registrations = new Registrations({
      registrar: this.client,
      type: connection === 'queues' ? 'Queue' : 'DN',
      clock,
      logger,
      onComplete: () => {
        this.#snapshots?.flush();
        options.handler.complete();
      },
    });
  }

  get registered(): number {
    return this.#registrations?.registered ?? 0;
  }

  start(): void {
    this.client.start();
  }

  async stop(): Promise<void> {
    this.#retry?.cancel();
    this.#registrations?.close();
    await this.client.stop();
  }

  /** The addresses of this connection, by the mapping. */
  want(addresses: readonly string[]): void {
    this.#registrations?.want(addresses);
  }

  /** Asks for all snapshots once more. */
  again(): void {
    if (this.#usable) this.#opened();
  }

  #opened(): void {
    this.#usable = true;
    const generation = ++this.#generation;
    this.#retry?.cancel();
    this.#registrations?.close();
    void this.#begin(generation);
  }

  #closed(detail: string): void {
    this.#usable = false;
    this.#generation++;
    this.#retry?.cancel();
    this.#registrations?.close();
    this.#snapshots?.flush();
    this.#resync = undefined;
    this.#options.handler.lost(detail);
  }

  async #begin(generation: number): Promise<void> {
    const { site, connection, owner, handler, streamNow } = this.#options;
    const since = await streamNow();
    if (generation !== this.#generation) return;
    const tell = (item: Snapshot) => handler.snapshot(item);
    if (connection !== 'calls') {
      this.#snapshots = new AddressSnapshots({ site, since, of: connection, tell });
      this.#registrations?.open();
      return;
    }
    this.#resync = new CallsResync({ site, since, session: `${owner}:${++this.#sessions}`, tell });
    try {
      await this.client.startCallMonitoring();
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#options.logger.warn(
        { err: error, 'exec.site': site },
        'Call monitoring could not be started; trying again',
      );
      this.#retry = this.#options.clock.setTimer(monitoringRetryMs, () => this.again());
    }
  }

  #frame(event: SipEvent, receivedAt: number): void {
    switch (event.message) {
      case 'EventRegistered':
        this.#snapshots?.add(event.attributes);
        return;
      case 'EventUnregistered':
        this.#registrations?.dropped(event.attributes.ThisDN);
        return;
      case 'EventACK':
        if (numberOf(event.attributes.Extensions, 'ResyncDone') === 1) this.#resyncDone();
        return;
      case 'EventCallCreated':
      case 'EventCallPartyAdded':
        if (numberOf(event.attributes.Extensions, 'Resync') === 1) {
          const found = this.#options.handler.found(event);
          if (found !== undefined) this.#resync?.add(found);
          return;
        }
        break;
      default:
        break;
    }
    this.#options.handler.event(event, receivedAt);
  }

  #resyncDone(): void {
    this.#resync?.complete();
    this.#resync = undefined;
    this.#options.handler.complete();
  }
}
