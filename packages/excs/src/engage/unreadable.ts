/**
 * Rows that cannot be read, by the object that they belong to. Such a row harms that object alone: it is left as it is,
 * and nothing that hangs on it is taken away. A row that does not say which object it belongs to counts for all of its kind.
 */
import { ExecError } from '@exec/common/errors';

/** What a row belongs to. */
export const ownerKinds = [
  'person',
  'skill',
  'queue',
  'group',
  'wrapup-code',
  'folder',
  /** An object of any kind, by the folder that it lies in. */
  'folder-item',
  'attribute',
  'transaction',
] as const;
export type OwnerKind = (typeof ownerKinds)[number];

export interface UnreadableObjects {
  /** DBID → why, for people. */
  readonly objects: ReadonlyMap<number, string>;
  /** Why, when there is a row that does not say which object it belongs to. */
  readonly unknown: string | undefined;
}

export type Unreadable = Readonly<Record<OwnerKind, UnreadableObjects>>;

/** More than so many rows of a table, and more than this share of it, are no single rows any more. */
const rowsMost = 3;
const shareMost = 0.05;

export class UnreadableRows {
  readonly #kinds = new Map<OwnerKind, { objects: Map<number, string>; unknown: string | undefined }>();
  readonly #tables = new Map<string, { rows: number; why: string }>();

  /** Table → rows that were left out. */
  get tables(): ReadonlyMap<string, { readonly rows: number; readonly why: string }> {
    return this.#tables;
  }

  /** `dbid` undefined: the row does not even tell whose it is. */
  note(kind: OwnerKind, dbid: number | undefined, table: string, why: string): void {
    const of = this.#kinds.get(kind) ?? { objects: new Map<number, string>(), unknown: undefined };
    this.#kinds.set(kind, of);
    if (dbid === undefined) of.unknown ??= why;
    else if (!of.objects.has(dbid)) of.objects.set(dbid, why);
    const counted = this.#tables.get(table);
    if (counted === undefined) this.#tables.set(table, { rows: 1, why });
    else counted.rows++;
  }

  /** Whether it is still a matter of single rows, of `rows` in the table. @throws ExecError `engage.data-invalid` */
  judge(table: string, rows: number): void {
    const found = this.#tables.get(table);
    if (found === undefined || found.rows <= rowsMost || found.rows <= rows * shareMost) return;
    throw new ExecError(
      'engage.data-invalid',
      `At least ${found.rows} of ${rows} rows of ${table} cannot be read: ${found.why} Check CONFIG_DB_SCHEMA_MAP.`,
    );
  }

  /** What was noted so far. */
  get all(): Unreadable {
    return Object.fromEntries(
      ownerKinds.map((kind) => [kind, this.#kinds.get(kind) ?? { objects: new Map(), unknown: undefined }]),
    ) as unknown as Unreadable;
  }
}

export const nothingUnreadable: Unreadable = new UnreadableRows().all;
