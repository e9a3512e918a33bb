/** Looks whether the Config DB can be read as EXCS needs it, and says of each fault what to do. */
import { textOf } from '@exec/common/trouble';
import type { ConfigDb, Transaction } from './config-db.ts';
import { discover } from './discover.ts';
import { configDbTables, type SchemaMap, type TableName } from './schema-map.ts';

export interface DbCheck {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly found: string;
  readonly remedy: string;
}

export interface DbCheckOptions {
  readonly db: ConfigDb;
  readonly map: SchemaMap;
  /** Undefined: the schema that the account finds first. */
  readonly owner: string | undefined;
  readonly tenant: number;
}

const ok = (check: string, found: string): DbCheck => ({ check, status: 'ok', found, remedy: '' });

/** Every check, in the order in which faults are best removed. */
export async function checkConfigDb({ db, map, owner, tenant }: DbCheckOptions): Promise<DbCheck[]> {
  const checks: DbCheck[] = [];
  try {
    await db.transaction(async (transaction) => {
      const [server] = await transaction.rows(
        "SELECT current_setting('server_version'), current_user, current_database(), current_schema()",
      );
      const [version, user, database, schema] = server ?? [];
      checks.push(ok('connect', `PostgreSQL ${version}, database ${database}, account ${user}`));
      const physical = owner ?? schema ?? 'public';
      const relations = await readRelations(transaction, physical);
      const tables = (Object.keys(configDbTables) as TableName[]).map((name) =>
        tableChecks({ name, map, schema: physical, relations }),
      );
      for (const found of tables) checks.push(...found.checks);
      for (const { name, readable } of tables)
        if (readable !== undefined) checks.push(await countCheck(transaction, name, physical, readable));
      if (tables.some(({ checks: found }) => found.some(({ status }) => status === 'failed'))) return;
      checks.push(...(await contentChecks(transaction, physical, map, tenant)));
    });
  } catch (error) {
    checks.push({
      check: checks.length === 0 ? 'connect' : 'read',
      status: 'failed',
      found: textOf(error),
      remedy:
        'Correct CONFIG_DB_URL, or let the account in (pg_hba.conf, firewall, CONNECT on the database).',
    });
  }
  return checks;
}

/** Table → column → whether the account may read it. */
type Relations = ReadonlyMap<string, ReadonlyMap<string, boolean>>;

/** From the catalogue, which shows also what the account may not read. */
async function readRelations(transaction: Transaction, schema: string): Promise<Relations> {
  const rows = await transaction.rows(
    "SELECT c.relname, a.attname, has_column_privilege(c.oid, a.attnum, 'SELECT') " +
      'FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid ' +
      "WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped",
    [schema],
  );
  const relations = new Map<string, Map<string, boolean>>();
  for (const [table, column, readable] of rows) {
    if (table == null || column == null) continue;
    const columns = relations.get(table) ?? new Map<string, boolean>();
    columns.set(column, readable === 't');
    relations.set(table, columns);
  }
  return relations;
}

interface TableChecks {
  readonly name: TableName;
  readonly checks: readonly DbCheck[];
  /** Physical name of a table whose columns can be read, and one of them. */
  readonly readable: { readonly table: string; readonly column: string } | undefined;
}

/** Pure: what the catalogue says of one table. */
export function tableChecks(o: {
  readonly name: TableName;
  readonly map: SchemaMap;
  readonly schema: string;
  readonly relations: Relations;
}): TableChecks {
  const { name, map, schema, relations } = o;
  const { need, columns } = configDbTables[name];
  const override = map.tables[name];
  const table = override?.table ?? name;
  const check = `table ${name}`;
  const bad = (required: boolean): DbCheck['status'] => (required ? 'failed' : 'warning');
  const existing = relations.get(table);
  if (existing === undefined) {
    const similar = similarTo(table, relations.keys());
    return {
      name,
      checks: [
        {
          check,
          status: bad(need === 'required'),
          found: `there is no table ${schema}.${table}`,
          remedy:
            `Give its name in CONFIG_DB_SCHEMA_MAP: ${JSON.stringify({ tables: { [name]: { table: similar ?? '<table>' } } })}` +
            (relations.size === 0 ? '; or set CONFIG_DB_SCHEMA to the schema of the tables' : ''),
        },
      ],
      readable: undefined,
    };
  }
  const checks: DbCheck[] = [];
  const refused: string[] = [];
  let column: string | undefined;
  for (const [logical, columnNeed] of Object.entries(columns)) {
    const physical = override?.columns?.[logical] ?? logical;
    const readable = existing.get(physical);
    if (readable === true) column ??= physical;
    else if (readable === false) refused.push(physical);
    else
      checks.push({
        check: `column ${name}.${logical}`,
        status: bad(need === 'required' && columnNeed === 'required'),
        found: `${schema}.${table} has no column ${physical}`,
        remedy: `Give its name in CONFIG_DB_SCHEMA_MAP: ${JSON.stringify({ tables: { [name]: { columns: { [logical]: similarTo(physical, existing.keys()) ?? '<column>' } } } })}`,
      });
  }
  if (refused.length > 0)
    checks.push({
      check,
      status: bad(need === 'required'),
      found: `the account may not read ${refused.join(', ')} of ${schema}.${table}`,
      remedy: 'Run the script that "excs grants" prints.',
    });
  if (checks.length === 0)
    checks.push(ok(check, `${schema}.${table}, ${Object.keys(columns).length} columns`));
  return { name, checks, readable: column === undefined ? undefined : { table, column } };
}

/** The name that differs in case and underscores only. */
function similarTo(name: string, others: Iterable<string>): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll('_', '');
  return [...others].find((other) => plain(other) === plain(name));
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

async function countCheck(
  transaction: Transaction,
  name: TableName,
  schema: string,
  { table, column }: { readonly table: string; readonly column: string },
): Promise<DbCheck> {
  const check = `rows of ${name}`;
  const counted = await transaction.attempt(
    `SELECT count(${quoted(column)}) FROM ${quoted(schema)}.${quoted(table)}`,
  );
  const rows = counted?.[0]?.[0];
  if (rows === undefined || rows === null)
    return {
      ...{ check, status: 'failed', found: 'they cannot be counted' },
      remedy: 'Run the script that "excs grants" prints.',
    };
  if (Number(rows) > 0 || configDbTables[name].need === 'optional') return ok(check, String(rows));
  return {
    ...{ check, status: 'warning', found: 'none' },
    remedy: 'Look whether this is the Config DB that the Config Server uses.',
  };
}

/** What only the rows tell, as the service itself looks at them. */
async function contentChecks(
  transaction: Transaction,
  owner: string,
  map: SchemaMap,
  tenant: number,
): Promise<DbCheck[]> {
  const { schema, warnings } = await discover(transaction, owner, map);
  const [row] = await transaction.rows(
    `SELECT ${schema.column('cfg_tenant', 'name')} FROM ${schema.table('cfg_tenant')} WHERE ${schema.column('cfg_tenant', 'dbid')} = $1`,
    [tenant],
  );
  const checks: DbCheck[] = [
    row === undefined
      ? {
          ...{ check: 'tenant', status: 'failed', found: `no tenant has the DBID ${tenant}` },
          remedy: 'Set TENANT_ID to the DBID of the tenant.',
        }
      : ok('tenant', `${tenant} is ${row[0]}`),
  ];
  for (const warning of warnings)
    checks.push({
      ...{ check: 'content', status: 'warning', found: warning },
      remedy: 'Nothing needs to be done if it is meant so.',
    });
  if (schema.has('cfg_transaction')) {
    const t = 'cfg_transaction';
    const [counted] = await transaction.rows(
      `SELECT count(*) FROM ${schema.table(t)} WHERE ${schema.column(t, 'name')} = 'hybrid_integration' AND ${schema.column(t, 'tenant_dbid')} = $1`,
      [tenant],
    );
    checks.push(
      Number(counted?.[0]) > 0
        ? ok('hybrid_integration', 'the transaction is there')
        : {
            ...{
              check: 'hybrid_integration',
              status: 'warning',
              found: 'the tenant has no such transaction',
            },
            remedy: 'Create it as docs/guide/prepare.md says; EXCS waits for it.',
          },
    );
  }
  return checks;
}
