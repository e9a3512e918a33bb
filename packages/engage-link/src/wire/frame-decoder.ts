/** Bytes in, frames out: cuts a stream into lines at any slicing, within a fixed amount of memory. */
import { type Frame, MAX_LINE_BYTES } from './frame.ts';
import { ProtocolError, type ProtocolFault } from './protocol-error.ts';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Kept between lines; a larger buffer is given back once its long line is through. */
const KEPT_BYTES = 65_536;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export interface FrameDecoderOptions {
  /** Longest line in bytes without its ending; for tests. */
  readonly maxLineBytes?: number;
}

/** Bytes in, frames out, whatever the chunks; a line that is too long or no frame ends it. */
export class FrameDecoder {
  readonly #max: number;
  /** The beginning of a line whose end has not come yet: `#buffer[0, #pending)`. */
  #buffer = Buffer.alloc(0);
  #pending = 0;
  /** Stream position of the first byte of the line being read. */
  #lineOffset = 0;
  #stopped = false;

  constructor(options: FrameDecoderOptions = {}) {
    this.#max = options.maxLineBytes ?? MAX_LINE_BYTES;
  }

  /** Bytes of an unfinished line. */
  get pendingBytes(): number {
    return this.#pending;
  }

  /**
   * Hands over every frame that `chunk` completes, in order, then returns. Only the new bytes are searched
   * for a newline, so a line costs the same however it is sliced.
   * @throws {ProtocolError} at the first bad line, after the good frames before it; the decoder
   *   takes nothing in after that.
   */
  push(chunk: Uint8Array, onFrame: (frame: Frame) => void): void {
    let from = 0;
    while (!this.#stopped && from < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, from);
      const to = newline === -1 ? chunk.length : newline;
      const line = this.#take(chunk, from, to, newline !== -1);
      if (line === undefined) return;
      const frame = this.#parse(line);
      this.#lineOffset += this.#pending === 0 ? to + 1 - from : this.#pending + 1;
      this.#release();
      from = to + 1;
      onFrame(frame);
    }
  }

  /** The line that ends at `to`, or undefined when it goes on in a later chunk. */
  #take(chunk: Uint8Array, from: number, to: number, ended: boolean): Uint8Array | undefined {
    // One more byte is let in: it may be the carriage return before the newline.
    const room = this.#max + 1 - this.#pending;
    if (to - from > room) {
      this.#append(chunk, from, from + room);
      throw this.#fault('too-long', this.#buffer.subarray(0, this.#pending));
    }
    if (ended && this.#pending === 0) return this.#trimmed(chunk.subarray(from, to));
    this.#append(chunk, from, to);
    const line = this.#buffer.subarray(0, this.#pending);
    if (ended) return this.#trimmed(line);
    if (line.length > this.#max && line[line.length - 1] !== CARRIAGE_RETURN)
      throw this.#fault('too-long', line);
    return undefined;
  }

  #trimmed(line: Uint8Array): Uint8Array {
    const end = line.length - 1;
    const content = line[end] === CARRIAGE_RETURN ? line.subarray(0, end) : line;
    if (content.length > this.#max) throw this.#fault('too-long', line);
    return content;
  }

  #append(chunk: Uint8Array, from: number, to: number): void {
    const needed = this.#pending + (to - from);
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(
        Math.min(Math.max(needed, this.#buffer.length * 2, 4_096), this.#max + 1),
      );
      this.#buffer.copy(larger, 0, 0, this.#pending);
      this.#buffer = larger;
    }
    this.#buffer.set(chunk.subarray(from, to), this.#pending);
    this.#pending = needed;
  }

  #release(): void {
    this.#pending = 0;
    if (this.#buffer.length > KEPT_BYTES) this.#buffer = Buffer.alloc(0);
  }

  #parse(line: Uint8Array): Frame {
    let text: string;
    try {
      text = utf8.decode(line);
    } catch {
      throw this.#fault('not-utf8', line);
    }
    let value: unknown;
    try {
      value = mayHoldPrototypeKey(text) ? JSON.parse(text, withoutPrototypeKeys) : JSON.parse(text);
    } catch {
      throw this.#fault('not-json', line);
    }
    if (!isFrame(value)) throw this.#fault('not-a-frame', line);
    return value;
  }

  #fault(fault: ProtocolFault, line: Uint8Array): ProtocolError {
    const error = new ProtocolError(fault, line, this.#lineOffset);
    this.#stopped = true;
    this.#buffer = Buffer.alloc(0);
    this.#pending = 0;
    return error;
  }
}

function isFrame(value: unknown): value is Frame {
  if (!isObject(value)) return false;
  return typeof value.message === 'string' && isObject(value.attributes);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a key could spell `__proto__`, plainly or with escaped letters. A false alarm costs only time. */
function mayHoldPrototypeKey(text: string): boolean {
  return text.includes('__proto__') || text.includes('\\u00');
}

/** An own key of that name is harmless until somebody copies it by assignment: it goes before anybody can. */
function withoutPrototypeKeys(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}
