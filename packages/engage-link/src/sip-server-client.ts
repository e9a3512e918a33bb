/** Client of a SIP Server pair: registrations, call monitoring, and every event in order. */
import type { WallMs } from '@exec/common/instants';
import type { LinkClientOptions, LinkHandler, LinkStatus } from './options.ts';
import { LinkPair } from './pair/pair.ts';
import {
  type AddressType,
  type EventACK,
  type EventRegistered,
  type EventServerInfo,
  type Frame,
  numberOf,
  parseSipEvent,
  type SipEvent,
  type SipRequestAttributes,
  type SipRequestName,
} from './wire/index.ts';

export interface SipServerHandler extends LinkHandler {
  /**
   * Each frame of the current connection in the order of its arrival: events, and the answers that have a
   * place among them (EventRegistered with its snapshot; EventACK with `Resync` and `ResyncDone`), these before
   * the promise of their request is fulfilled. EventUnregistered comes only when the server itself dropped the
   * registration.
   */
  frame(event: SipEvent, receivedAt: WallMs): void;
}

export type SipServerClientOptions = LinkClientOptions & { readonly handler: SipServerHandler };

/** Registers addresses, starts call monitoring, asks for the role; every event goes to the handler. */
export class SipServerClient {
  readonly #options: SipServerClientOptions;
  readonly #pair: LinkPair<SipEvent>;
  /** ReferenceID of the newest call monitoring: the resync that it began is ended by its repetition. */
  #monitoring: number | undefined;

  constructor(options: SipServerClientOptions) {
    this.#options = options;
    this.#pair = new LinkPair(options, options.handler, {
      needsLink: true,
      parse: parseSipEvent,
      event: (event, receivedAt, answered) => this.#onEvent(event, receivedAt, answered),
      inUse: (referenceId) => referenceId === this.#monitoring,
    });
  }

  get status(): LinkStatus {
    return this.#pair.status;
  }

  start(): void {
    this.#pair.start();
  }

  /** Closes the connection; nothing is called back after the promise is fulfilled. */
  async stop(): Promise<void> {
    await this.#pair.stop();
  }

  /**
   * Registers an address in share mode; the answer holds its snapshot (see readSnapshot).
   * @throws {ExecError} link.request-refused when this address alone is at fault; link.request-timeout,
   *   link.lost, link.not-usable, link.too-many-requests, link.answer-invalid.
   */
  async registerAddress(dn: string, type: AddressType, signal?: AbortSignal): Promise<EventRegistered> {
    const attributes = {
      ThisDN: dn,
      AddressType: type,
      RegisterMode: 'ModeShare',
      ControlMode: 'RegisterDefault',
    } as const;
    const answer = await this.#request('RequestRegisterAddress', attributes, 'EventRegistered', signal);
    return answer.attributes as EventRegistered;
  }

  /** @throws {ExecError} as {@link registerAddress}. */
  async unregisterAddress(dn: string, signal?: AbortSignal): Promise<void> {
    await this.#request('RequestUnregisterAddress', { ThisDN: dn }, 'EventUnregistered', signal);
  }

  /**
   * Fulfilled by the first answer; the resync that follows comes through `frame`, ended by `ResyncDone`.
   * @throws {ExecError} as {@link registerAddress}.
   */
  async startCallMonitoring(signal?: AbortSignal): Promise<EventACK> {
    return (await this.#request('RequestStartCallMonitoring', {}, 'EventACK', signal)).attributes as EventACK;
  }

  /** @throws {ExecError} as {@link registerAddress}. */
  async queryServer(signal?: AbortSignal): Promise<EventServerInfo> {
    const answer = await this.#request('RequestQueryServer', {}, 'EventServerInfo', signal);
    return answer.attributes as unknown as EventServerInfo;
  }

  async #request<Name extends SipRequestName>(
    message: Name,
    attributes: Omit<SipRequestAttributes[Name], 'ReferenceID'>,
    answer: SipEvent['message'],
    signal: AbortSignal | undefined,
  ): Promise<Frame> {
    return await this.#pair.request({ message, attributes, answer, signal });
  }

  #onEvent(event: SipEvent, receivedAt: WallMs, answered: string | undefined): void {
    if (this.#isDelivered(event, answered)) this.#options.handler.frame(event, receivedAt);
    else if (answered === undefined) this.#options.metrics.dropped('late-answer');
  }

  /** Events always; of the answers those that say something about the state at their place in the order. */
  #isDelivered(event: SipEvent, answered: string | undefined): boolean {
    switch (event.message) {
      case 'EventServerConnected':
      case 'EventServerInfo':
      case 'EventError':
        return false;
      case 'EventRegistered':
        return answered !== undefined;
      case 'EventUnregistered':
        return event.attributes.ReferenceID === undefined;
      case 'EventACK': {
        const { ReferenceID, Extensions } = event.attributes;
        if (answered === 'RequestStartCallMonitoring') {
          this.#monitoring = ReferenceID;
          return true;
        }
        const ends = numberOf(Extensions, 'ResyncDone') === 1;
        return ends && (ReferenceID === undefined || ReferenceID === this.#monitoring);
      }
      default:
        return true;
    }
  }
}
