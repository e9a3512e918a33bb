/** Reads the annexes of one object type, as far as they have one of the sections that matter. */

import { ExecError } from '@exec/common/errors';
import { type Annex, type AnnexRow, buildAnnex } from './annex.ts';
import type { ReadContext } from './read-context.ts';
import type { OwnerKind } from './unreadable.ts';

export interface Annexes {
  readonly byObject: ReadonlyMap<number, Annex>;
  /** Objects whose values were joined without knowing the order of their parts. */
  readonly uncertain: readonly number[];
}

export interface AnnexSelection {
  readonly objectType: number;
  /** What the objects are, for rows that cannot be read. */
  readonly kind: OwnerKind;
  /** Sections of which an object must have at least one, in any case; undefined: every object. */
  readonly sections?: readonly string[];
  /** A single object. */
  readonly objectDbid?: number;
}

/** Bytes of the value of one row that are read at most: long values come in several rows. */
const valueBytes = 16_384;
/** What the annex of one object may have; a script or a list of roles is far below. */
const objectRows = 10_000;
const objectCharacters = 262_144;
/** What all annexes of a read may have together: it is held in memory for a moment. */
const allCharacters = 64 * 1024 * 1024;

/**
 * Options of objects, by DBID; those of an object whose annex is too large are unreadable.
 * @throws ExecError `engage.read-refused` when all together are more than is held; what the scanner of the read throws
 */
export async function readAnnexes(context: ReadContext, selection: AnnexSelection): Promise<Annexes> {
  const { scanner, select, unreadable } = context;
  const t = 'cfg_flex_prop';
  const values: unknown[] = [selection.objectType];
  let from = `${select.from(t)} WHERE ${select.column(t, 'object_type')} = $1`;
  if (selection.sections !== undefined) {
    // Whole objects: only then a row whose parent is missing differs from one whose parent was not read.
    values.push(selection.sections.map((section) => section.toLowerCase()));
    from +=
      ` AND ${select.column(t, 'object_dbid')} IN (SELECT ${select.column(t, 'object_dbid', 's')} ` +
      `FROM ${select.from(t, 's')} WHERE ${select.column(t, 'object_type', 's')} = $1 AND ` +
      `lower(btrim(${select.column(t, 'prop_name', 's')})) = ANY($${values.length}::text[]))`;
  }
  if (selection.objectDbid !== undefined) {
    values.push(selection.objectDbid);
    from += ` AND ${select.column(t, 'object_dbid')} = $${values.length}`;
  }
  const hasPart = select.schema.hasColumn(t, 'part');
  const rows = new Map<number, { list: AnnexRow[]; characters: number; tooMuch: boolean }>();
  const what = `${t} (object type ${selection.objectType})`;
  let characters = 0;
  await scanner.scan(
    what,
    {
      columns: [
        select.number(t, 'object_dbid'),
        select.number(t, 'dbid'),
        select.number(t, 'parent_dbid'),
        select.text(t, 'prop_name'),
        select.text(t, 'prop_value', 't', valueBytes),
        select.number(t, 'part'),
      ],
      from,
      values,
    },
    { kind: selection.kind, column: 0 },
    (cells) => {
      const object = cells.id(0);
      const tooLong = cells.isTooLong(4);
      const row = {
        dbid: cells.id(1),
        parent: cells.id(2),
        name: cells.text(3),
        value: tooLong ? '' : cells.raw(4),
        part: hasPart ? cells.number(5) : undefined,
        ...(tooLong ? { tooLong } : {}),
      };
      const known = rows.get(object) ?? { list: [], characters: 0, tooMuch: false };
      rows.set(object, known);
      known.characters += row.name.length + row.value.length;
      if (known.list.length >= objectRows || known.characters > objectCharacters) {
        known.tooMuch = true;
        known.list = [];
      }
      if (known.tooMuch) return;
      known.list.push(row);
      characters += row.name.length + row.value.length;
      if (characters > allCharacters)
        throw new ExecError(
          'engage.read-refused',
          `The read of the Config DB is refused: the texts of ${what} are longer than ${allCharacters} characters.`,
        );
    },
  );
  const byObject = new Map<number, Annex>();
  const uncertain: number[] = [];
  for (const [object, { list, tooMuch }] of rows) {
    if (tooMuch) {
      unreadable.note(selection.kind, object, what, 'Its annex is longer than what is read.');
      continue;
    }
    const annex = buildAnnex(list);
    byObject.set(object, annex);
    if (annex.uncertain) uncertain.push(object);
  }
  return { byObject, uncertain };
}
