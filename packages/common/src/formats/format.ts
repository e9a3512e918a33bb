/**
 * The form of what is stored in Redis. Every JSON value carries the number of its format; a release reads a range of
 * them, and writes the newest that all instances read: the older one while two releases stand side by side.
 */
import { z } from 'zod';
import { parseJson } from '../json-text.ts';

/** Formats that a release reads, both included. */
export interface FormatRange {
  readonly min: number;
  readonly max: number;
}

/** A stored value without its number. */
export type StoredValue = Readonly<Record<string, unknown>>;

/** How values lie in Redis in one format, where that is not how the code of this release has them. */
export interface FormatCodec {
  /** `what` names the kind of value. What it throws says that the value only looks like one of that format. */
  readonly decode: (what: string, stored: StoredValue) => StoredValue;
  readonly encode: (what: string, value: StoredValue) => StoredValue;
}

/** Formats that a release reads and can write, without gaps. */
export type FormatTable = ReadonlyMap<number, FormatCodec>;

/** Nothing is changed. */
export const asItIs: FormatCodec = {
  decode: (_, stored) => stored,
  encode: (_, value) => value,
};

/**
 * The formats of this release. A release that changes a stored form adds a number with {@link asItIs}, and says here how
 * the ones before differ from it. They stay: what a release stored may lie in Redis until something changes it.
 */
export const formatTable: FormatTable = new Map([
  // Of conversations that are over it has no short form; EXCP itself makes the one of the other.
  [1, asItIs],
  [2, asItIs],
]);

/** What became of a stored text. */
export type Stored<T> =
  | { readonly kind: 'read'; readonly value: T; readonly format: number }
  /** Of a format that this release does not read, as a rule of a newer release: left for an instance that does. */
  | { readonly kind: 'other'; readonly format: number }
  /** Not written by us, or damaged. */
  | { readonly kind: 'broken' };

/** What has no number is of the first format. */
const numbered = z.looseObject({ v: z.int().min(1).default(1) });

/** Writes values in the newest format that all instances read, and reads every format of the table. */
export class Formats {
  readonly reads: FormatRange;
  readonly #table: FormatTable;
  #writes: number;

  constructor(table: FormatTable = formatTable) {
    this.#table = table;
    this.reads = { min: Math.min(...table.keys()), max: Math.max(...table.keys()) };
    // Until it is known who else reads, the oldest.
    this.#writes = this.reads.min;
  }

  /** The format that is written. */
  get writes(): number {
    return this.#writes;
  }

  set writes(format: number) {
    this.#writes = Math.min(this.reads.max, Math.max(this.reads.min, format));
  }

  /** `schema`: of the value as the code has it, without its number. */
  read<T>(what: string, text: string | null | undefined, schema: z.ZodType<T>): Stored<T> {
    const found = numbered.safeParse(parseJson(text));
    if (!found.success) return { kind: 'broken' };
    const { v: format, ...stored } = found.data;
    if (!this.#table.has(format)) return { kind: 'other', format };
    const parsed = schema.safeParse(this.decode(what, format, stored));
    return parsed.success ? { kind: 'read', value: parsed.data, format } : { kind: 'broken' };
  }

  /** `value`: as the code has it. */
  write(what: string, value: object): string {
    return JSON.stringify({ v: this.#writes, ...this.encode(what, value) });
  }

  /** The value in the format that is written, for what carries one number for many values. */
  encode(what: string, value: object): StoredValue {
    return (this.#table.get(this.#writes) ?? asItIs).encode(what, value as StoredValue);
  }

  /** The value as the code has it; undefined when it is not of that format, or the format is not read. */
  decode(what: string, format: number, stored: StoredValue): StoredValue | undefined {
    try {
      return this.#table.get(format)?.decode(what, stored);
    } catch {
      return undefined;
    }
  }
}

/** The value, where it could be read. */
export function readValue<T>(stored: Stored<T>): T | undefined {
  return stored.kind === 'read' ? stored.value : undefined;
}
