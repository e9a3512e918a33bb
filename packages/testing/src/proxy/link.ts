/** One direction of a proxied connection: takes data from one socket, through the faults, to the other. */
import type { Socket } from 'node:net';
import type { Toxic } from './toxics.ts';

/** The part of a clock that a proxy needs. */
export interface ProxyClock {
  /** Milliseconds that never jump. */
  monotonic(): number;
  setTimer(ms: number, fire: () => void): { cancel(): void };
}

export interface LinkOptions {
  readonly from: Socket;
  readonly to: Socket;
  readonly clock: ProxyClock;
  readonly random: () => number;
  /** Closes both ends of the connection. */
  readonly cut: () => void;
  /** Resets both ends of the connection. */
  readonly reset: () => void;
  /** Told of data that will never arrive, in bytes. */
  readonly swallow: (bytes: number) => void;
}

interface Piece {
  readonly data: Buffer;
  /** Clock reading when the data came in. */
  readonly arrivedAt: number;
}

/** What one fault remembers of this connection. */
interface Active {
  readonly toxic: Toxic;
  /** Bytes let through so far. */
  passed: number;
  /** Clock reading at which the link is free again for the next piece. */
  freeAt: number;
  readonly timer: { cancel(): void } | undefined;
}

/** Data waiting in one direction before the sender is held back, in bytes. */
const WAITING_MAX = 1024 * 1024;

export class Link {
  readonly #options: LinkOptions;
  readonly #active: Active[] = [];
  readonly #pieces: Piece[] = [];
  readonly #stopped = new AbortController();
  #waiting = 0;
  #ended = false;
  #working = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    const { from } = options;
    from.on('data', (data) => this.#onData(data));
    from.once('end', () => {
      this.#ended = true;
      void this.#work();
    });
  }

  add(toxic: Toxic): void {
    this.#active.push({ toxic, passed: 0, freeAt: 0, timer: this.#timerOf(toxic) });
  }

  remove(toxic: Toxic): void {
    const index = this.#active.findIndex((active) => active.toxic === toxic);
    if (index < 0) return;
    this.#active.splice(index, 1)[0]?.timer?.cancel();
  }

  /** Ends all waiting; called when both sockets are closed. */
  stop(): void {
    this.#stopped.abort();
    for (const { timer } of this.#active.splice(0)) timer?.cancel();
    this.#pieces.length = 0;
  }

  #timerOf(toxic: Toxic): Active['timer'] {
    const { clock, cut, reset } = this.#options;
    if (toxic.type === 'timeout' && toxic.timeoutMs > 0) return clock.setTimer(toxic.timeoutMs, cut);
    if (toxic.type !== 'reset_peer') return undefined;
    return clock.setTimer(toxic.timeoutMs, reset);
  }

  #onData(data: Buffer): void {
    this.#pieces.push({ data, arrivedAt: this.#options.clock.monotonic() });
    this.#waiting += data.length;
    if (this.#waiting > WAITING_MAX) this.#options.from.pause();
    void this.#work();
  }

  /** Passes pieces on one after the other; only one such worker runs at a time. */
  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    try {
      for (let piece = this.#pieces.shift(); piece !== undefined; piece = this.#pieces.shift()) {
        await this.#pass(piece, 0);
        this.#waiting -= piece.data.length;
        if (this.#waiting <= WAITING_MAX) this.#options.from.resume();
      }
      if (this.#ended) await this.#end();
    } catch (error) {
      if (!this.#stopped.signal.aborted) throw error;
    } finally {
      this.#working = false;
    }
    // Something may have come in while the end was being passed on.
    if (this.#pieces.length > 0 && !this.#stopped.signal.aborted) await this.#work();
  }

  /** Takes a piece through the faults from the given one on, and then to the socket. */
  async #pass(piece: Piece, position: number): Promise<void> {
    const active = this.#active[position];
    if (active === undefined) {
      await this.#write(piece.data);
      return;
    }
    const { toxic } = active;
    const next = (data: Buffer): Promise<void> => this.#pass({ ...piece, data }, position + 1);
    switch (toxic.type) {
      case 'latency': {
        const jitter = (toxic.jitterMs ?? 0) * (2 * this.#options.random() - 1);
        await this.#until(piece.arrivedAt + Math.max(0, toxic.latencyMs + jitter));
        return await next(piece.data);
      }
      case 'bandwidth':
        for (const part of slices(piece.data, () => Math.ceil(toxic.bytesPerSecond / 10))) {
          const from = Math.max(active.freeAt, this.#options.clock.monotonic());
          active.freeAt = from + (part.length / toxic.bytesPerSecond) * 1_000;
          await this.#until(active.freeAt);
          await next(part);
        }
        return;
      case 'slicer':
        for (const part of slices(piece.data, () =>
          this.#sliceSize(toxic.averageBytes, toxic.variationBytes ?? 0),
        )) {
          await next(part);
          if (toxic.delayMs !== undefined) await this.#until(this.#options.clock.monotonic() + toxic.delayMs);
        }
        return;
      case 'limit_data': {
        const allowed = piece.data.subarray(0, Math.max(0, toxic.bytes - active.passed));
        active.passed += allowed.length;
        this.#options.swallow(piece.data.length - allowed.length);
        if (allowed.length > 0) await next(allowed);
        if (active.passed >= toxic.bytes) this.#closeAfterLimit();
        return;
      }
      case 'timeout':
      case 'reset_peer':
        this.#options.swallow(piece.data.length);
        return;
      case 'slow_close':
        return await next(piece.data);
    }
  }

  async #end(): Promise<void> {
    for (const { toxic } of this.#active) {
      if (toxic.type === 'timeout' || toxic.type === 'reset_peer') return;
      if (toxic.type === 'slow_close') await this.#until(this.#options.clock.monotonic() + toxic.delayMs);
    }
    this.#options.to.end();
  }

  /** What was let through still arrives; the sender learns that nothing more will. */
  #closeAfterLimit(): void {
    this.#options.to.end(() => this.#options.cut());
  }

  #sliceSize(average: number, variation: number): number {
    return Math.max(1, Math.round(average + variation * (2 * this.#options.random() - 1)));
  }

  async #write(data: Buffer): Promise<void> {
    const { to } = this.#options;
    if (to.destroyed || to.writableEnded) return;
    await new Promise<void>((resolve) => {
      to.write(data, () => resolve());
    });
  }

  /** Waits for a clock reading; rejects when the link is stopped. */
  async #until(reading: number): Promise<void> {
    const { signal } = this.#stopped;
    signal.throwIfAborted();
    const left = reading - this.#options.clock.monotonic();
    if (left <= 0) return;
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        timer.cancel();
        reject(signal.reason as Error);
      };
      const timer = this.#options.clock.setTimer(left, () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}

function* slices(data: Buffer, size: () => number): Generator<Buffer> {
  for (let start = 0; start < data.length; ) {
    const end = start + size();
    yield data.subarray(start, end);
    start = end;
  }
}
