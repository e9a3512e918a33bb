/** Looks at the Config DB before the first read: what is there, and whether the numbers mean what we think. */
import type { Transaction } from './config-db.ts';
import { Schema } from './schema.ts';
import type { SchemaMap } from './schema-map.ts';

export interface Discovery {
  readonly schema: Schema;
  /** For the log: what is unusual or switched off. */
  readonly warnings: readonly string[];
}

/**
 * @param owner name of the schema; undefined: the one the account finds first
 * @throws ExecError `engage.schema-mismatch`
 */
export async function discover(
  transaction: Transaction,
  owner: string | undefined,
  map: SchemaMap,
): Promise<Discovery> {
  const [current] = await transaction.rows('SELECT current_schema()');
  const schemaName = owner ?? current?.[0] ?? 'public';
  const columns = await transaction.rows(
    'SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = $1',
    [schemaName],
  );
  const found = new Map<string, Map<string, string>>();
  for (const [table, column, type] of columns) {
    if (table == null || column == null) continue;
    const known = found.get(table);
    if (known === undefined) found.set(table, new Map([[column, type ?? '']]));
    else known.set(column, type ?? '');
  }
  const schema = new Schema(schemaName, map, found);
  const warnings = [
    ...optionalParts(schema),
    ...(await captionWarnings(transaction, schema)),
    ...(await privilegeWarnings(transaction, schema)),
  ];
  return { schema, warnings };
}

function optionalParts(schema: Schema): string[] {
  const off: string[] = [];
  const part = (there: boolean, text: string) => {
    if (!there) off.push(text);
  };
  part(
    schema.hasColumn('cfg_person', 'email_address'),
    'cfg_person has no e-mail column: users are identified by user name, or need DEFAULT_EMAIL_DOMAIN',
  );
  part(
    schema.has('cfg_enumerator_value') && schema.has('cfg_enumerator'),
    'wrap-up codes are off: no tables',
  );
  part(schema.has('cfg_folder') && schema.has('cfg_folder_item'), 'folders are unknown: no tables');
  part(schema.has('cfg_agent_login') && schema.has('cfg_login_info'), 'login codes are unknown: no tables');
  part(schema.has('cfg_transaction'), 'hybrid_integration cannot be read: no table cfg_transaction');
  part(
    schema.hasColumn('cfg_flex_prop', 'part'),
    'cfg_flex_prop has no column for the order of long values: they are joined in the order of reading',
  );
  return off;
}

/** Captions of the numbers that matter: `lc_type`, `lc_subtype`, and a word that its caption should hold. */
const captions = [
  { type: 0, number: 1, word: 'enabled', what: 'object state 1 (enabled)' },
  { type: 0, number: 2, word: 'disabled', what: 'object state 2 (disabled)' },
  { type: 5, number: 3, word: 'queue', what: 'DN type 3 (ACD Queue)' },
  { type: 5, number: 4, word: 'point', what: 'DN type 4 (Routing Point)' },
  { type: 5, number: 5, word: 'virtual', what: 'DN type 5 (Virtual Queue)' },
  { type: 5, number: 22, word: 'queue', what: 'DN type 22 (Routing Queue)' },
] as const;

async function captionWarnings(transaction: Transaction, schema: Schema): Promise<string[]> {
  const t = 'cfg_locale';
  if (!schema.has(t)) return [];
  const rows = await transaction.rows(
    `SELECT ${schema.column(t, 'lc_type')}, ${schema.column(t, 'lc_subtype')}, ${schema.column(t, 'lc_value')} ` +
      `FROM ${schema.table(t)} WHERE ${schema.column(t, 'lc_type')} IN (0, 5)`,
  );
  const warnings: string[] = [];
  for (const { type, number, word, what } of captions) {
    // A database in several languages has several captions per number: one that fits is enough.
    const texts = rows
      .filter((row) => Number(row[0]) === type && Number(row[1]) === number)
      .map((row) => (row[2] ?? '').trim());
    const known = texts.filter((text) => text !== '');
    if (known.length > 0 && !known.some((text) => text.toLowerCase().includes(word)))
      warnings.push(
        `cfg_locale calls ${what} "${known[0]}": check that the number means what EXCS takes it for`,
      );
  }
  return warnings;
}

/** The connector only reads: an account that may write is a risk without a use. */
async function privilegeWarnings(transaction: Transaction, schema: Schema): Promise<string[]> {
  const [row] = await transaction.rows(
    "SELECT has_table_privilege($1, 'INSERT') OR has_table_privilege($1, 'UPDATE') OR has_table_privilege($1, 'DELETE')",
    [schema.table('cfg_person')],
  );
  return row?.[0] === 't'
    ? ['the account of CONFIG_DB_URL may write to the Config DB; give it SELECT and nothing else']
    : [];
}
