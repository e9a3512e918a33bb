/** Shows what happens on which VM: a line that changes per VM on a terminal, plain lines elsewhere. */
import type { TextStream } from '@exec/common/cli';

export interface Progress {
  tell(instance: string, text: string): void;
  /** Ends the changing lines; later output stands below them. */
  done(): void;
}

export function progressOn(stream: TextStream, clean: (text: string) => string): Progress {
  return stream.isTTY === true ? new ChangingLines(stream, clean) : new PlainLines(stream, clean);
}

class PlainLines implements Progress {
  readonly #stream: TextStream;
  readonly #clean: (text: string) => string;

  constructor(stream: TextStream, clean: (text: string) => string) {
    this.#stream = stream;
    this.#clean = clean;
  }

  tell(instance: string, text: string): void {
    this.#stream.write(`[${instance}] ${this.#clean(text)}\n`);
  }

  done(): void {}
}

class ChangingLines implements Progress {
  readonly #stream: TextStream;
  readonly #clean: (text: string) => string;
  readonly #lines = new Map<string, string>();
  #drawn = 0;

  constructor(stream: TextStream, clean: (text: string) => string) {
    this.#stream = stream;
    this.#clean = clean;
  }

  tell(instance: string, text: string): void {
    this.#lines.set(instance, this.#clean(text).replaceAll(/\s+/g, ' '));
    const width = (this.#stream.columns ?? 80) - 1;
    const rows = [...this.#lines]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, line]) => `\x1b[2K${`${name.padEnd(7)} ${line}`.slice(0, width)}\n`);
    // Back to the first of our lines, then over them.
    this.#stream.write(`${this.#drawn > 0 ? `\x1b[${this.#drawn}A` : ''}${rows.join('')}`);
    this.#drawn = rows.length;
  }

  done(): void {
    this.#lines.clear();
    this.#drawn = 0;
  }
}
