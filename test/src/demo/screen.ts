/** What a person sees of the demo: live lines on a terminal, plain lines elsewhere. */

export interface Step {
  readonly label: string;
  /** For example `120/200 users`. */
  readonly detail: string;
  /** 0 to 1, where it is known. */
  readonly share?: number;
}

const tick = '✔';
const cross = '✘';
const width = 24;
/** Without a terminal a step is written at most this often, in milliseconds. */
const plainEveryMs = 2000;

/** A bar of `width` cells. */
export function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
}

export class Screen {
  readonly #out: NodeJS.WriteStream;
  readonly #live: boolean;
  readonly #started = performance.now();
  #last = '';
  #label = '';
  #writtenAt = Number.NEGATIVE_INFINITY;

  /** `out`: where to write; live redrawing only happens on a terminal. */
  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#live = out.isTTY === true;
  }

  /** Shows where a step stands; on a terminal the line is redrawn, elsewhere it is written now and then. */
  progress(step: Step): void {
    const text = `${step.label.padEnd(22)} ${step.share === undefined ? '' : `${bar(step.share)} `}${step.detail}`;
    if (text === this.#last) return;
    this.#last = text;
    if (this.#live) {
      this.#out.write(`\r\x1b[2K  ${this.#clock()} ${text}`);
      return;
    }
    const now = performance.now();
    if (step.label === this.#label && now - this.#writtenAt < plainEveryMs) return;
    this.#label = step.label;
    this.#writtenAt = now;
    this.#out.write(`  ${this.#clock()} ${text}\n`);
  }

  done(label: string, detail: string): void {
    this.#line(`${tick} ${this.#clock()} ${label.padEnd(22)} ${detail}`);
  }

  fail(label: string, detail: string): void {
    this.#line(`${cross} ${this.#clock()} ${label.padEnd(22)} ${detail}`);
  }

  text(line: string): void {
    this.#line(line);
  }

  #line(text: string): void {
    this.#out.write(this.#live && this.#last !== '' ? `\r\x1b[2K${text}\n` : `${text}\n`);
    this.#last = '';
  }

  #clock(): string {
    return `${((performance.now() - this.#started) / 1000).toFixed(1).padStart(6)} s`;
  }
}

/** Rows of equal length as an aligned table; numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[], source?: readonly (string | number)[]) =>
    row
      .map((cell, column) =>
        typeof source?.[column] === 'number'
          ? cell.padStart(widths[column] ?? 0)
          : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = cells;
  return [
    line(head),
    widths.map((size) => '─'.repeat(size)).join('  '),
    ...body.map((row, index) => line(row, rows[index])),
  ].join('\n');
}
