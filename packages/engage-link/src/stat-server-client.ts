/** Client of a Stat Server pair: statistics are opened, their values arrive by the ReferenceID of the opening. */
import type { LinkClientOptions, LinkHandler, LinkStatus } from './options.ts';
import type { AgentStatus, Statistic } from './wire/index.ts';

export interface StatServerHandler extends LinkHandler {
  /**
   * A value of a statistic that is open on the current connection. The first value comes after the promise of
   * `open` is settled, so a caller that stores the ReferenceID there knows it here.
   * `receivedAt`: wall time in milliseconds.
   */
  info(referenceId: number, value: AgentStatus, receivedAt: number, statistic: Statistic): void;
}

export class StatServerClient {
  constructor(_options: LinkClientOptions & { readonly handler: StatServerHandler }) {}

  get status(): LinkStatus {
    throw new Error('not there yet');
  }

  start(): void {}

  /** Closes the connection, and with it every statistic; nothing is called back after that. */
  async stop(): Promise<void> {}

  /**
   * Opens a statistic; returns its ReferenceID, which is not used again while it is open.
   * @throws {ExecError} link.request-refused, link.request-timeout, link.lost, link.not-usable, …
   */
  open(_statistic: Statistic, _signal?: AbortSignal): Promise<number> {
    throw new Error('not there yet');
  }

  /** Closes a statistic; its values stop at once. Harmless when it is not open. */
  async close(_referenceId: number): Promise<void> {}
}
