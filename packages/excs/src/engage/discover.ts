/** Looks at the Config DB before the first read: what is there, and whether the numbers mean what we think. */

import { ExecError } from '@exec/common/errors';
import type { Transaction } from './config-db.ts';
import { Schema } from './schema.ts';
import type { SchemaMap } from './schema-map.ts';

export interface Discovery {
  readonly schema: Schema;
  /** For the log: what is odd or switched off. */
  readonly warnings: readonly string[];
}

/**
 * @param owner name of the schema; undefined: the one the account finds first
 * @throws ExecError `engage.schema-mismatch`, `engage.data-invalid`
 */
export async function discover(
  transaction: Transaction,
  owner: string | undefined,
  map: SchemaMap,
): Promise<Discovery> {
  const [current] = await transaction.rows('SELECT current_schema()');
  const schemaName = owner ?? current?.[0] ?? 'public';
  const columns = await transaction.rows(
    'SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = $1',
    [schemaName],
  );
  const found = new Map<string, Set<string>>();
  for (const [table, column] of columns) {
    if (table == null || column == null) continue;
    const known = found.get(table);
    if (known === undefined) found.set(table, new Set([column]));
    else known.add(column);
  }
  const schema = new Schema(schemaName, map, found);
  const warnings = [
    ...optionalParts(schema),
    ...(await captionWarnings(transaction, schema)),
    ...(await privilegeWarnings(transaction, schema)),
  ];
  await checkFlags(transaction, schema);
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

/** The connector only reads: an account that may write is an open door that nobody needs. */
async function privilegeWarnings(transaction: Transaction, schema: Schema): Promise<string[]> {
  const [row] = await transaction.rows(
    "SELECT has_table_privilege($1, 'INSERT') OR has_table_privilege($1, 'UPDATE') OR has_table_privilege($1, 'DELETE')",
    [schema.table('cfg_person')],
  );
  return row?.[0] === 't'
    ? ['the account of CONFIG_DB_URL may write to the Config DB; give it SELECT and nothing else']
    : [];
}

/** Flags are 1 and 2 (0 unknown): anything else means that the column is not the one we take it for. */
async function checkFlags(transaction: Transaction, schema: Schema): Promise<void> {
  const column = schema.column('cfg_person', 'is_agent');
  const rows = await transaction.rows(
    `SELECT DISTINCT ${column} FROM ${schema.table('cfg_person')} WHERE ${column} IS NOT NULL LIMIT 10`,
  );
  const odd = rows.map((row) => Number(row[0])).filter((value) => ![0, 1, 2].includes(value));
  if (odd.length > 0)
    throw new ExecError(
      'engage.data-invalid',
      `cfg_person.is_agent holds ${odd.join(', ')} where only 0, 1 and 2 are known; check CONFIG_DB_SCHEMA_MAP.`,
    );
}
