/** Client of a SIP Server pair: registrations, call monitoring, and every event in order. */
import type { LinkClientOptions, LinkHandler, LinkStatus } from './options.ts';
import type { AddressType, EventACK, EventRegistered, EventServerInfo, SipEvent } from './wire/index.ts';

export interface SipServerHandler extends LinkHandler {
  /**
   * Each frame of the current connection in the order of its arrival: events, and the answers that have a
   * place among them (EventRegistered with its snapshot; EventACK with `Resync` and `ResyncDone`), these before
   * the promise of their request is settled.
   * `receivedAt`: wall time in milliseconds.
   */
  frame(event: SipEvent, receivedAt: number): void;
}

export class SipServerClient {
  constructor(_options: LinkClientOptions & { readonly handler: SipServerHandler }) {}

  get status(): LinkStatus {
    throw new Error('not there yet');
  }

  start(): void {}

  /** Closes the connection; nothing is called back after the promise is fulfilled. */
  async stop(): Promise<void> {}

  /** @throws {ExecError} link.request-refused, link.request-timeout, link.lost, link.not-usable, … */
  registerAddress(_dn: string, _type: AddressType, _signal?: AbortSignal): Promise<EventRegistered> {
    throw new Error('not there yet');
  }

  unregisterAddress(_dn: string, _signal?: AbortSignal): Promise<void> {
    throw new Error('not there yet');
  }

  /** Fulfilled by the first answer; the resync that follows comes through `frame`, ended by `ResyncDone`. */
  startCallMonitoring(_signal?: AbortSignal): Promise<EventACK> {
    throw new Error('not there yet');
  }

  stopCallMonitoring(_signal?: AbortSignal): Promise<EventACK> {
    throw new Error('not there yet');
  }

  queryServer(_signal?: AbortSignal): Promise<EventServerInfo> {
    throw new Error('not there yet');
  }
}
