/** Reads the annexes of one object type, as far as they have one of the sections that matter. */
import { type Annex, type AnnexRow, buildAnnex } from './annex.ts';
import type { ReadContext } from './read-context.ts';

export interface Annexes {
  readonly byObject: ReadonlyMap<number, Annex>;
  /** Objects whose values were joined without knowing the order of their parts. */
  readonly uncertain: readonly number[];
}

export interface AnnexSelection {
  readonly objectType: number;
  /** Sections of which an object must have at least one, in any case; undefined: every object. */
  readonly sections?: readonly string[];
  /** A single object. */
  readonly objectDbid?: number;
}

export async function readAnnexes(context: ReadContext, selection: AnnexSelection): Promise<Annexes> {
  const { scanner, select } = context;
  const t = 'cfg_flex_prop';
  const values: unknown[] = [selection.objectType];
  let from = `${select.from(t)} WHERE ${select.column(t, 'object_type')} = $1`;
  if (selection.sections !== undefined) {
    // Whole objects: only then a row whose parent is missing can be told from one whose parent was not read.
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
  const rows = new Map<number, AnnexRow[]>();
  await scanner.scan(
    `${t} (object type ${selection.objectType})`,
    {
      columns: [
        select.column(t, 'object_dbid'),
        select.column(t, 'dbid'),
        select.column(t, 'parent_dbid'),
        select.text(t, 'prop_name'),
        select.text(t, 'prop_value'),
        select.column(t, 'part'),
      ],
      from,
      values,
    },
    (cells) => {
      const object = cells.id(0);
      const row = {
        dbid: cells.id(1),
        parent: cells.id(2),
        name: cells.text(3),
        value: cells.raw(4),
        part: hasPart ? cells.number(5) : undefined,
      };
      const known = rows.get(object);
      if (known === undefined) rows.set(object, [row]);
      else known.push(row);
    },
  );
  const byObject = new Map<number, Annex>();
  const uncertain: number[] = [];
  for (const [object, list] of rows) {
    const annex = buildAnnex(list);
    byObject.set(object, annex);
    if (annex.uncertain) uncertain.push(object);
  }
  return { byObject, uncertain };
}
