/** The server's end of one connection: what it received, and every way to answer, misbehave or end. */
import type { Socket } from 'node:net';
import { encodeFrame, type Frame, FrameDecoder, ProtocolError } from '../wire/index.ts';

export class PeerConnection {
  /** Every frame received, the oldest first. */
  readonly received: Frame[] = [];
  /** What was wrong with the client's bytes, if anything was; a TLS client sends none that are right. */
  fault: ProtocolError | undefined;
  /** Fulfilled when the socket is gone, whoever ended it. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #waiting: { readonly message: string | undefined; readonly resolve: (frame: Frame) => void }[] = [];
  /** Frames that nobody has asked for yet. */
  readonly #untaken: Frame[] = [];

  constructor(socket: Socket, onFrame: (frame: Frame) => void) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {});
    // The listener allows half-open sockets so that tests can keep one; by default the server ends its half too.
    socket.on('end', () => socket.end());
    const decoder = new FrameDecoder();
    socket.on('data', (bytes) => {
      try {
        decoder.push(bytes, (frame) => {
          this.received.push(frame);
          this.#take(frame);
          onFrame(frame);
        });
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.fault = error;
      }
    });
  }

  /** The next frame that was not taken yet, or the next one with that message (others before it are skipped). */
  async next(message?: string): Promise<Frame> {
    for (let frame = this.#untaken.shift(); frame !== undefined; frame = this.#untaken.shift())
      if (message === undefined || frame.message === message) return frame;
    return await new Promise((resolve) => this.#waiting.push({ message, resolve }));
  }

  send(message: string, attributes: object = {}): void {
    this.write(encodeFrame(message, attributes));
  }

  /** Several frames in one packet. */
  sendTogether(...frames: readonly Frame[]): void {
    this.write(Buffer.concat(frames.map((frame) => encodeFrame(frame.message, frame.attributes))));
  }

  /** Any bytes, in order or not. */
  write(bytes: Uint8Array | string): void {
    this.#socket.write(bytes);
  }

  /** Ends the server's half of the connection in order (FIN). */
  end(): void {
    this.#socket.end();
  }

  /** Resets the connection (RST). */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Reads nothing more; the client's bytes pile up. */
  stopReading(): void {
    this.#socket.pause();
  }

  #take(frame: Frame): void {
    const next = this.#waiting[0];
    if (next === undefined) {
      this.#untaken.push(frame);
    } else if (next.message === undefined || next.message === frame.message) {
      this.#waiting.shift();
      next.resolve(frame);
    }
  }
}
