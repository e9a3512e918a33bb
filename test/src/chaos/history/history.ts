/** Keeps a history in memory and, line by line, in a file: a run that breaks off leaves all that was known. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Entry } from './entries.ts';

/** Where a run writes down what happens. */
export interface Notes {
  add(entry: Entry): void;
}

export class History implements Notes {
  readonly entries: Entry[] = [];
  readonly file: string;
  readonly #stream: WriteStream;
  #closed: Promise<void> | undefined;

  constructor(file: string) {
    this.file = file;
    this.#stream = createWriteStream(file);
  }

  /** What comes after the end is left out. */
  add(entry: Entry): void {
    if (this.#closed !== undefined) return;
    this.entries.push(entry);
    this.#stream.write(`${JSON.stringify(entry)}\n`);
  }

  async close(): Promise<void> {
    this.#closed ??= new Promise<void>((resolve) => this.#stream.end(() => resolve()));
    await this.#closed;
  }
}

/** @throws Error when the file is not there, or a line of it is no JSON. */
export async function readHistory(file: string): Promise<Entry[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
}
