/**
 * Standard output as the place logs go to. It never blocks the service, never grows without bound, and a place that
 * takes nothing (a full disk, a reader that stalls) costs lines, not the work: they are dropped and counted.
 */
import { write as writeAsync, writeSync } from 'node:fs';
import { Counter, type Registry } from '../metrics.ts';

/** Bytes that may wait for a slow reader or a full disk. */
const bufferBytes = 8 * 1024 * 1024;
/** Bytes handed to one write. */
const chunkBytes = 64 * 1024;
/** How long to wait (ms) before a write that was refused is tried again. */
const againAfterMs = 500;
/** How long (ms) the last flush waits for a reader that is busy. */
const flushLimitMs = 200;

/** Nobody reads the output any more, and nobody will. */
const closedCodes = new Set(['EPIPE', 'EBADF', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/** Whether an error of an output says that its reader is gone, other than one that may pass (ENOSPC, EIO, EDQUOT). */
export function isClosed(error: unknown): boolean {
  return closedCodes.has((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

/** The two calls of `node:fs` that are used: tests put a disk in their place. */
export interface OutputFile {
  write(chunk: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void): void;
  /** @throws NodeJS.ErrnoException as `fs.writeSync` does */
  writeSync(chunk: Buffer): number;
}

const standardOutput: OutputFile = {
  write: (chunk, done) => writeAsync(1, chunk, 0, chunk.length, null, done),
  writeSync: (chunk) => writeSync(1, chunk),
};

/** Writes lines without ever waiting; beyond its bound in bytes lines are dropped and counted. */
export class LogOutput {
  readonly #file: OutputFile;
  readonly #limit: number;
  readonly #lines: Buffer[] = [];
  /** Bytes of `#lines` and of what is being written. */
  #bytes = 0;
  #writing: Buffer | undefined;
  #again: NodeJS.Timeout | undefined;
  #closed = false;
  #dropped = 0;
  readonly #listeners: (() => void)[] = [];

  constructor(file: OutputFile = standardOutput, limit = bufferBytes) {
    this.#file = file;
    this.#limit = limit;
  }

  /** Lines that were not written since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes one line; drops it when too many bytes wait. Never throws, never waits. */
  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#closed || this.#bytes + bytes.length > this.#limit) {
      this.#dropped++;
      return;
    }
    this.#lines.push(bytes);
    this.#bytes += bytes.length;
    this.#next();
  }

  /** Writes what waits, in bounded time; what the output does not take is given up. Never throws. */
  flush(): void {
    const limit = performance.now() + flushLimitMs;
    while (!this.#closed && this.#lines.length > 0) {
      const chunk = this.#take();
      if (!this.#writeAll(chunk, limit)) break;
      this.#bytes -= chunk.length;
    }
  }

  /** Calls `listener` once when nobody reads the output any more. */
  onClosed(listener: () => void): void {
    if (this.#closed) listener();
    else this.#listeners.push(listener);
  }

  #next(): void {
    if (this.#writing !== undefined || this.#again !== undefined || this.#lines.length === 0) return;
    this.#send(this.#take());
  }

  #take(): Buffer {
    let length = 0;
    let count = 0;
    for (const line of this.#lines) {
      if (count > 0 && length + line.length > chunkBytes) break;
      length += line.length;
      count++;
    }
    return Buffer.concat(this.#lines.splice(0, count), length);
  }

  #send(chunk: Buffer): void {
    this.#writing = chunk;
    this.#file.write(chunk, (error, written) => {
      this.#writing = undefined;
      if (error !== null) {
        this.#refused(chunk, error);
        return;
      }
      this.#bytes -= written;
      if (written < chunk.length) this.#send(chunk.subarray(written));
      else this.#next();
    });
  }

  #refused(chunk: Buffer, error: NodeJS.ErrnoException): void {
    if (isClosed(error)) {
      this.#close();
      return;
    }
    // The first bytes of the chunk may be the end of a line that was begun: it stays whole and in front.
    this.#lines.unshift(chunk);
    this.#again = setTimeout(() => {
      this.#again = undefined;
      this.#next();
    }, againAfterMs);
    this.#again.unref();
  }

  #close(): void {
    this.#closed = true;
    this.#lines.length = 0;
    this.#bytes = 0;
    for (const listener of this.#listeners) listener();
  }

  /** Whether the whole chunk was written; a busy reader is asked again until the limit, any other fault ends it. */
  #writeAll(chunk: Buffer, limit: number): boolean {
    let rest = chunk;
    while (rest.length > 0) {
      try {
        rest = rest.subarray(this.#file.writeSync(rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() > limit) return false;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      }
    }
    return true;
  }
}

/** Shows how many lines of the log were lost. */
export function countDropped(registry: Registry, dropped: () => number): void {
  new Counter({
    name: 'exec_log_lines_dropped_total',
    help: 'Log lines that were not written: standard output took nothing (full disk, stalled reader).',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(dropped());
    },
  });
}
