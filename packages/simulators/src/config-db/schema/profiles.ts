/** The three shapes in which the same contact centre can be laid down, because no real shape is published. */
import { type ColumnKind, type SchemaTableName, schemaTables } from './tables.ts';

/**
 * - `default`: all tables under their expected names.
 * - `variant`: integer numbers, padded names, every assumed name replaced, parts from 1, NULL as root parent.
 * - `minimal`: only what has been seen in published SQL.
 */
export const schemaProfiles = ['default', 'variant', 'minimal'] as const;
export type SchemaProfile = (typeof schemaProfiles)[number];

export interface PhysicalColumn {
  readonly name: string;
  readonly type: string;
  readonly kind: ColumnKind;
  readonly required: boolean;
}

export interface PhysicalTable {
  readonly name: string;
  /** By logical name; a column that the profile lacks is not there. */
  readonly columns: ReadonlyMap<string, PhysicalColumn>;
}

export interface ProfileShape {
  /** By logical name; a table that the profile lacks is not there. */
  readonly tables: ReadonlyMap<SchemaTableName, PhysicalTable>;
  /** Number of the first part of a long value. */
  readonly firstPart: 0 | 1;
  /** What stands in `parent_dbid` of a section. */
  readonly rootParent: 0 | null;
}

/** What a reader must be told: by logical table name, the names that differ from the logical ones. */
export type SchemaMap = Readonly<
  Record<string, { readonly table?: string; readonly columns?: Readonly<Record<string, string>> }>
>;

const types: Readonly<Record<'default' | 'variant', Readonly<Record<ColumnKind, string>>>> = {
  default: { id: 'numeric(10)', int: 'integer', text: 'varchar(255)', name: 'varchar(255)' },
  variant: { id: 'integer', int: 'integer', text: 'varchar(255)', name: 'char(255)' },
};

export function profileShape(profile: SchemaProfile): ProfileShape {
  const tables = new Map<SchemaTableName, PhysicalTable>();
  for (const [logical, definition] of Object.entries(schemaTables) as [
    SchemaTableName,
    (typeof schemaTables)[SchemaTableName],
  ][]) {
    if (profile === 'minimal' && definition.evidence === 'assumed') continue;
    const columns = new Map<string, PhysicalColumn>();
    for (const { name, kind, required, evidence } of definition.columns) {
      if (profile === 'minimal' && evidence === 'assumed') continue;
      const renamed = profile === 'variant' && evidence === 'assumed';
      columns.set(name, {
        name: renamed ? `v_${name}` : name,
        type: types[profile === 'variant' ? 'variant' : 'default'][kind],
        kind,
        required,
      });
    }
    const renamed = profile === 'variant' && definition.evidence === 'assumed';
    tables.set(logical, { name: renamed ? logical.replace(/^cfg_/, 'cfg_v_') : logical, columns });
  }
  return { tables, firstPart: profile === 'variant' ? 1 : 0, rootParent: profile === 'variant' ? null : 0 };
}

/** The names of a profile that differ from the logical ones; empty for those that rename nothing. */
export function schemaMap(profile: SchemaProfile): SchemaMap {
  const map: Record<string, { table?: string; columns?: Record<string, string> }> = {};
  for (const [logical, { name, columns }] of profileShape(profile).tables) {
    const renamed = [...columns].filter(([column, physical]) => column !== physical.name);
    if (name === logical && renamed.length === 0) continue;
    map[logical] = {
      ...(name === logical ? {} : { table: name }),
      ...(renamed.length === 0
        ? {}
        : { columns: Object.fromEntries(renamed.map(([column, physical]) => [column, physical.name])) }),
    };
  }
  return map;
}
