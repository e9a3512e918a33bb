/** The script that makes the account of EXCS: SELECT on each column that is read, and nothing else. */
import { configDbTables, type SchemaMap, type TableName } from './schema-map.ts';

export interface GrantOptions {
  readonly map: SchemaMap;
  readonly user: string;
  readonly schema: string;
}

/** Run again it takes away what an earlier run gave and is not read any more. */
export function grantsScript({ map, user, schema }: GrantOptions): string {
  const tables = (Object.keys(configDbTables) as TableName[]).map((name) => {
    const override = map.tables[name];
    const columns = Object.keys(configDbTables[name].columns).map(
      (column) => override?.columns?.[column] ?? column,
    );
    return `      (${literal(override?.table ?? name)}, ARRAY[${columns.map(literal).join(', ')}])`;
  });
  return `-- Makes ${oneLine(user)}, the account with which EXCS reads the Config DB: SELECT on each column that is read, nothing else.
-- Run it in the database of the Config DB, as the owner of its tables or as a superuser:
--   psql -v ON_ERROR_STOP=1 -f grants.sql <database>
-- Then give the account a password: \\password ${oneLine(user)}
DO $grants$
DECLARE
  account text := ${literal(user)};
  owner text := ${literal(schema)};
  wanted record;
  relation record;
  present text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = account) THEN
    EXECUTE format('CREATE ROLE %I LOGIN', account);
  END IF;
  EXECUTE format('ALTER ROLE %I SET default_transaction_read_only = on', account);
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), account);
  EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', owner, account);
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', owner, account);
  FOR wanted IN
    SELECT * FROM (VALUES
${tables.join(',\n')}
    ) AS list(name, columns)
  LOOP
    SELECT c.oid, c.relkind INTO relation
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = owner AND c.relname = wanted.name AND c.relkind IN ('r', 'p', 'v', 'm', 'f');
    IF NOT FOUND THEN
      RAISE NOTICE 'there is no table %.%', owner, wanted.name;
      CONTINUE;
    END IF;
    -- Row versions show a change without reading everything; a view has none.
    SELECT string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum) INTO present
      FROM pg_attribute a
      WHERE a.attrelid = relation.oid AND NOT a.attisdropped
        AND (a.attname = ANY (wanted.columns) OR (a.attname = 'xmin' AND relation.relkind = 'r'));
    IF present IS NOT NULL THEN
      EXECUTE format('GRANT SELECT (%s) ON %I.%I TO %I', present, owner, wanted.name, account);
    END IF;
  END LOOP;
END
$grants$;
`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** In a comment. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{C}+/gu, ' ');
}
