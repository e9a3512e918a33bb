/** Takes the cells of a row apart: trimmed texts, numeric IDs, odd bytes; everything comes as text. */
import { ExecError } from '@exec/common/errors';

/** A row as the driver hands it over with all type parsers off. */
export type RawRow = readonly (string | null)[];

/** How text arrives: as the server decoded it, or as hexadecimal bytes that are decoded here. */
export interface TextEncoding {
  /** Label of a code page; undefined: the driver's UTF-8. */
  readonly codePage?: string | undefined;
}

const replacement = '\ufffd';

/** Reads one row after the other; the object is reused so that a large table costs no garbage. */
export class Cells {
  #row: RawRow = [];
  readonly #where: string;
  readonly #decoder: { decode(bytes: Uint8Array): string } | undefined;
  /** Texts in which bytes had to be replaced. */
  oddTexts = 0;

  /** `where`: the table, for messages. */
  constructor(where: string, encoding: TextEncoding = {}) {
    this.#where = where;
    this.#decoder = encoding.codePage === undefined ? undefined : new TextDecoder(encoding.codePage);
  }

  use(row: RawRow): this {
    this.#row = row;
    return this;
  }

  /** NULL is 0. @throws ExecError `engage.data-invalid` when it is no safe integer */
  id(index: number): number {
    const text = this.#row[index];
    if (text === null || text === undefined) return 0;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 0 || text.trim() === '')
      throw new ExecError(
        'engage.data-invalid',
        `Column ${index + 1} of ${this.#where} holds something that is no object number.`,
      );
    return value;
  }

  /** Flags, states and types; NULL is 0. */
  number(index: number): number {
    const text = this.#row[index];
    const value = text === null || text === undefined ? 0 : Number(text);
    if (Number.isFinite(value)) return value;
    throw new ExecError(
      'engage.data-invalid',
      `Column ${index + 1} of ${this.#where} holds something that is no number.`,
    );
  }

  /** Whole numbers in one text, a blank between two. */
  numbers(index: number): number[] {
    const text = this.#row[index] ?? '';
    if (text === '') return [];
    return text.split(' ').map((part) => {
      const value = Number(part);
      if (Number.isSafeInteger(value)) return value;
      throw new ExecError(
        'engage.data-invalid',
        `${this.#where} holds something that is no whole number where a level or an object number belongs.`,
      );
    });
  }

  /** Names: NULL is '', blanks around are cut, also those of `char` columns. */
  text(index: number): string {
    return this.raw(index).trim();
  }

  /** Values: NULL is ''; blanks stay. */
  raw(index: number): string {
    const cell = this.#row[index];
    if (cell === null || cell === undefined) return '';
    const text =
      this.#decoder === undefined
        ? cell
        : this.#decoder.decode(Buffer.from(cell.startsWith('\\x') ? cell.slice(2) : cell, 'hex'));
    if (text.includes(replacement)) this.oddTexts++;
    return text;
  }
}
