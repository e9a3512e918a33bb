/** Reads the annex of the transaction `hybrid_integration`, which holds the address and the keys of the EX Org. */
import type { Annex } from './annex.ts';
import { readAnnexes } from './read-annexes.ts';
import type { ReadContext } from './read-context.ts';
import { type EngageSnapshot, objectType } from './snapshot.ts';

const transactionName = 'hybrid_integration';
/** Transaction type "List". */
const listType = 21;

/** Undefined when there is no such transaction, or its table is not mapped. */
export async function readSettings(context: ReadContext): Promise<EngageSnapshot['settings'] | undefined> {
  const { scanner, select, tenant } = context;
  const t = 'cfg_transaction';
  if (!select.schema.has(t)) return undefined;
  const state = select.schema.hasColumn(t, 'state') ? ` AND ${select.column(t, 'state')} = 1` : '';
  const found: number[] = [];
  await scanner.scan(
    t,
    {
      columns: [select.number(t, 'dbid'), select.text(t, 'name')],
      from:
        `${select.from(t)} WHERE ${select.column(t, 'tenant_dbid')} = $1 AND ` +
        `${select.column(t, 'type')} = ${listType}${state}`,
      values: [tenant],
    },
    { kind: 'transaction', column: 0 },
    (cells) => {
      if (cells.text(1) === transactionName) found.push(cells.id(0));
    },
  );
  const dbid = found.sort((a, b) => a - b)[0];
  if (dbid === undefined) return undefined;
  const annexes = await readAnnexes(context, {
    objectType: objectType.transaction,
    kind: 'transaction',
    objectDbid: dbid,
  });
  const annex = annexes.byObject.get(dbid);
  return annex === undefined ? new Map() : optionValues(annex);
}

function optionValues(annex: Annex): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  for (const [section, options] of annex.sections)
    sections.set(section, new Map([...options].map(([name, option]) => [name, option.value])));
  return sections;
}
