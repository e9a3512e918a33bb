/** Takes the cells of a row apart: trimmed texts, numeric IDs, bytes that are not valid in the encoding; everything comes as text. */
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
  undecodableTexts = 0;

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

  /** States and types; NULL is 0. @throws ExecError `engage.data-invalid` */
  number(index: number): number {
    const text = this.#row[index];
    if (text === null || text === undefined) return 0;
    const value = Number(text);
    // An empty text is 0 for Number, and 0 would mean something.
    if (Number.isSafeInteger(value) && text.trim() !== '') return value;
    throw new ExecError(
      'engage.data-invalid',
      `Column ${index + 1} of ${this.#where} holds something that is no whole number.`,
    );
  }

  /** 1 no, 2 yes; 0 or NULL unknown, which counts as no. @throws ExecError `engage.data-invalid` for anything else */
  flag(index: number): boolean {
    const value = this.number(index);
    if (value === 0 || value === 1 || value === 2) return value === 2;
    throw new ExecError(
      'engage.data-invalid',
      `Column ${index + 1} of ${this.#where} holds ${value} where only 0, 1 and 2 are known.`,
    );
  }

  /**
   * Whole numbers in one text, a blank between two.
   * @throws ExecError `engage.data-invalid` for anything else, or when the server left the text out as too long
   */
  numbers(index: number): number[] {
    const text = this.#row[index];
    if (text === null || text === undefined)
      throw new ExecError('engage.data-invalid', `${this.#where} holds more rows for it than are read.`);
    if (text === '') return [];
    return text.split(' ').map((part) => {
      const value = Number(part);
      if (Number.isSafeInteger(value) && value >= 0 && part !== '') return value;
      throw new ExecError(
        'engage.data-invalid',
        `${this.#where} holds something that is no whole number where a level or an object number belongs.`,
      );
    });
  }

  /** Whether the server left the text out, because it is longer than what is asked for. */
  isTooLong(index: number): boolean {
    return this.#row[index] === null;
  }

  /** Names: blanks around are cut, also those of `char` columns. @throws ExecError `engage.data-invalid` if too long */
  text(index: number): string {
    return this.raw(index).trim();
  }

  /** Values: blanks stay. @throws ExecError `engage.data-invalid` if too long */
  raw(index: number): string {
    const cell = this.#row[index];
    if (cell === null || cell === undefined)
      throw new ExecError(
        'engage.data-invalid',
        `Column ${index + 1} of ${this.#where} holds a longer text than is read.`,
      );
    const text =
      this.#decoder === undefined
        ? cell
        : this.#decoder.decode(Buffer.from(cell.startsWith('\\x') ? cell.slice(2) : cell, 'hex'));
    if (text.includes(replacement)) this.undecodableTexts++;
    return text;
  }
}
