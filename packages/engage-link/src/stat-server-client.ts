/** Client of a Stat Server pair: statistics are opened, their values arrive by the ReferenceID of the opening. */
import type { WallMs } from '@exec/common/instants';
import type { LinkClientOptions, LinkHandler, LinkStatus } from './options.ts';
import { LinkPair } from './pair/pair.ts';
import { type AgentStatus, parseStatEvent, type StatEvent, type Statistic } from './wire/index.ts';

export interface StatServerHandler extends LinkHandler {
  /**
   * A value of a statistic that is open on the current connection. The first value comes after the promise of
   * `open` is fulfilled, so a caller that stores the ReferenceID there knows it here.
   */
  info(referenceId: number, value: AgentStatus, receivedAt: WallMs, statistic: Statistic): void;
}

export type StatServerClientOptions = LinkClientOptions & { readonly handler: StatServerHandler };

interface Value {
  readonly value: AgentStatus;
  readonly receivedAt: WallMs;
}

interface OpenStatistic {
  readonly statistic: Statistic;
  /** Values that came before the caller of `open` could know the ReferenceID; undefined once it does. */
  held: Value[] | undefined;
}

/** Values of one statistic that are held; one comes at once, more only when the server is in a hurry. */
const MAX_HELD = 100;
/** Openings are many and small: a larger window than that of a SIP Server. */
const OUTSTANDING = 200;

/** Opens and closes statistics; every value goes to the handler with the ReferenceID of its opening. */
export class StatServerClient {
  readonly #options: StatServerClientOptions;
  readonly #pair: LinkPair<StatEvent>;
  /** Open, or being opened, on the current connection, by ReferenceID. */
  readonly #statistics = new Map<number, OpenStatistic>();
  /** Opened in this round of the event loop; their callers go on before the held values are handed over. */
  readonly #justOpened: number[] = [];
  #release: NodeJS.Immediate | undefined;

  constructor(options: StatServerClientOptions) {
    this.#options = options;
    const { handler } = options;
    const limits = { outstandingRequests: OUTSTANDING, ...options.limits };
    this.#pair = new LinkPair(
      { ...options, limits },
      {
        usable: (info) => handler.usable(info),
        unusable: (failure) => {
          this.#forget();
          handler.unusable(failure);
        },
        attemptFailed: (failure) => handler.attemptFailed?.(failure),
      },
      {
        needsLink: false,
        parse: parseStatEvent,
        event: (event, receivedAt, answered) => this.#onEvent(event, receivedAt, answered),
        inUse: (referenceId) => this.#statistics.has(referenceId),
      },
    );
  }

  get status(): LinkStatus {
    return this.#pair.status;
  }

  /** Statistics that are open or being opened. */
  get openStatistics(): number {
    return this.#statistics.size;
  }

  start(): void {
    this.#pair.start();
  }

  /** Closes the connection, and with it every statistic; nothing is called back after that. */
  async stop(): Promise<void> {
    await this.#pair.stop();
  }

  /**
   * Opens a statistic; returns its ReferenceID, which is not used again while it is open.
   * @throws {ExecError} link.request-refused when this statistic alone is at fault (an employee that the server
   *   does not know); link.request-timeout, link.lost, link.not-usable, link.too-many-requests.
   */
  async open(statistic: Statistic, signal?: AbortSignal): Promise<number> {
    const referenceId = this.#pair.nextReferenceId();
    const opening: OpenStatistic = { statistic, held: [] };
    this.#statistics.set(referenceId, opening);
    try {
      await this.#pair.request({
        message: 'RequestOpenStatistic',
        answer: 'EventStatisticOpened',
        attributes: statistic,
        referenceId,
        signal,
      });
    } catch (error) {
      if (this.#statistics.get(referenceId) === opening) this.#statistics.delete(referenceId);
      throw error;
    }
    return referenceId;
  }

  /**
   * Closes a statistic; its values stop at once. Harmless when it is not open. What the server answers makes no
   * difference to the caller, so a refusal or a time-out is not an error here.
   */
  async close(referenceId: number): Promise<void> {
    if (this.#statistics.delete(referenceId)) await this.#closeAtServer(referenceId);
  }

  async #closeAtServer(referenceId: number): Promise<void> {
    if (!this.#pair.usable) return;
    try {
      await this.#pair.request({
        message: 'RequestCloseStatistic',
        answer: 'EventStatisticClosed',
        attributes: { StatisticId: referenceId },
      });
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'A statistic was not closed in order');
    }
  }

  #onEvent(event: StatEvent, receivedAt: WallMs, answered: string | undefined): void {
    switch (event.message) {
      case 'EventInfo':
        this.#onInfo(event.attributes.ReferenceID, { value: event.attributes.ObjectValue, receivedAt });
        break;
      case 'EventStatisticOpened':
        this.#onOpened(event.attributes.ReferenceID, answered);
        break;
      case 'EventStatisticClosed':
      case 'EventServerConnected':
      case 'EventError':
        if (answered === undefined) this.#options.metrics.dropped('late-answer');
        break;
    }
  }

  #onInfo(referenceId: number, value: Value): void {
    const open = this.#statistics.get(referenceId);
    if (open === undefined) {
      this.#options.metrics.dropped('unknown-statistic');
    } else if (open.held === undefined) {
      this.#hand(referenceId, open.statistic, value);
    } else {
      open.held.push(value);
      // The newest say what holds now.
      if (open.held.length > MAX_HELD) open.held.shift();
    }
  }

  #onOpened(referenceId: number, answered: string | undefined): void {
    if (answered !== undefined) {
      this.#justOpened.push(referenceId);
      this.#release ??= setImmediate(() => this.#releaseHeld());
      return;
    }
    // Nobody waits for it any more; left open, it would send values for nobody.
    this.#options.metrics.dropped('late-answer');
    if (!this.#statistics.has(referenceId)) void this.#closeAtServer(referenceId);
  }

  #releaseHeld(): void {
    this.#release = undefined;
    for (const referenceId of this.#justOpened.splice(0)) {
      const open = this.#statistics.get(referenceId);
      const held = open?.held ?? [];
      if (open === undefined) continue;
      open.held = undefined;
      for (const { value, receivedAt } of held) {
        // The handler may have closed it meanwhile.
        if (this.#statistics.get(referenceId) !== open) break;
        this.#hand(referenceId, open.statistic, { value, receivedAt });
      }
    }
  }

  /** Outside of the connection's own watch: what the handler throws would end the process. */
  #hand(referenceId: number, statistic: Statistic, { value, receivedAt }: Value): void {
    try {
      this.#options.handler.info(referenceId, value, receivedAt, statistic);
    } catch (error) {
      this.#options.logger.error(
        { err: error },
        'A handler of the Engage link threw; the value is lost to it',
      );
    }
  }

  /** Nothing survives a connection. */
  #forget(): void {
    clearImmediate(this.#release);
    this.#release = undefined;
    this.#justOpened.length = 0;
    this.#statistics.clear();
  }
}
