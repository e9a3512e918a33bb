/** Reads agent groups: their members, and from their annex the link to a queue and the script. */
import { asId, type Dbid } from '@exec/common/ids';
import type { Annex } from './annex.ts';
import { findOption } from './annex.ts';
import type { ReadContext } from './read-context.ts';
import { type EngageGroup, objectType } from './snapshot.ts';

interface GroupRow {
  readonly dbid: Dbid;
  readonly name: string;
  readonly enabled: boolean;
}

/** `group_type` of agent groups: the one kind that has agents as members, else the number of the object type. */
export async function agentGroupType(
  context: ReadContext,
  rows: (sql: string) => Promise<readonly (readonly (string | null)[])[]>,
  configured: number | undefined,
): Promise<number> {
  if (configured !== undefined) return configured;
  const { select } = context;
  const found = await rows(
    `SELECT DISTINCT ${select.column('cfg_group', 'group_type', 'g')} FROM ${select.from('cfg_group', 'g')} ` +
      `JOIN ${select.from('cfg_agent_group', 'a')} ON ${select.column('cfg_agent_group', 'group_dbid', 'a')} = ` +
      `${select.column('cfg_group', 'dbid', 'g')}`,
  );
  const [only] = found;
  return found.length === 1 && only?.[0] != null ? Number(only[0]) : objectType.agentGroup;
}

export async function readGroups(
  context: ReadContext,
  type: number,
  annexes: ReadonlyMap<number, Annex>,
): Promise<EngageGroup[]> {
  const { scanner, select, tenant } = context;
  const t = 'cfg_group';
  const groups: GroupRow[] = [];
  const ofKind = `${select.column(t, 'tenant_dbid')} = $1 AND ${select.column(t, 'group_type')} = $2`;
  await scanner.scan(
    t,
    {
      columns: [select.column(t, 'dbid'), select.text(t, 'name'), select.column(t, 'state')],
      from: `${select.from(t)} WHERE ${ofKind}`,
      values: [tenant, type],
    },
    (cells) =>
      groups.push({ dbid: asId<Dbid>(cells.id(0)), name: cells.text(1), enabled: cells.number(2) === 1 }),
  );
  const members = new Map<number, Dbid[]>();
  const m = 'cfg_agent_group';
  await scanner.scan(
    m,
    {
      columns: [select.column(m, 'group_dbid'), select.column(m, 'agent_dbid')],
      from:
        `${select.from(m)} WHERE ${select.column(m, 'group_dbid')} IN ` +
        `(SELECT ${select.column(t, 'dbid', 'g')} FROM ${select.from(t, 'g')} WHERE ` +
        `${select.column(t, 'tenant_dbid', 'g')} = $1 AND ${select.column(t, 'group_type', 'g')} = $2)`,
      values: [tenant, type],
    },
    (cells) => {
      const group = cells.id(0);
      const known = members.get(group);
      if (known === undefined) members.set(group, [asId<Dbid>(cells.id(1))]);
      else known.push(asId<Dbid>(cells.id(1)));
    },
  );
  return groups
    .sort((a, b) => a.dbid - b.dbid)
    .map((group) => {
      const annex = annexes.get(group.dbid);
      const link = annex && findOption(annex, 'hybrid', 'WFM_queue_number')?.option.value.trim();
      const script = annex && findOption(annex, 'virtual', 'script')?.option.value.trim();
      return {
        ...group,
        members: members.get(group.dbid) ?? [],
        ...(link ? { queueLink: link } : {}),
        ...(script ? { script } : {}),
      };
    });
}
