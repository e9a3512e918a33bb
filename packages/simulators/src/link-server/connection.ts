/** One client's connection to a simulated server: frames in, frames out, late if told so. */
import type { Socket } from 'node:net';
import type { Clock, Timer } from '@exec/common/clock';
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  KEEP_ALIVE_REQUEST,
  KEEP_ALIVE_RESPONSE,
} from '@exec/engage-link/wire';
import type { Recorder } from './recorder.ts';

export interface ConnectionHandler {
  frame(connection: LinkConnection, frame: Frame): void;
  closed(connection: LinkConnection): void;
  /** A line that is no frame; the connection is closed. */
  protocolError(connection: LinkConnection): void;
}

/** Bytes that may wait for a client which does not read; then its connection is closed. */
const writeBufferMax = 64 * 1024 * 1024;

export class LinkConnection {
  readonly number: number;
  /** Given in the client's first frame. */
  applicationName: string | undefined;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #handler: ConnectionHandler;
  readonly #recorder: Recorder;
  readonly #keepAliveMs: number | false;
  readonly #decoder = new FrameDecoder();
  readonly #delayed: { readonly dueAt: number; readonly bytes: Buffer }[] = [];
  #delayMs: () => number = () => 0;
  #delayTimer: Timer | undefined;
  #keepAliveTimer: Timer | undefined;
  #heard = true;
  #asked = false;
  #silent = false;
  #sequence = 0;

  constructor(o: {
    readonly number: number;
    readonly socket: Socket;
    readonly clock: Clock;
    readonly handler: ConnectionHandler;
    readonly recorder: Recorder;
    readonly keepAliveMs: number | false;
  }) {
    this.number = o.number;
    this.#socket = o.socket;
    this.#clock = o.clock;
    this.#handler = o.handler;
    this.#recorder = o.recorder;
    this.#keepAliveMs = o.keepAliveMs;
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk) => this.#onData(chunk));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#onClose());
    this.#watch();
  }

  get open(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  send(message: string, attributes: object): void {
    if (this.#silent || !this.open) return;
    this.#recorder.add({
      connection: this.number,
      direction: 'sent',
      frame: { message, attributes: { ...attributes } },
    });
    this.#write(encodeFrame(message, attributes));
  }

  /** An event gets the next number of this connection, so that a client can see a gap. */
  sendEvent(frame: Frame): void {
    this.#sequence += 1;
    this.send(frame.message, { ...frame.attributes, EventSequenceNumber: this.#sequence });
  }

  /** Bytes as they are, for tests of clients. */
  sendRaw(bytes: Uint8Array): void {
    this.#write(Buffer.from(bytes));
  }

  /** From now on what is sent leaves that much later; the order stays. Milliseconds, asked for each frame. */
  delay(ms: number | (() => number)): void {
    this.#delayMs = typeof ms === 'number' ? () => ms : ms;
  }

  /** True: nothing is answered or sent any more, though the connection stays open. */
  silence(on: boolean): void {
    this.#silent = on;
  }

  /** Ends the connection after what was sent. */
  close(): void {
    this.#flush(Number.POSITIVE_INFINITY);
    this.#socket.end();
  }

  /** Breaks the connection. */
  destroy(): void {
    this.#socket.destroy();
  }

  #write(bytes: Buffer): void {
    const delay = this.#delayMs();
    if (delay <= 0 && this.#delayed.length === 0) {
      this.#put(bytes);
      return;
    }
    const newest = this.#delayed.at(-1)?.dueAt ?? 0;
    this.#delayed.push({ dueAt: Math.max(newest, this.#clock.monotonic() + delay), bytes });
    this.#schedule();
  }

  #schedule(): void {
    const next = this.#delayed[0];
    if (next === undefined || this.#delayTimer !== undefined) return;
    this.#delayTimer = this.#clock.setTimer(Math.max(0, next.dueAt - this.#clock.monotonic()), () => {
      this.#delayTimer = undefined;
      this.#flush(this.#clock.monotonic());
      this.#schedule();
    });
  }

  #flush(until: number): void {
    let count = 0;
    for (const entry of this.#delayed) {
      if (entry.dueAt > until) break;
      this.#put(entry.bytes);
      count += 1;
    }
    this.#delayed.splice(0, count);
  }

  #put(bytes: Buffer): void {
    if (!this.open) return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength > writeBufferMax) this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    this.#heard = true;
    this.#asked = false;
    try {
      this.#decoder.push(chunk, (frame) => this.#onFrame(frame));
    } catch {
      this.#handler.protocolError(this);
      this.#socket.destroy();
    }
  }

  #onFrame(frame: Frame): void {
    this.#recorder.add({ connection: this.number, direction: 'received', frame });
    if (this.#silent) return;
    if (frame.message === KEEP_ALIVE_REQUEST) this.send(KEEP_ALIVE_RESPONSE, {});
    else if (frame.message !== KEEP_ALIVE_RESPONSE) this.#handler.frame(this, frame);
  }

  #watch(): void {
    if (this.#keepAliveMs === false) return;
    this.#keepAliveTimer = this.#clock.setTimer(this.#keepAliveMs, () => {
      if (!this.#heard && this.#asked) {
        this.#socket.destroy();
        return;
      }
      if (!this.#heard) {
        this.#asked = true;
        this.send(KEEP_ALIVE_REQUEST, {});
      }
      this.#heard = false;
      this.#watch();
    });
  }

  #onClose(): void {
    this.#keepAliveTimer?.cancel();
    this.#delayTimer?.cancel();
    this.#delayed.length = 0;
    this.#handler.closed(this);
  }
}
