/** The link to the Stat Server pair while this instance needs one, and what `/health/ready` says of it. */
import type { Dependency } from '@exec/common/http';
import type { LinkFailure, StatServerClient, StatServerHandler, UsableInfo } from '@exec/engage-link';
import { formatAddress } from '@exec/engage-link';
import type { AgentStatus, Statistic } from '@exec/engage-link/wire';
import type { StatisticSource } from './watcher.ts';

export interface StatServerLinkOptions {
  /** Makes a client that is not started yet. */
  readonly connect: (handler: StatServerHandler) => StatServerClient;
  readonly health: Dependency;
  readonly onUsable: (info: UsableInfo) => void;
  readonly onUnusable: () => void;
  readonly onInfo: (referenceId: number, value: AgentStatus) => void;
}

const notNeeded = 'not used while standing by';

export class StatServerLink implements StatisticSource {
  readonly #options: StatServerLinkOptions;
  #client: StatServerClient | undefined;
  #state: { readonly up: boolean; readonly detail: string } = { up: false, detail: 'connecting' };
  /** Whether the instance is active: only then a server that is away makes it not ready. */
  #needed = false;

  constructor(options: StatServerLinkOptions) {
    this.#options = options;
    options.health.up(notNeeded);
  }

  /** Connects, or goes on with the connection that was kept. */
  start(): void {
    this.#needed = true;
    if (this.#client === undefined) {
      this.#state = { up: false, detail: 'connecting' };
      this.#client = this.#connect();
      this.#client.start();
    }
    this.#show();
  }

  /** Keeps the connection, which nobody depends on for now. */
  keep(): void {
    this.#needed = false;
    this.#show();
  }

  /** Closes the connection; no event comes from it any more. */
  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.keep();
    await client?.stop();
  }

  /**
   * Opens a statistic.
   * @returns ReferenceID of its events
   * @throws Error without a link; ExecError: what the Stat Server answered
   */
  async open(statistic: Statistic, signal?: AbortSignal): Promise<number> {
    if (this.#client === undefined) throw new Error('there is no link to a Stat Server');
    return await this.#client.open(statistic, signal);
  }

  /** @param referenceId what `open` returned */
  async close(referenceId: number): Promise<void> {
    await this.#client?.close(referenceId);
  }

  #connect(): StatServerClient {
    const { connect, onUsable, onUnusable, onInfo } = this.#options;
    /** What a client says while it is being closed is no news of the Stat Server. */
    const ifCurrent = (news: () => void) => {
      if (this.#client === client) news();
    };
    const down = ({ message }: LinkFailure) => this.#set(false, message);
    const client = connect({
      usable: (info) =>
        ifCurrent(() => {
          this.#set(true, `${info.role} at ${formatAddress(info.server)}`);
          onUsable(info);
        }),
      unusable: (failure) =>
        ifCurrent(() => {
          down(failure);
          onUnusable();
        }),
      attemptFailed: (failure) => ifCurrent(() => down(failure)),
      info: (referenceId, value) => ifCurrent(() => onInfo(referenceId, value)),
    });
    return client;
  }

  #set(up: boolean, detail: string): void {
    this.#state = { up, detail };
    this.#show();
  }

  #show(): void {
    const { health } = this.#options;
    const { up, detail } = this.#state;
    if (!this.#needed)
      health.up(this.#client === undefined ? notNeeded : `kept while standing by (${detail})`);
    else if (up) health.up(detail);
    else health.down(detail);
  }
}
