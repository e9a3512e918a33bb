/** What went over the wire, kept for tests. */
import type { Frame } from '@exec/engage-link/wire';

export interface RecordedFrame {
  /** Number of the connection, counted from 1 on its server. */
  readonly connection: number;
  readonly direction: 'received' | 'sent';
  readonly frame: Frame;
}

/** Keeps the newest frames, at least `limit` of them and at most twice as many. */
export class Recorder {
  readonly #limit: number;
  #frames: RecordedFrame[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(entry: RecordedFrame): void {
    if (this.#limit === 0) return;
    this.#frames.push(entry);
    if (this.#frames.length > this.#limit * 2) this.#frames = this.#frames.slice(-this.#limit);
  }

  get frames(): readonly RecordedFrame[] {
    return this.#frames;
  }

  /** Requests and other frames of that name that clients sent. */
  received(message: string): Frame[] {
    return this.#frames
      .filter((entry) => entry.direction === 'received' && entry.frame.message === message)
      .map((entry) => entry.frame);
  }

  clear(): void {
    this.#frames = [];
  }
}
