/** `excs check-db` and `excs grants`: for who prepares the Config DB, before anything else is there. */
import { readFileSync } from 'node:fs';
import { type Cli, exitCodes, InvalidArgumentError, widthOf } from '@exec/common/cli';
import { systemClock } from '@exec/common/clock';
import { checkPlainText, commonVariables, parseEnvironment } from '@exec/common/config';
import { wrapped } from '@exec/common/text-wrap';
import { checkConfigDb, type DbCheck } from '../engage/check.ts';
import { ConfigDb } from '../engage/config-db.ts';
import { grantsScript } from '../engage/grants.ts';
import { defaultSchemaMap, parseSchemaMap, type SchemaMap } from '../engage/schema-map.ts';
import { excsVariables } from '../environment.ts';
import type { Surroundings } from './plan.ts';

const { CONFIG_DB_URL, CONFIG_DB_SCHEMA, CONFIG_DB_SCHEMA_MAP } = excsVariables;
/** All that is needed: Redis and the EX organisation need not be there yet. */
const variables = {
  CONFIG_DB_URL,
  CONFIG_DB_SCHEMA,
  CONFIG_DB_SCHEMA_MAP,
  TENANT_ID: commonVariables.TENANT_ID,
  ALLOW_PLAINTEXT: commonVariables.ALLOW_PLAINTEXT,
} as const;

export function addConfigDb(cli: Cli, around: Surroundings): void {
  const checking = cli.program
    .command('check-db')
    .description('check the Config DB: connection, tables, columns, rights, rows; and change nothing')
    .option('--json', 'as one JSON object')
    .addHelpText(
      'after',
      `\nReads ${Object.keys(variables).join(', ')} from the environment.\nExit codes: 0 EXCS can read it, 1 it cannot, 78 wrong settings.\n`,
    );
  cli.action(checking, async ({ json }: { readonly json?: boolean }) => {
    const env = parseEnvironment(variables, around.env, { check: checkPlainText });
    const db = new ConfigDb({ url: env.CONFIG_DB_URL, clock: systemClock });
    try {
      const { map, unused } = env.CONFIG_DB_SCHEMA_MAP;
      const checks = [
        ...(await checkConfigDb({ db, map, owner: env.CONFIG_DB_SCHEMA, tenant: env.TENANT_ID })),
        ...unused.map(unusedName),
      ];
      const failed = checks.some(({ status }) => status === 'failed');
      const { stdout } = around.streams;
      stdout.write(
        json === true
          ? `${JSON.stringify({ ok: !failed, checks })}\n`
          : checksText(checks, widthOf(stdout, around.env)),
      );
      return failed ? exitCodes.fault : exitCodes.ok;
    } finally {
      await db.close();
    }
  });
  const granting = cli.program
    .command('grants')
    .description('print the script that makes the account of EXCS in the Config DB')
    .option('--user <name>', 'name of the account', 'exec_reader')
    .option('--schema <name>', 'schema of the tables (default CONFIG_DB_SCHEMA, else public)')
    .option('--schema-map <file>', 'names of tables and columns (default CONFIG_DB_SCHEMA_MAP)');
  cli.action(
    granting,
    ({
      user,
      schema,
      schemaMap,
    }: {
      readonly user: string;
      readonly schema?: string;
      readonly schemaMap?: string;
    }) => {
      const { env } = around;
      const file = schemaMap ?? env.CONFIG_DB_SCHEMA_MAP;
      const map = file === undefined || file === '' ? defaultSchemaMap : mapOf(file);
      around.streams.stdout.write(
        grantsScript({ map, user, schema: schema ?? (env.CONFIG_DB_SCHEMA || 'public') }),
      );
      return exitCodes.ok;
    },
  );
}

function mapOf(file: string): SchemaMap {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InvalidArgumentError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const parsed = parseSchemaMap(text);
  if ('problem' in parsed) throw new InvalidArgumentError(`${file}: ${parsed.problem}`);
  return parsed.map;
}

function unusedName(name: string): DbCheck {
  return {
    ...{ check: 'schema map', status: 'warning', found: `EXCS reads no ${name}` },
    remedy: 'Look whether the name in CONFIG_DB_SCHEMA_MAP is misspelt.',
  };
}

function checksText(checks: readonly DbCheck[], width: number): string {
  const label = Math.max(...checks.map(({ check }) => check.length));
  const indent = ' '.repeat(label + 11);
  const lines = checks.flatMap(({ check, status, found, remedy }) => {
    const parts = [
      ...wrapped(found, width - label - 11),
      ...(remedy === '' ? [] : wrapped(`What to do: ${remedy}`, width - label - 11)),
    ];
    const head = `${check.padEnd(label)}  ${status.padEnd(7)}  `;
    return parts.map((part, index) => `${index === 0 ? head : indent}${part}`);
  });
  const count = (status: DbCheck['status']): number => checks.filter((one) => one.status === status).length;
  return `${lines.join('\n')}\n\n${count('ok')} ok, ${count('warning')} warnings, ${count('failed')} failed\n`;
}
