/** Lines on their way to an output that is slow, full, or gone. */
import { expect, it, vi } from 'vitest';
import { LogOutput, type OutputFile } from './log-output.ts';

/** A disk that answers as told; `text` is what it holds. */
class Disk implements OutputFile {
  text = '';
  fault: string | undefined;
  /** Bytes taken by one write. */
  most = Number.POSITIVE_INFINITY;
  readonly #waiting: (() => void)[] = [];
  syncWrites = 0;

  write(chunk: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void): void {
    this.#waiting.push(() => {
      try {
        done(null, this.#put(chunk));
      } catch (error) {
        done(error as NodeJS.ErrnoException, 0);
      }
    });
  }

  writeSync(chunk: Buffer): number {
    this.syncWrites++;
    return this.#put(chunk);
  }

  /** Answers the writes that wait, those that follow from them as well. */
  answer(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) next();
  }

  #put(chunk: Buffer): number {
    if (this.fault !== undefined) throw Object.assign(new Error(this.fault), { code: this.fault });
    const taken = chunk.subarray(0, this.most);
    this.text += taken.toString();
    return taken.length;
  }
}

it('writes lines in order, one write at a time, however little is taken at once', () => {
  const disk = new Disk();
  disk.most = 3;
  const output = new LogOutput(disk);
  for (const line of ['first\n', 'second\n', 'third\n']) output.write(line);
  disk.answer();
  expect(disk.text).toBe('first\nsecond\nthird\n');
  expect(output.dropped).toBe(0);
});

it.each(['ENOSPC', 'EDQUOT', 'EIO', 'EAGAIN'])(
  'goes on without the lines that %s leaves no room for, counts them, and writes again when there is room',
  (fault) => {
    vi.useFakeTimers();
    try {
      const disk = new Disk();
      disk.fault = fault;
      const output = new LogOutput(disk, 20);
      const closed = vi.fn();
      output.onClosed(closed);
      for (const line of ['12345678\n', '23456789\n', 'dropped\n', 'dropped too\n']) output.write(line);
      disk.answer();
      expect(output.dropped).toBe(2);
      disk.fault = undefined;
      vi.advanceTimersByTime(500);
      disk.answer();
      output.write('after\n');
      disk.answer();
      expect(disk.text).toBe('12345678\n23456789\nafter\n');
      expect(closed).not.toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
    }
  },
);

it('keeps the rest of a line that the disk took half of', () => {
  vi.useFakeTimers();
  try {
    const disk = new Disk();
    disk.most = 4;
    const output = new LogOutput(disk);
    output.write('whole line\n');
    const { write } = disk;
    disk.write = (chunk, done) => {
      disk.fault = 'ENOSPC';
      write.call(disk, chunk, done);
    };
    disk.answer();
    output.write('next\n');
    disk.write = write;
    disk.fault = undefined;
    vi.advanceTimersByTime(500);
    disk.answer();
    expect(disk.text).toBe('whole line\nnext\n');
  } finally {
    vi.useRealTimers();
  }
});

it.each(['EPIPE', 'EBADF'])('says once that the reader is gone (%s)', (fault) => {
  const disk = new Disk();
  disk.fault = fault;
  const output = new LogOutput(disk);
  const closed = vi.fn();
  output.onClosed(closed);
  output.write('line\n');
  disk.answer();
  output.write('line\n');
  disk.answer();
  output.flush();
  expect(closed).toHaveBeenCalledTimes(1);
  expect(output.dropped).toBe(1);
  output.onClosed(closed);
  expect(closed).toHaveBeenCalledTimes(2);
});

it('flushes what waits, and gives up at once on a full disk', () => {
  const disk = new Disk();
  const output = new LogOutput(disk);
  output.write('on its way\n');
  output.write('waits\n');
  output.flush();
  expect(disk.text).toBe('waits\n');
  disk.fault = 'ENOSPC';
  output.write('lost\n');
  output.flush();
  expect(disk.syncWrites).toBe(2);
});

it('flushes in bounded time to a reader that stays busy', () => {
  const disk = new Disk();
  disk.fault = 'EAGAIN';
  const output = new LogOutput(disk);
  output.write('on its way\n');
  output.write('waits\n');
  output.flush();
  expect(disk.text).toBe('');
});
