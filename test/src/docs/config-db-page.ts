/** docs/reference/config-db.md: which tables and columns of the Config DB are read, and what for. */
import { configDbTables, schemaTexts, type TableName } from '@exec/excs';
import { code, generated, table } from './markdown.ts';

export function configDbPage(): string {
  const names = Object.keys(configDbTables) as TableName[];
  const overview = names.map((name) => [
    `[${code(name)}](#${name})`,
    configDbTables[name].need,
    schemaTexts[name].purpose,
  ]);
  const sections = names.map((name) => {
    const columns = Object.entries(configDbTables[name].columns).map(([column, need]) => [
      code(column),
      need,
      (schemaTexts[name].columns as Readonly<Record<string, string>>)[column] ?? '',
    ]);
    return `### ${name}\n\n${schemaTexts[name].purpose}\n\n${table(['column', 'need', 'what for'], columns)}`;
  });
  return [
    '# The Config DB',
    generated,
    'EXCS reads the Config DB of Engage. It writes nothing there, and needs PostgreSQL. The physical schema is not published: every name below is the default, and `CONFIG_DB_SCHEMA_MAP` can give each table and column another one.',
    '## Make the account',
    'The account needs SELECT on the columns of this page and nothing else; no password column is read. `excs grants` prints a script that makes exactly that account. It respects the schema map, and it can be run again after a change.',
    '```sh\nexcs grants --user exec_reader --schema public > grants.sql\npsql -v ON_ERROR_STOP=1 -f grants.sql <database>\n```',
    'The release has the script for the default names: `samples/grants.sql`. Give the account a password with `\\password exec_reader` in `psql`. Test: `packages/excs/src/engage/check.test.ts` makes the account in a real PostgreSQL and proves that it can read all of this and nothing more.',
    '## Check it',
    '`excs check-db` needs `CONFIG_DB_URL`, `TENANT_ID` and, where they are set, `CONFIG_DB_SCHEMA` and `CONFIG_DB_SCHEMA_MAP`; no Redis and no EX organisation. It looks at the connection, at every table and column, at the rights of the account, counts rows, and says of each fault what to do. It ends with 0 when EXCS can read the database, with 1 when it cannot. `--json` prints one JSON object.',
    '## Map other names',
    'Write a JSON file and name it in `CONFIG_DB_SCHEMA_MAP`. The keys are the names of this page, the values those of your database. `samples/schema-map.json` is a file to begin with; `samples/schemas/schema-map.schema.json` describes it for an editor.',
    '```json\n{ "tables": { "cfg_person": { "table": "CFG_PERSON", "columns": { "employee_id": "EMPLOYEE_ID" } } } }\n```',
    '## Tables',
    'A missing **required** table or column stops the reading with `engage.schema-mismatch`. Without an *optional* one a part of the product is off; EXCS says which part at its start. A column that is required in an optional table is needed if that table is there.',
    table(['table', 'need', 'what for'], overview),
    '## Columns',
    ...sections,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}
