/** One connection to one site: keeps it registered, and passes on everything it tells. */

import type { Clock } from '@exec/common/clock';
import type { Connection } from '@exec/common/config';
import type { StreamMs, WallMs } from '@exec/common/instants';
import type { Logger } from '@exec/common/logging';
import { Machine } from '@exec/common/machine';
import { type LinkClientOptions, SipServerClient } from '@exec/engage-link';
import { numberOf, type SipEvent } from '@exec/engage-link/wire';
import type { StreamPlace } from '../events/connection-clocks.ts';
import type { CallCreated, PartyAdded } from '../events/engage-events.ts';
import type { Snapshot } from '../events/snapshots.ts';
import { Question } from './question.ts';
import { Registrations } from './registrations.ts';
import {
  nextSiteConnection,
  type SiteConnectionEffect,
  type SiteConnectionInput,
  type SiteConnectionState,
  type SiteConnectionTimer,
} from './site-connection-state.ts';
import { AddressSnapshots, CallsResync } from './snapshot-collector.ts';

export interface WatchHandler {
  /** An event of this connection, in its order. */
  event(event: SipEvent, receivedAt: WallMs): void;
  /** What a snapshot names, in its place among the events. */
  snapshot(item: Snapshot): void;
  /** A party or a call of a resynchronisation. */
  found(event: SipEvent): CallCreated | PartyAdded | undefined;
  /** Everything that it had to tell when the stream stood at `place` has been passed on. */
  caughtUp(place: StreamPlace): void;
  /** Everything that goes on is known from now on, until `lost`. */
  complete(): void;
  lost(detail: string): void;
}

export interface SiteConnectionOptions {
  readonly site: string;
  readonly connection: Connection;
  readonly link: Omit<LinkClientOptions, 'clock' | 'logger'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly handler: WatchHandler;
  /** Names the instance in resynchronisations. */
  readonly owner: string;
  /** The clock of the stream; never fails. */
  readonly streamNow: () => Promise<StreamMs>;
}

const monitoringRetryMs = 5_000;

export class SiteConnection {
  readonly client: SipServerClient;
  readonly #options: SiteConnectionOptions;
  readonly #registrations: Registrations | undefined;
  readonly #machine: Machine<
    SiteConnectionState,
    SiteConnectionInput,
    SiteConnectionEffect,
    SiteConnectionTimer
  >;
  #sessions = 0;
  #snapshots: AddressSnapshots | undefined;
  #resync: CallsResync | undefined;
  readonly #question: Question;

  constructor(options: SiteConnectionOptions) {
    this.#options = options;
    const { clock, logger, connection, link } = options;
    const metrics = link.metrics.machines;
    this.#machine = new Machine<
      SiteConnectionState,
      SiteConnectionInput,
      SiteConnectionEffect,
      SiteConnectionTimer
    >({
      name: 'site-connection',
      fields: { 'exec.link': link.name },
      initial: { phase: 'down', attempt: 0 },
      next: (state, input) => nextSiteConnection(state, input, monitoringRetryMs),
      carryOut: (effect) => this.#carryOut(effect),
      clock,
      logger,
      metrics,
    });
    this.client = new SipServerClient({
      ...link,
      clock,
      logger,
      handler: {
        usable: () => this.#machine.input({ type: 'opened' }),
        unusable: (failure) => this.#machine.input({ type: 'closed', detail: failure.message }),
        attemptFailed: (failure) => options.handler.lost(failure.message),
        frame: (event, receivedAt) => this.#frame(event, receivedAt),
      },
    });
    this.#question = new Question({
      clock,
      logger,
      metrics,
      ask: () => this.client.queryServer(),
      answered: (place) => options.handler.caughtUp(place),
    });
    if (connection === 'calls') return;
    this.#registrations = new Registrations({
      registrar: this.client,
      type: connection === 'queues' ? 'Queue' : 'DN',
      clock,
      logger,
      metrics,
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
    this.#machine.input({ type: 'stop' });
    this.#question.close();
    this.#registrations?.close();
    await this.client.stop();
  }

  /** The addresses of this connection, by the mapping. */
  want(addresses: readonly string[]): void {
    this.#registrations?.want(addresses);
  }

  /**
   * Asks the server whether there is more than the stream had at `place`. While it resynchronises there is, and an answer
   * would come before it.
   */
  ask(place: StreamPlace): void {
    const { phase } = this.#machine.state;
    const tellsCalls = this.#options.connection === 'calls';
    if (phase === 'down' || (tellsCalls && (phase === 'starting' || this.#resync !== undefined))) return;
    this.#question.ask(place);
  }

  /** Asks for all snapshots once more. */
  again(): void {
    this.#machine.input({ type: 'again' });
  }

  #carryOut(effect: SiteConnectionEffect): void {
    switch (effect.type) {
      case 'start':
        this.#registrations?.close();
        void this.#start(effect.attempt);
        break;
      case 'read':
        void this.#read(effect.attempt, effect.since);
        break;
      case 'tell-lost':
        this.#question.close();
        this.#registrations?.close();
        this.#snapshots?.flush();
        this.#resync = undefined;
        this.#options.handler.lost(effect.detail);
        break;
    }
  }

  async #start(attempt: number): Promise<void> {
    const since = await this.#options.streamNow();
    this.#machine.input({ type: 'started', attempt, since });
  }

  /** Asks for everything that is there; with it come the events. */
  async #read(attempt: number, since: StreamMs): Promise<void> {
    const { site, connection, owner, handler, logger } = this.#options;
    const tell = (item: Snapshot) => handler.snapshot(item);
    if (connection !== 'calls') {
      this.#snapshots = new AddressSnapshots({ site, since, of: connection, tell });
      this.#registrations?.open();
      return;
    }
    this.#resync = new CallsResync({ site, since, session: `${owner}:${++this.#sessions}`, tell });
    this.#resync.begin();
    try {
      await this.client.startCallMonitoring();
    } catch (error) {
      // The end of the connection is said elsewhere.
      if (this.#machine.state.attempt !== attempt) return;
      logger.warn({ err: error, 'exec.site': site }, 'Call monitoring could not be started; trying again');
      this.#machine.input({ type: 'refused', attempt });
    }
  }

  #frame(event: SipEvent, receivedAt: WallMs): void {
    this.#question.heard();
    switch (event.message) {
      case 'EventRegistered':
        this.#snapshots?.add(event.attributes);
        return;
      case 'EventUnregistered':
        this.#registrations?.dropped(event.attributes.ThisDN);
        return;
      case 'EventACK':
        if (numberOf(event.attributes.Extensions, 'ResyncDone') === 1)
          this.#resyncDone(numberOf(event.attributes.Extensions, 'ResyncReliable') !== 0);
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
    // What was found stands before what happens there from now on: an event supposes it.
    this.#snapshots?.flush();
    this.#resync?.flush();
    this.#options.handler.event(event, receivedAt);
  }

  #resyncDone(reliable: boolean): void {
    this.#resync?.complete(reliable);
    this.#resync = undefined;
    this.#options.handler.complete();
  }
}
