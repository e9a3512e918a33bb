/** Reads everything that the synchronisation needs in one transaction. */
import { ExecError } from '@exec/common/errors';
import { asId, type Dbid } from '@exec/common/ids';
import type { Annex } from './annex.ts';
import { findOption } from './annex.ts';
import { createScanner } from './complete-scan.ts';
import type { Transaction } from './config-db.ts';
import { Select } from './queries.ts';
import { readAnnexes } from './read-annexes.ts';
import type { ReadContext } from './read-context.ts';
import { readFolders } from './read-folders.ts';
import { agentGroupType, readGroups } from './read-groups.ts';
import { readAttribute, readDns, readSkills, readSwitches } from './read-objects.ts';
import { readLogins, readPersons, readSkillLevels } from './read-persons.ts';
import { readSettings } from './read-settings.ts';
import type { Schema } from './schema.ts';
import type { SchemaMap } from './schema-map.ts';
import { type EngageSnapshot, objectType } from './snapshot.ts';
import { tableRowCounts } from './table-rows.ts';
import { UnreadableRows } from './unreadable.ts';

export interface ReadOptions {
  readonly tenant: number;
  readonly queueTypes: readonly number[];
  readonly wrapupAttribute: string;
  readonly map: SchemaMap;
}

/** @throws ExecError `engage.tenant-missing`, `engage.read-incomplete`, `engage.data-invalid` */
export async function readSnapshot(
  transaction: Transaction,
  schema: Schema,
  options: ReadOptions,
  previous?: EngageSnapshot,
): Promise<EngageSnapshot> {
  const codePage = await codePageOf(transaction, options.map);
  const unreadable = new UnreadableRows();
  const scanner = createScanner(transaction, { codePage }, unreadable);
  const select = new Select(schema, codePage !== undefined);
  const context: ReadContext = {
    scanner,
    select,
    tenant: options.tenant,
    unreadable,
    previous: { persons: byDbid(previous?.persons), dns: byDbid(previous?.dns) },
  };
  const warnings: string[] = [];

  const tableRows = await tableRowCounts(transaction, schema);
  const tenant = await readTenant(context);
  const switches = await readSwitches(context);
  const skills = await readSkills(context);
  const dns = await readDns(context, options.queueTypes);
  const wrapupAttribute = await readAttribute(context, options.wrapupAttribute);
  const folders = await readFolders(context, switches, options.queueTypes);
  const settings = await readSettings(context);

  const groupAnnexes = await readAnnexes(context, {
    objectType: objectType.agentGroup,
    kind: 'group',
    sections: ['hybrid', 'virtual'],
  });
  const kind = await agentGroupType(context, (sql) => transaction.rows(sql), options.map.agentGroupType);
  const groups = await readGroups(context, kind, groupAnnexes.byObject);

  const personAnnexes = await readAnnexes(context, {
    objectType: objectType.person,
    kind: 'person',
    sections: ['htcc'],
  });
  const roles = rolesByPerson(personAnnexes.byObject, unreadable, warnings);
  const levels = await readSkillLevels(context);
  const logins = await readLogins(context);
  const persons = await readPersons(context, { levels, logins, roles });

  const uncertain = groupAnnexes.uncertain.length + personAnnexes.uncertain.length;
  if (uncertain > 0)
    warnings.push(
      `${uncertain} annexes have values in several rows and no column tells their order; map cfg_flex_prop.part`,
    );
  if (scanner.undecodableTexts > 0)
    warnings.push(
      `${scanner.undecodableTexts} texts hold bytes that are not valid in the encoding of the Config DB`,
    );
  for (const [table, { rows, why }] of unreadable.tables)
    warnings.push(`${rows} rows of ${table} cannot be read; their objects are left as they are: ${why}`);
  return {
    tenant,
    persons,
    skills,
    switches,
    dns,
    groups,
    ...(wrapupAttribute === undefined ? {} : { wrapupAttribute }),
    ...(folders === undefined ? {} : { folders }),
    ...(settings === undefined ? {} : { settings }),
    tableRows,
    unreadable: unreadable.all,
    warnings,
  };
}

function byDbid<T extends { readonly dbid: number }>(objects: readonly T[] = []): ReadonlyMap<number, T> {
  return new Map(objects.map((object) => [object.dbid, object]));
}

async function readTenant(context: ReadContext): Promise<EngageSnapshot['tenant']> {
  const { scanner, select, tenant } = context;
  const found: EngageSnapshot['tenant'][] = [];
  await scanner.scan(
    'cfg_tenant',
    {
      columns: [select.number('cfg_tenant', 'dbid'), select.text('cfg_tenant', 'name')],
      from: `${select.from('cfg_tenant')} WHERE ${select.column('cfg_tenant', 'dbid')} = $1`,
      values: [tenant],
    },
    undefined,
    (cells) => found.push({ dbid: asId<Dbid>(cells.id(0)), name: cells.text(1) }),
  );
  const [only] = found;
  if (only === undefined)
    throw new ExecError('engage.tenant-missing', `The Config DB has no tenant ${tenant}; correct TENANT_ID.`);
  return only;
}

function rolesByPerson(
  annexes: ReadonlyMap<number, Annex>,
  unreadable: UnreadableRows,
  warnings: string[],
): Map<number, string[]> {
  const roles = new Map<number, string[]>();
  let otherCase = 0;
  for (const [person, annex] of annexes) {
    const found = findOption(annex, 'htcc', 'roles');
    if (found === undefined) continue;
    if (found.otherCase) otherCase++;
    const { value, elements, tooLong } = found.option;
    if (tooLong)
      unreadable.note(
        'person',
        person,
        'cfg_flex_prop',
        'Its option htcc/roles is longer than what is read.',
      );
    // A list element may carry the role as its name or as its value.
    roles.set(person, [value, ...elements.flatMap((element) => [element.name, element.value])]);
  }
  if (otherCase > 0) warnings.push(`${otherCase} persons have htcc/roles written in another case`);
  return roles;
}

/** A database that does not know its encoding hands out bytes; they are decoded with the configured code page. */
async function codePageOf(transaction: Transaction, map: SchemaMap): Promise<string | undefined> {
  const [row] = await transaction.rows("SELECT current_setting('server_encoding')");
  return row?.[0] === 'SQL_ASCII' ? map.textEncoding : undefined;
}
